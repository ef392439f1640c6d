//! Links in a text: the expressions of twitter-text's `extractUrlsWithIndices`. Its lookahead after a top-level domain is
//! a character that is matched and not counted; empty groups mark where the parts end.

use std::{ops::Range, sync::LazyLock};

use regex_lite::{Captures, Regex};

use super::{
    pattern::{UnitText, class, compile, unit, upper, words},
    punycode,
    tables::{ASCII_DOMAIN, DOMAIN, PATH, PATH_END, QUERY, QUERY_END, TLDS},
};

const MAX_LENGTH: usize = 4096;
const MAX_TCO_SLUG: usize = 40;
const DEFAULT_SCHEME: usize = "https://".len();

/// What must follow a top-level domain.
const BEHIND: &str = r"(?:[^0-9A-Z@+\-]|$)";

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (inside, general, end) = (class(DOMAIN), class(PATH), class(PATH_END));
    let brackets = format!(r"\((?:[{general}]+|[{general}]*\([{general}]+\)[{general}]*)\)");
    let path = format!("(?:[{general}]*(?:{brackets}[{general}]*)*(?:[{end}]|{brackets})|@[{general}]+/)");
    let query = format!(r"\?[{}]*[{}]", class(QUERY), class(QUERY_END));
    let tail = format!("(?::[0-9]+(/{path}*)?(?:{query})?|(/{path}*)(?:{query})?|{query})()");
    let subdomain = format!(r"(?:[{inside}](?:[{inside}_\-]*[{inside}])?\.)");
    let name = format!(r"(?:[{inside}](?:[{inside}\-]*[{inside}])?\.)");
    let top_level = words(TLDS);
    compile(&format!(
        r"(?:[^A-Z0-9@\x{{FF20}}$#\x{{FF03}}\x{{FFFE}}\x{{FEFF}}\x{{FFFF}}]|^)()(HTTPS?://)?(){subdomain}*{name}(?:{top_level}()(?:{tail}|{BEHIND})|XN--[\-0-9A-Z]+()(?:{tail})?)"
    ))
});

static ASCII: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (letters, top_level) = (class(ASCII_DOMAIN), words(TLDS));
    compile(&format!(r"(?:[{letters}]+\.)+(?:{top_level}(){BEHIND}|XN--[\-0-9A-Z]+())"))
});

/// X's own short links have no further path.
static TCO: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(&format!(r"^HTTPS?://T\.CO/([0-9A-Z]+)(?:\?[{}]*[{}])?", class(QUERY), class(QUERY_END))));

/// A link in UTF-16 code units. Behind a host in several scripts, the length may differ from what is between start and
/// end: twitter-text weighs by the length.
#[derive(Debug, PartialEq)]
pub(super) struct Link {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) length: usize,
}

/// The links of a text in order, as ranges of bytes.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut offsets = Vec::new();
    for (at, c) in text.char_indices() {
        offsets.extend(std::iter::repeat_n(at, c.len_utf16()));
    }
    let offset = |unit: usize| offsets.get(unit).copied().unwrap_or(text.len());
    links(text).into_iter().map(|link| offset(link.start)..offset(link.end)).collect()
}

/// The length of `http://` or `https://` at the start, ignoring case.
pub(crate) fn scheme(text: &str) -> Option<usize> {
    ["http://", "https://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

pub(super) fn links(text: &str) -> Vec<Link> {
    let Some(expression) = LINK.as_ref() else { return Vec::new() };
    let written: Vec<u16> = text.encode_utf16().collect();
    let folded = UnitText::new(written.iter().map(|code| upper(unit(*code))));
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(captures) = expression.captures_at(&folded.text, from) {
        let Some(matched) = Match::read(&captures) else { break };
        from = matched.url.end;
        let units = |range: &Range<usize>| folded.units(range.start)..folded.units(range.end);
        let (url, host) = (units(&matched.url), units(&matched.host));
        let scheme = host.start - url.start;
        let counted = if scheme > 0 { scheme } else { DEFAULT_SCHEME };
        let host_text = folded.text.get(matched.host.clone()).unwrap_or_default();
        let host_units = written.get(host.clone()).unwrap_or_default();
        if counted + url.len() > MAX_LENGTH || !is_host(host_text, host_units) {
            continue;
        }
        if scheme > 0 {
            let length = tco_length(folded.text.get(matched.url.clone()).unwrap_or_default());
            if let Some(length) = length.unwrap_or(Some(url.len())) {
                found.push(Link { start: url.start, end: url.start + length, length });
            }
        } else if !folded.text.get(..matched.url.start).is_some_and(|before| before.ends_with(['-', '_', '.', '/'])) {
            let domains = found.len();
            found.extend(ascii_domains(host_text, host_units).into_iter().map(|domain| {
                let (start, end) = (host.start + domain.start, host.start + domain.end);
                Link { start, end, length: end - start }
            }));
            if let Some(last) = found.get_mut(domains..).and_then(<[Link]>::last_mut).filter(|_| matched.has_path) {
                last.end = url.end;
                last.length += url.len() - host.len();
            }
        }
    }
    found
}

/// Ranges of bytes.
struct Match {
    url: Range<usize>,
    host: Range<usize>,
    has_path: bool,
}

impl Match {
    fn read(captures: &Captures) -> Option<Self> {
        let mark = |group: usize| captures.get(group).map(|mark| mark.end());
        let host = mark(3)?..mark(4).or(mark(8))?;
        let end = mark(7).or(mark(11)).unwrap_or(host.end);
        Some(Self { url: mark(1)?..end, host, has_path: [5, 6, 9, 10].into_iter().any(|path| mark(path).is_some()) })
    }
}

/// The length of one of X's short links; `Some(None)` where its path is too long for one, `None` where the link is another.
fn tco_length(url: &str) -> Option<Option<usize>> {
    let captures = TCO.as_ref()?.captures(url)?;
    let slug = captures.get(1)?.len();
    let whole = captures.get(0)?.as_str().chars().count();
    Some((slug <= MAX_TCO_SLUG).then_some(whole))
}

fn is_host(folded: &str, host: &[u16]) -> bool {
    let is_punycode = host.starts_with(&[0x78, 0x6e, 0x2d, 0x2d]);
    (!is_punycode || !ascii_domains(folded, host).is_empty())
        && host.split(|unit| *unit == u16::from(b'.')).all(punycode::fits)
}

/// The domains in ASCII and Latin letters within a host. twitter-text searches each domain's text again, from the end of
/// the one before.
fn ascii_domains(folded: &str, host: &[u16]) -> Vec<Range<usize>> {
    let Some(expression) = ASCII.as_ref() else { return Vec::new() };
    let units = UnitText::new(folded.chars());
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(captures) = expression.captures_at(folded, from) {
        let (Some(whole), Some(end)) = (captures.get(0), captures.get(1).or(captures.get(2))) else { break };
        from = end.end();
        let domain = host.get(units.units(whole.start())..units.units(from)).unwrap_or_default();
        let after = found.last().map_or(0, |last| last.end);
        let rest = host.get(after..).unwrap_or_default();
        let Some(at) = rest.windows(domain.len().max(1)).position(|window| window == domain) else { break };
        found.push(after + at..after + at + domain.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn links_match_twitter_text() {
        let cases: [(&str, &[&str]); 24] = [
            ("no link at all", &[]),
            ("see http://example.com.", &["http://example.com"]),
            ("HTTPS://www.ExaMPLE.COM/index.html", &["HTTPS://www.ExaMPLE.COM/index.html"]),
            ("(https://example.com/a_(b))", &["https://example.com/a_(b)"]),
            ("https://example.com/a, b", &["https://example.com/a"]),
            ("(see https://example.com/a).", &["https://example.com/a"]),
            ("https://example.com/a(", &["https://example.com/a"]),
            (
                "http://example.com?foo=$bar.;baz?BAZ&c=d-#top/?stories+",
                &["http://example.com?foo=$bar.;baz?BAZ&c=d-#top/?stories"],
            ),
            ("http://example.com:8080/login.php!", &["http://example.com:8080/login.php"]),
            ("http://example.com/Русские_слова", &["http://example.com/Русские_слова"]),
            ("http://example.comです", &["http://example.com"]),
            ("見てexample.comを", &["example.com"]),
            ("foo.co.jp and t.co", &["foo.co.jp", "t.co"]),
            ("mail me@example.com or john.doe@example.com", &[]),
            ("@example.com #example.com $example.com", &[]),
            ("Node.js v1.2.3 e.g. this", &[]),
            ("http://192.168.0.1/ is none", &[]),
            ("ftp://example.org", &[]),
            ("http://www.-domain4352.com/", &[]),
            ("http://☃-.net/", &[]),
            ("http://test_underscore.twitter.com", &["http://test_underscore.twitter.com"]),
            ("xhttp://example.com", &[]),
            ("end.http://example.com", &["http://example.com"]),
            ("a https://t.co/abc https://t.co/abc", &["https://t.co/abc", "https://t.co/abc"]),
        ];
        for (text, links) in cases {
            let found: Vec<&str> = find(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, links, "{text}");
        }
    }
}
