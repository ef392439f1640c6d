//! The weighted length of a text: configuration v3 of twitter-text, written from its published rules.
//!
//! The text is normalized to NFC. A link weighs 23, an emoji sequence 2, a character of a few ranges (most alphabets and
//! common punctuation) 1, and any other character 2. Unicode properties identify an emoji sequence here. X uses the list
//! of twemoji, so sequences outside that list weigh more there.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation;

use super::link;

const LIMIT: usize = 280;
const LINK: usize = 23;
const EMOJI: usize = 2;

const ZERO_WIDTH_JOINER: char = '\u{200D}';
const VARIATION_SELECTOR_16: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// Whether X accepts the text: by its weight, and without invalid characters.
pub(crate) fn fits(text: &str) -> bool {
    let invalid = ['\u{FFFE}', '\u{FEFF}', '\u{FFFF}'];
    weigh(text) <= LIMIT && !text.contains(invalid)
}

pub(crate) fn weigh(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let mut weight = 0;
    let mut done = 0;
    for range in link::find(&text) {
        weight += plain(text.get(done..range.start).unwrap_or_default()) + LINK;
        done = range.end;
    }
    weight + plain(text.get(done..).unwrap_or_default())
}

fn plain(text: &str) -> usize {
    text.graphemes(true)
        .map(|cluster| if is_emoji(cluster) { EMOJI } else { cluster.chars().map(character).sum() })
        .sum()
}

fn character(c: char) -> usize {
    match c {
        '\u{0000}'..='\u{10FF}' | '\u{2000}'..='\u{200D}' | '\u{2010}'..='\u{201F}' | '\u{2032}'..='\u{2037}' => 1,
        _ => 2,
    }
}

/// Whether several characters form one emoji. A single emoji weighs 2 by its character.
fn is_emoji(cluster: &str) -> bool {
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    let tag = |c| ('\u{E0020}'..='\u{E007F}').contains(&c);
    let joins = |c: char| {
        c.is_emoji_char() && !c.is_ascii() || [ZERO_WIDTH_JOINER, VARIATION_SELECTOR_16, KEYCAP].contains(&c) || tag(c)
    };
    // A digit is an emoji only with a keycap.
    let first_is_emoji = first.is_emoji_char() && (!first.is_ascii() || cluster.contains(KEYCAP));
    first_is_emoji
        && characters.next().is_some()
        && cluster.chars().skip(1).all(joins)
        && !cluster.ends_with(ZERO_WIDTH_JOINER)
}

#[cfg(test)]
mod tests {
    use super::weigh;

    /// Cases of twitter-text's conformance suite (validate.yml), and a few more.
    #[test]
    fn weights_match_twitter_text() {
        let kana = "あいうえおかきくけこ";
        let cases = [
            ("Hi http://test.co", 26),
            ("http://test.co", 23),
            ("\u{41}\u{301}B", 2),
            ("A\u{5E9}\u{5BC}\u{5C1}", 4),
            ("H🐱☺👨\u{200D}👩\u{200D}👧\u{200D}👦", 7),
            ("😷👾😡🔥💩", 10),
            ("🙋🏽👨\u{200D}🎤", 4),
            ("1\u{20E3}", 2),
            ("Unicode 9.0 emoji: 🤠; 💃; 💃🏾", 29),
            ("Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 34),
            ("ABC\u{202A}\u{FFFF}ABC\u{FFFE}", 12),
            ("\u{2066}\u{202A}http://foobar.پاکستان/\u{202C}\u{2069}", 31),
            ("randomurlrandomurlrandomurlrandomurlrandomurlrandomurlrandomurls.com", 68),
            (
                "This is a tweet with general punctuation characters: \u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{200B} ‐ ‑ ‒ – — ― ‖  ‗ ‘ ’ ‚ ‛ “ ” „ ‟ ′ ″ ‴ ‵ ‶ ‷",
                110,
            ),
            ("🇫🇷", 2),
            ("1\u{FE0F}", 3),
            ("©", 1),
            ("語", 2),
        ];
        for (text, weight) in cases {
            assert_eq!(weigh(text), weight, "{text}");
        }
        let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦";
        assert_eq!(weigh(&family.repeat(140)), 280);
        assert_eq!(weigh(&"https://www.twitter.com/aloha ".repeat(10)), 240);
        assert_eq!(weigh(&"😷".repeat(160)), 320);
        let middle = format!("285 chars- http://www.twitter.com/jack {}", "xxxxxxxxxx-".repeat(24));
        assert_eq!(weigh(&middle), 35 + 24 * 11 - 1 + 1);
        let hosts = |last: &str| {
            let host = format!("{}{last}", kana.repeat(5));
            format!("{} http://{host}.com", kana.repeat(12))
        };
        assert_eq!(weigh(&hosts("あいう")), 358, "a label of more than 63");
        assert_eq!(weigh(&hosts("あい")), 264, "a label of 63 or less");
    }
}
