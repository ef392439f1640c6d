//! The weighted length of a text, by twitter-text's configuration v3.
//! <https://docs.x.com/fundamentals/counting-characters>

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The weight of a link of any length.
const LINK: usize = 23;

/// Top-level domains that make a bare domain a link (`example.com`). Country domains need a path. The list is not complete:
/// a domain under another one counts as plain text.
const LINKED_TLDS: [&str; 28] = [
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "mobi", "app", "dev", "shop",
    "store", "online", "site", "blog", "agency", "studio", "design", "social", "news", "live", "xyz", "co", "tv",
];

/// The weighted length of a text, in linear time. Counting stops once it exceeds `most`.
pub(super) fn weigh(text: &str, most: usize) -> usize {
    let text: String = text.nfc().collect();
    let mut weight = 0;
    let mut rest = text.as_str();
    let mut at_word_start = true;
    while weight <= most
        && let Some(grapheme) = rest.graphemes(true).next()
    {
        if at_word_start && let Some(length) = link(rest) {
            weight += LINK;
            rest = &rest[length..];
            at_word_start = false;
            continue;
        }
        weight += if is_emoji(grapheme) { 2 } else { grapheme.chars().map(character).sum() };
        at_word_start =
            !grapheme.chars().any(|c| c.is_alphanumeric() || matches!(c, '@' | '#' | '$' | '_' | '-' | '.' | '/'));
        rest = &rest[grapheme.len()..];
    }
    weight
}

fn character(c: char) -> usize {
    match u32::from(c) {
        0..=0x10ff | 0x2000..=0x200d | 0x2010..=0x201f | 0x2032..=0x2037 => 1,
        _ => 2,
    }
}

/// Whether the grapheme is an emoji, which has a weight of 2 as a whole.
fn is_emoji(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else { return false };
    let pictographic =
        matches!(u32::from(first), 0x1f000..=0x1faff | 0x2190..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299);
    pictographic || (chars.clone().any(|c| matches!(c, '\u{fe0f}' | '\u{20e3}')) && chars.count() > 0)
}

/// The length in bytes of a link at the start of `text`. Without a link, it reads no further than the first character that
/// no host contains, so that the same characters are not read again at every start of a word.
fn link(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        .map_or(0, str::len);
    let host = &text[scheme..];
    let host_end = host.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(host.len());
    let name = host[..host_end].trim_end_matches('.');
    let (labels, tld) = name.rsplit_once('.')?;
    let well_formed =
        labels.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let tld_ok = tld.len() >= 2 && tld.chars().all(|c| c.is_ascii_alphabetic());
    let has_path = host[name.len()..].starts_with('/');
    let linked = scheme > 0 || has_path || LINKED_TLDS.contains(&tld.to_ascii_lowercase().as_str());
    // An email address is not a link.
    if !well_formed || !tld_ok || !linked || host[name.len()..].starts_with('@') {
        return None;
    }
    let tail = &host[name.len()..];
    let tail_end =
        tail.find(|c: char| !(c.is_alphanumeric() || "/?#&=%-_.~+:;,!'()*@$|[]".contains(c))).unwrap_or(tail.len());
    let tail = if tail.starts_with(['/', '?', '#', ':']) { &tail[..tail_end] } else { "" };
    Some(scheme + name.len() + tail.trim_end_matches(['.', ',', '!', '?', ':', ';', '\'', ')']).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From twitter-text's conformance suite (`validate.yml`) and X's own examples.
    #[test]
    fn weights_agree_with_x() {
        for (text, weight) in [
            ("a", 1),
            ("Caf\u{e9}", 4),
            ("Cafe\u{301}", 4),
            ("日本語", 6),
            ("👍", 2),
            ("👨\u{200d}👩\u{200d}👧\u{200d}👦", 2),
            ("👍🏽", 2),
            ("🇯🇵", 2),
            ("\u{2019}", 1),
            ("http://example.com", 23),
            ("https://example.com/a/very/long/path?with=query&and=more#fragment-and-more-of-it", 23),
            ("go to https://example.com/x.", 6 + 23 + 1),
            ("(https://example.com)", 25),
            ("example.com", 23),
            ("example.jp", 10),
            ("example.jp/shop", 23),
            ("name@example.com", 16),
            ("v1.2.3", 6),
            ("…", 2),
        ] {
            assert_eq!(weigh(text, 280), weight, "{text}");
        }
    }

    #[test]
    fn counting_stops_above_the_limit() {
        assert_eq!(weigh(&"x".repeat(280), 280), 280);
        assert_eq!(weigh(&"x".repeat(65_536), 280), 281);
        assert_eq!(weigh(&"a.co ".repeat(13_107), 280), 11 * (LINK + 1) + LINK);
    }

    #[test]
    fn no_text_causes_a_panic() {
        for text in ["", ".", "..", "http://", "https://.", "a.", ".com", "http://é.com", "x.co\u{301}", "1️⃣"] {
            let _ = weigh(text, 280);
        }
    }
}
