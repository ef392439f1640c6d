//! The rules of names that people read: of agencies, clients and keys.
//!
//! A name that looks like another one, or like nothing, misleads: an agency's own staff, or a customer who decides whether to
//! connect. Characters that are not visible are refused (Unicode's `Default_Ignorable_Code_Point`, line separators and the
//! blank U+2800), but for the joiners and variation selectors that emoji and several scripts need.
//! <https://www.unicode.org/Public/16.0.0/ucd/DerivedCoreProperties.txt>

use schemars::{Schema, json_schema};
use unicode_normalization::UnicodeNormalization;

/// Refused everywhere, as ranges. In the order of a regular expression's character class.
const INVISIBLE: [(char, char); 22] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200b}'),
    ('\u{200e}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0d}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fff8}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    // Private, and often without a glyph.
    ('\u{f0000}', '\u{10ffff}'),
];

/// Parses a name: trimmed, in Unicode's form NFC, of 1 to `max` characters.
///
/// # Errors
/// The broken rule, in words for the caller.
pub(crate) fn parse(text: &str, max: usize) -> Result<String, String> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err("must not be empty".into());
    }
    if name.chars().count() > max {
        return Err(format!("must have at most {max} characters"));
    }
    if let Some(c) = name.chars().find(|c| is_invisible(*c)) {
        return Err(format!("must not contain control characters or invisible ones such as {}", c.escape_unicode()));
    }
    if name.starts_with(is_joiner) {
        return Err("must begin with a visible character".into());
    }
    Ok(without_idle_joiners(&name))
}

fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// Joiners and variation selectors: they change the characters around them.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Removes joiners that change nothing, so that two names that look the same are the same: those behind a Latin letter, a space
/// or a sign of ASCII, and those at the end. A digit, `#` and `*` may be the beginning of an emoji.
fn without_idle_joiners(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    for c in name.chars() {
        let idle = |last: char| last.is_ascii() && !matches!(last, '0'..='9' | '#' | '*');
        if !is_joiner(c) || !kept.chars().next_back().is_some_and(idle) {
            kept.push(c);
        }
    }
    kept.trim_end_matches(['\u{200c}', '\u{200d}']).trim_end().to_owned()
}

/// The schema of a name: surrounding spaces are trimmed and do not count. Whitespace is spelled out because regular expression
/// engines differ in `\s`. A schema cannot express NFC: characters that it composes or decomposes are counted here as sent.
#[must_use]
pub(crate) fn schema(max: usize) -> Schema {
    const SPACES: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
    const JOINERS: &str = r"\u200c\u200d\ufe0e\ufe0f";
    let within: String =
        INVISIBLE.iter().map(|(first, last)| format!("{}-{}", escaped(*first), escaped(*last))).collect();
    let between = max - 2;
    json_schema!({
        "type": "string",
        "description": format!(
            "1 to {max} characters after trimming and Unicode normalization (NFC). Invisible characters are refused, but for joiners within the name."
        ),
        "minLength": 1,
        "pattern": format!(
            "^[{SPACES}]*[^{SPACES}{JOINERS}{within}]([^{within}]{{0,{between}}}[^{SPACES}{within}])?[{SPACES}]*$"
        ),
    })
}

/// Regular expression engines agree on escapes of four digits only.
fn escaped(c: char) -> String {
    if u32::from(c) < 0x10000 { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        parse(text, 200).ok()
    }

    #[test]
    fn a_name_is_trimmed_and_normalized() {
        assert_eq!(name("  Cafe\u{301} ").unwrap(), "Caf\u{e9}");
        for text in
            ["סוכנות הדוגמה", "وكالة", "Agence & Fils", "代理店 🚗", "❤️ 1️⃣ 👩‍👩‍👧", "می‌خواهم", "क्‍ष", &"é".repeat(200)]
        {
            assert_eq!(name(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(parse(&"é".repeat(201), 200).unwrap_err(), "must have at most 200 characters");
        assert_eq!(parse(" \t ", 200).unwrap_err(), "must not be empty");
    }

    #[test]
    fn a_name_has_no_invisible_characters() {
        for c in "\0\u{7}\u{1b}\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}\u{202e}\u{2060}\u{2066}\u{2800}\u{3164}\u{fe00}\u{feff}\u{ffa0}\u{e0041}\u{f0000}".chars() {
            assert_eq!(name(&format!("Meta{c}x")), None, "{}", c.escape_unicode());
            assert_eq!(name(&c.to_string()), None, "{}", c.escape_unicode());
        }
        assert_eq!(name("\u{200d}\u{fe0f}"), None);
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for text in ["Me\u{200d}ta", "Meta\u{fe0f}", "Meta\u{200c}\u{200d}", "Meta \u{200d}", "M\u{fe0e}\u{fe0f}eta"] {
            assert_eq!(name(text).as_deref(), Some("Meta"), "{text:?}");
        }
    }
}
