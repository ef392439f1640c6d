//! The weighted length of a text: configuration v3 of twitter-text, written from its source.
//!
//! The text is normalized to NFC. A link weighs 23, an emoji of twemoji's list 2, a character of a few ranges (most
//! alphabets and common punctuation) 1, and any other character 2.

use std::{collections::HashMap, sync::LazyLock};

use regex_lite::Regex;
use unicode_normalization::UnicodeNormalization;

use super::{
    link,
    pattern::{UnitText, compile, unit, words},
    tables::EMOJI,
};

pub(crate) const LIMIT: usize = 280;
/// For accounts with a subscription. <https://help.x.com/en/using-x/types-of-posts>
const LONG_LIMIT: usize = 25_000;
const LINK_WEIGHT: usize = 23;
const EMOJI_WEIGHT: usize = 2;

/// Emoji of several characters.
static SEQUENCE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(&words(EMOJI)));

const SPACES: &str =
    r"\x09-\x0D\x20\x{85}\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}";

static CASHTAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(&format!(
        r"(?:^|[{SPACES}])\$[A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?()(?:$|[{SPACES}!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~$])"
    ))
});

/// How many cashtags (`$TICKER`) the text has.
pub(crate) fn cashtags(text: &str) -> usize {
    let Some(expression) = CASHTAG.as_ref() else { return 0 };
    let next = |from: usize| expression.captures_at(text, from)?.get(1).map(|end| end.end());
    std::iter::successors(next(0), |from| next(*from)).count()
}

/// Whether X accepts the text: by its weight, and without invalid characters.
pub(crate) fn fits(text: &str, subscribes: bool) -> bool {
    weigh(text) <= if subscribes { LONG_LIMIT } else { LIMIT } && !has_invalid_character(text)
}

fn has_invalid_character(text: &str) -> bool {
    text.contains(['\u{FFFE}', '\u{FEFF}', '\u{FFFF}'])
}

pub(crate) fn weigh(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let units: Vec<u16> = text.encode_utf16().collect();
    // By their starts, length and weight. A link goes before an emoji.
    let mut entities: HashMap<usize, (usize, usize)> =
        emoji(&units).map(|(start, length)| (start, (length, EMOJI_WEIGHT))).collect();
    entities.extend(link::links(&text).into_iter().map(|link| (link.start, (link.length, LINK_WEIGHT))));
    let (mut at, mut weight) = (0, 0);
    while let Some(first) = units.get(at) {
        let pair =
            (0xd800..0xdc00).contains(first) && units.get(at + 1).is_some_and(|next| (0xdc00..0xe000).contains(next));
        let alone = (if pair { 2 } else { 1 }, character(*first));
        let (length, weighs) = entities.get(&at).copied().unwrap_or(alone);
        weight += weighs;
        at += length;
    }
    weight
}

/// Start and length of each emoji, in units.
fn emoji(units: &[u16]) -> impl Iterator<Item = (usize, usize)> {
    let text = UnitText::new(units.iter().map(|code| unit(*code)));
    let found: Vec<_> = SEQUENCE
        .iter()
        .flat_map(|expression| expression.find_iter(&text.text))
        .map(|emoji| (text.units(emoji.start()), emoji.as_str().chars().count()))
        .collect();
    found.into_iter()
}

/// The weight of a character by its first code unit.
fn character(unit: u16) -> usize {
    match unit {
        0..=0x10FF | 0x2000..=0x200D | 0x2010..=0x201F | 0x2032..=0x2037 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
