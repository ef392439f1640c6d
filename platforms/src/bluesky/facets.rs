//! Finds mentions, links and tags in plain text as Bluesky's own apps do: clients mark them up, the server does not.
//! Positions are byte offsets in UTF-8. <https://docs.bsky.app/docs/advanced-guides/post-richtext>
//!
//! Deliberate differences from the apps, where they misread a text: all trailing punctuation of any script is excluded and not
//! only one ASCII character, brackets are paired, a bare domain may contain a hyphen and ends where no path follows it, handles and
//! schemes are case-insensitive, and facets never overlap.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

/// Top-level domains that make a bare domain a link: those of IANA's root zone in ASCII letters, sorted.
/// <https://data.iana.org/TLD/tlds-alpha-by-domain.txt>
const TLDS: &str = include_str!("tlds.txt");

static IS_TLD: LazyLock<HashSet<&str>> = LazyLock::new(|| TLDS.split_ascii_whitespace().collect());

/// The longest tag, by the facet's schema.
const MAX_TAG_GRAPHEMES: usize = 64;
const MAX_TAG_BYTES: usize = 640;
/// The longest link: as many characters as a post may have, each of the most bytes in UTF-8.
const MAX_LINK_BYTES: usize = 4 * super::text::MAX_GRAPHEMES;

/// A part of a text with a feature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facet {
    pub(super) range: Range<usize>,
    pub(super) feature: Feature,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Feature {
    /// The handle in lower case, without `@`. It has to be resolved to a DID.
    Mention {
        handle: String,
    },
    Link {
        uri: String,
    },
    /// The tag without `#`, or a cashtag with its `$`.
    Tag {
        tag: String,
    },
}

impl Facet {
    /// The facet as `app.bsky.richtext.facet`. `None` for a mention whose handle is not in `dids`.
    pub(super) fn to_json(&self, dids: &BTreeMap<String, String>) -> Option<Value> {
        let feature = match &self.feature {
            Feature::Mention { handle } => {
                json!({ "$type": "app.bsky.richtext.facet#mention", "did": dids.get(handle)? })
            }
            Feature::Link { uri } => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
            Feature::Tag { tag } => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
        };
        let index = json!({ "byteStart": self.range.start, "byteEnd": self.range.end });
        Some(json!({ "index": index, "features": [feature] }))
    }
}

/// All facets of `text`, in order and without overlaps.
pub(super) fn detect(text: &str) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    let mut before = None;
    for (start, char) in text.char_indices() {
        let previous = before.replace(char);
        let open = previous.is_none_or(is_space);
        let inside = facets.last().is_some_and(|last| start < last.range.end);
        if inside || !(open || previous == Some('(')) {
            continue;
        }
        let rest = &text[start..];
        let found = match char {
            '@' => mention(rest),
            '$' => cashtag(rest),
            '#' | '＃' if open => tag(rest, char.len_utf8()),
            _ => link(rest),
        };
        if let Some((length, feature)) = found {
            facets.push(Facet { range: start..start + length, feature });
        }
    }
    facets
}

/// `@` and a domain.
fn mention(rest: &str) -> Option<(usize, Feature)> {
    let end = rest[1..].find(|char: char| !is_name(char)).map_or(rest.len(), |end| end + 1);
    let name = rest[1..end].trim_end_matches(['.', '-']);
    // Part of a longer word and not a handle.
    if name.len() + 1 == end && rest[end..].starts_with('_') {
        return None;
    }
    let handle = name.to_ascii_lowercase();
    // Development servers use `.test`.
    (is_domain(&handle) || handle.ends_with(".test") && is_labels(&handle))
        .then(|| (1 + name.len(), Feature::Mention { handle }))
}

/// A web address, or a bare domain with an optional path.
fn link(rest: &str) -> Option<(usize, Feature)> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if scheme.is_none() && !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    // A link may begin behind every `(` of a word. The limit keeps the time linear.
    let word = &rest[..rest.floor_char_boundary(MAX_LINK_BYTES)];
    let word = &word[..word.find(is_space).unwrap_or(word.len())];
    let (text, uri) = match scheme {
        Some(scheme) => {
            // The server refuses a post with an address without a host.
            word.get(scheme.len()..).filter(|rest| !rest.starts_with('/'))?;
            let text = without_punctuation(until_host_ends(word, scheme.len()));
            text.get(scheme.len()..)?;
            (text, text.to_owned())
        }
        None => {
            let domain = &word[..word.find(|char: char| !is_name(char)).unwrap_or(word.len())];
            let domain = domain.trim_end_matches(['.', '-']);
            if !is_domain(domain) {
                return None;
            }
            let text = match word[domain.len()..].chars().next() {
                // An email address, or part of a longer word.
                Some('@' | '_') => return None,
                Some('/' | '?' | '#' | ':') => without_punctuation(word),
                _ => domain,
            };
            (text, format!("https://{text}"))
        }
    };
    Url::parse(&uri).ok().filter(Url::has_host)?;
    Some((text.len(), Feature::Link { uri }))
}

/// The word up to punctuation of another script within the host, where no address has it.
fn until_host_ends(word: &str, scheme: usize) -> &str {
    let foreign = |char: char| !char.is_ascii() && is_punctuation(char);
    let behind = word.get(scheme..).unwrap_or_default();
    match behind.find(|char| foreign(char) || matches!(char, '/' | '?' | '#')) {
        Some(end) if behind[end..].starts_with(foreign) => &word[..scheme + end],
        _ => word,
    }
}

/// Opening and closing brackets.
const BRACKETS: [(char, char); 14] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('<', '>'),
    ('（', '）'),
    ('［', '］'),
    ('｛', '｝'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('〈', '〉'),
    ('《', '》'),
    ('〔', '〕'),
    ('｢', '｣'),
];

/// Removes punctuation and quotes that end a sentence, and closing brackets that were opened before the word.
fn without_punctuation(word: &str) -> &str {
    let count = |sign: char| word.matches(sign).count();
    // Counted where a word ends with such a bracket.
    let mut unopened: [Option<usize>; BRACKETS.len()] = [None; BRACKETS.len()];
    let mut text = word;
    while let Some(last) = text.chars().next_back() {
        let bracket = BRACKETS.iter().zip(&mut unopened).find(|((_, close), _)| *close == last);
        let ends = match bracket {
            Some(((open, close), unopened)) => {
                let left = *unopened.get_or_insert_with(|| count(*close).saturating_sub(count(*open)));
                *unopened = Some(left.saturating_sub(1));
                left > 0
            }
            None if last.is_ascii() => matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\''),
            None => is_punctuation(last),
        };
        if !ends {
            break;
        }
        text = &text[..text.len() - last.len_utf8()];
    }
    text
}

/// `#` (`sign` bytes long) and a word that is not only digits and punctuation.
fn tag(rest: &str, sign: usize) -> Option<(usize, Feature)> {
    let word = &rest[sign..];
    let word = &word[..word.find(|char| is_space(char) || is_joint(char)).unwrap_or(word.len())];
    let wordy = |char: char| !char.is_ascii_digit() && !is_punctuation(char);
    // `#` with the keycap sign, mostly behind a variation selector, is an emoji.
    if word.starts_with(['\u{fe0f}', '\u{20e3}']) || !word.contains(wordy) {
        return None;
    }
    let tag = word.trim_end_matches(is_punctuation);
    let fits = tag.len() <= MAX_TAG_BYTES && tag.graphemes(true).count() <= MAX_TAG_GRAPHEMES;
    fits.then(|| (sign + tag.len(), Feature::Tag { tag: tag.to_owned() }))
}

/// `$` and a ticker of up to five characters.
fn cashtag(rest: &str) -> Option<(usize, Feature)> {
    let word = &rest[1..];
    let end = word.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(word.len());
    let ends = word[end..].chars().next().is_none_or(|char| is_space(char) || ".,;:!?)\"'’".contains(char));
    let is_ticker = matches!(end, 1..=5) && word.starts_with(|first: char| first.is_ascii_alphabetic()) && ends;
    is_ticker.then(|| (1 + end, Feature::Tag { tag: rest[..=end].to_ascii_uppercase() }))
}

/// A domain with a known top-level domain. The comparison is case-sensitive: in a text without a space after a full stop,
/// the next sentence begins with a capital letter.
fn is_domain(text: &str) -> bool {
    is_labels(text) && text.rsplit('.').next().is_some_and(|tld| IS_TLD.contains(tld))
}

fn is_labels(text: &str) -> bool {
    let label = |label: &str| matches!(label.len(), 1..=63) && !label.starts_with('-') && !label.ends_with('-');
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '.' || char == '-'
}

/// White space as JavaScript defines it, because the servers' checks are written in JavaScript.
fn is_space(char: char) -> bool {
    char.is_whitespace() || char == '\u{feff}'
}

/// Zero-width characters that end a tag.
fn is_joint(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}')
}

/// Unicode punctuation (`\p{P}`) of widely used scripts.
fn is_punctuation(char: char) -> bool {
    matches!(char,
        '!'..='#' | '%'..='*' | ','..='/' | ':' | ';' | '?' | '@' | '['..=']' | '_' | '{' | '}' | '¡' | '§' | '«'
        | '¶' | '·' | '»' | '¿' | '\u{37e}' | '\u{387}' | '\u{55a}'..='\u{55f}' | '\u{589}' | '\u{58a}' | '\u{5be}'
        | '\u{5c0}' | '\u{5c3}' | '\u{5c6}' | '\u{5f3}' | '\u{5f4}' | '\u{60c}' | '\u{60d}' | '\u{61b}'
        | '\u{61d}'..='\u{61f}' | '\u{66a}'..='\u{66d}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{970}' | '\u{e4f}'
        | '\u{e5a}' | '\u{e5b}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}'
        | '\u{2053}'..='\u{205e}' | '\u{2308}'..='\u{230b}' | '\u{2329}' | '\u{232a}' | '\u{2768}'..='\u{2775}'
        | '\u{2e00}'..='\u{2e4f}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
        | '\u{3030}' | '\u{303d}' | '\u{30a0}' | '\u{30fb}' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe52}'
        | '\u{fe54}'..='\u{fe61}' | '\u{ff01}'..='\u{ff03}' | '\u{ff05}'..='\u{ff0a}' | '\u{ff0c}'..='\u{ff0f}'
        | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}' | '\u{ff20}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff5b}'
        | '\u{ff5d}' | '\u{ff5f}'..='\u{ff65}')
}

#[cfg(test)]
mod tests;
