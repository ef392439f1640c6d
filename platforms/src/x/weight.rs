//! The weighted length of a text, by twitter-text's configuration v3.
//! <https://docs.x.com/fundamentals/counting-characters>

use unicode_normalization::UnicodeNormalization;

use super::{emoji::EmojiCursor, link::Links, units::Units};

/// The weight of a link of any length.
const LINK: usize = 23;

const EMOJI: usize = 2;

/// Characters that no text may contain.
const INVALID: [char; 3] = ['\u{fffe}', '\u{feff}', '\u{ffff}'];

/// The first character that X accepts in no text.
pub(super) fn invalid_character(text: &str) -> Option<char> {
    text.chars().find(|c| INVALID.contains(c))
}

/// The weighted length of a text, in linear time. Counting stops once it exceeds `most`.
pub(super) fn weigh(text: &str, most: usize) -> usize {
    let text: String = text.nfc().collect();
    let units = Units::of(&text);
    let (mut links, mut emoji) = (Links::default(), EmojiCursor::default());
    let (mut at, mut weight) = (0, 0);
    while weight <= most && at < units.len() {
        let (length, weighs) = if let Some(length) = links.length(&units, at) {
            (length, LINK)
        } else if let Some(length) = emoji.length(&units, at) {
            (length, EMOJI)
        } else {
            (units.width(at), units.get(at).map_or(0, character))
        };
        weight += weighs;
        at += length;
    }
    weight
}

/// The weight of a character by its first code unit. Those of two units weigh 2.
fn character(unit: u16) -> usize {
    match unit {
        0..=0x10ff | 0x2000..=0x200d | 0x2010..=0x201f | 0x2032..=0x2037 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
