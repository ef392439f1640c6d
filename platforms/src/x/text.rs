//! The rules for the text of a post.

use super::{cashtag, weight};
use crate::{BrokenRule, Content, FaultCode};

/// The most weighted characters of a post by an account without a subscription.
const MAX_WEIGHT: usize = 280;

/// The most weighted characters of a post by an account with a subscription.
/// <https://help.x.com/en/using-x/types-of-posts>
pub(super) const MAX_WEIGHT_OF_SUBSCRIBERS: usize = 25_000;

/// The weight at which counting stops. A text somewhat too long is counted to its end, so that its author learns by how much.
const MAX_COUNTED: usize = 10 * MAX_WEIGHT;

const MAX_CASHTAGS: usize = 1;

pub(super) fn check(content: &Content) -> Result<(), BrokenRule> {
    let Content { text: content, media, abilities, .. } = *content;
    if content.trim().is_empty() && media.is_empty() {
        return Err(BrokenRule { rule: FaultCode::TextRequired, message: "X needs some text, or media".into() });
    }
    let most = abilities.max_text.unwrap_or(MAX_WEIGHT);
    let counted = most.max(MAX_COUNTED);
    let weight = weight::weigh(content, counted);
    if weight > most {
        let has = if weight > counted { format!("more than {counted}") } else { weight.to_string() };
        let message = format!(
            "X allows this account {most} weighted characters (a link counts 23, an emoji or CJK character 2); this text has {has}"
        );
        return Err(BrokenRule { rule: FaultCode::TextTooLong, message });
    }
    if let Some(c) = weight::invalid_character(content) {
        let message = format!("X accepts no U+{:04X} in a text: remove this invisible character", u32::from(c));
        return Err(BrokenRule { rule: FaultCode::InvalidCharacter, message });
    }
    let cashtags = cashtag::count(content);
    if cashtags > MAX_CASHTAGS {
        let message = format!("X allows {MAX_CASHTAGS} cashtag ($TICKER); this text has {cashtags}");
        return Err(BrokenRule { rule: FaultCode::TooManyCashtags, message });
    }
    Ok(())
}
