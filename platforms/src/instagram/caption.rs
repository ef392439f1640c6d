//! The limits of a caption.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>

use crate::{BrokenRule, FaultCode};

const MAX_CHARACTERS: usize = 2200;
const MAX_HASHTAGS: usize = 30;
const MAX_MENTIONS: usize = 20;

pub(super) fn check(caption: &str) -> Result<(), BrokenRule> {
    let broken = |rule, message| Err(BrokenRule { rule, message });
    let length = caption.chars().count();
    if length > MAX_CHARACTERS {
        let message = format!("Instagram allows {MAX_CHARACTERS} characters; this text has {length}");
        return broken(FaultCode::TextTooLong, message);
    }
    let hashtags = tags(caption, ['#', '\u{FF03}']);
    if hashtags > MAX_HASHTAGS {
        return broken(
            FaultCode::TooManyHashtags,
            format!("Instagram allows {MAX_HASHTAGS} hashtags; this text has {hashtags}"),
        );
    }
    let mentions = tags(caption, ['@', '\u{FF20}']);
    if mentions > MAX_MENTIONS {
        return broken(
            FaultCode::TooManyMentions,
            format!("Instagram allows {MAX_MENTIONS} mentions; this text has {mentions}"),
        );
    }
    Ok(())
}

/// Counts the signs that begin a tag: a letter, digit or underscore follows them. In a web address they are part of it. `@`
/// behind a letter or digit is part of a mail address; hashtags need no space between them.
fn tags(text: &str, signs: [char; 2]) -> usize {
    let mut count = 0;
    for word in text.split(char::is_whitespace) {
        // What precedes the address, as in `#new:https://…`, is text.
        let text = word.find("://").map_or(word, |at| word[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric()));
        let mut before = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let is_mail = signs.contains(&'@') && before.is_some_and(is_wordy);
            if signs.contains(&c) && !is_mail && rest.peek().is_some_and(|next| is_wordy(*next)) {
                count += 1;
            }
            before = Some(c);
        }
    }
    count
}

fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(caption: &str) -> Option<&'static str> {
        check(caption).err().map(|broken| broken.rule.as_str())
    }

    #[test]
    fn a_caption_is_counted_in_characters_hashtags_and_mentions() {
        assert_eq!(rule(""), None);
        assert_eq!(rule(&"é".repeat(2200)), None);
        assert_eq!(rule(&"é".repeat(2201)), Some("text_too_long"));
        assert_eq!(rule(&"#drop ".repeat(30)), None);
        assert_eq!(rule(&"#drop ".repeat(31)), Some("too_many_hashtags"));
        assert_eq!(rule(&"#été#一".repeat(16)), Some("too_many_hashtags"), "hashtags need no space between them");
        assert_eq!(rule(&"# ".repeat(40)), None, "a sign alone is not a hashtag");
        let hashtags = "#drop ".repeat(30);
        assert_eq!(rule(&format!("{hashtags}https://autoloom.example/list#all (HTTP://a.example/#b?c=#d)")), None);
        assert_eq!(rule(&format!("{hashtags}\u{FF03}one")), Some("too_many_hashtags"));
        assert_eq!(rule(&format!("{hashtags}(#one)")), Some("too_many_hashtags"));
        assert_eq!(rule(&format!("{hashtags}#one:https://a.example")), Some("too_many_hashtags"));
        let mentions = "@shop ".repeat(20);
        assert_eq!(rule(&format!("{mentions}mail hello@autoloom.example or https://a.example/@shop")), None);
        assert_eq!(rule(&format!("{mentions}.@one")), Some("too_many_mentions"));
        assert_eq!(rule(&format!("{mentions}one@two@three")), None);
        assert_eq!(rule(&"@shop ".repeat(20)), None);
        assert_eq!(rule(&"@shop ".repeat(21)), Some("too_many_mentions"));
    }
}
