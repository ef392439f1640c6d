//! Links in a text: with a scheme, or a host with a known top-level domain. The rules approximate those of
//! twitter-text.

use std::ops::Range;

use super::domain::{host_length, run};

/// The byte ranges of the links, in order.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at >= skip_to {
            if let Some(end) = link_at(text, at, before) {
                found.push(at..end);
                skip_to = end;
            } else if is_host_char(c) && scheme(text.get(at..).unwrap_or_default()).is_none() {
                // A link without a scheme cannot start inside a run of host characters.
                skip_to =
                    at + run(text.get(at..).unwrap_or_default(), |c| c.is_ascii() && is_host_char(c)).max(c.len_utf8());
                skip_to = earliest_scheme(text, at, skip_to);
            }
        }
        before = Some(c);
    }
    found
}

/// The length of `http://` or `https://` at the start, ignoring case.
pub(crate) fn scheme(text: &str) -> Option<usize> {
    ["http://", "https://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

/// The first scheme inside a run of host characters. A link with a scheme may follow any character that is not an ASCII
/// letter or digit, such as `-`.
fn earliest_scheme(text: &str, from: usize, to: usize) -> usize {
    (from + 1..to)
        .filter(|at| text.is_char_boundary(*at))
        .find(|at| scheme(text.get(*at..).unwrap_or_default()).is_some())
        .unwrap_or(to)
}

/// The end of the link that starts at `at`.
fn link_at(text: &str, at: usize, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || "@\u{FF20}$#\u{FF03}".contains(c)) {
        return None;
    }
    let rest = text.get(at..)?;
    if let Some(scheme) = scheme(rest) {
        let host = rest.get(scheme..)?;
        let host = host.get(..run(host, is_host_char))?;
        let host_end = at + scheme + host_length(host, true)?;
        return Some(path_end(text, host_end));
    }
    if before.is_some_and(|c| "-_./".contains(c)) {
        return None;
    }
    let host = rest.get(..run(rest, |c| c.is_ascii() && is_host_char(c)))?;
    let host_end = at + host_length(host, false)?;
    let next = text.get(host_end..).and_then(|rest| rest.chars().next());
    // An email address, or a longer word.
    if next.is_some_and(|c| c.is_ascii_alphanumeric() || "@+-_".contains(c)) {
        return None;
    }
    Some(path_end(text, host_end))
}

fn is_host_char(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '-' || c == '_'
}

/// The end of port, path and query after a host.
fn path_end(text: &str, host_end: usize) -> usize {
    let mut end = host_end;
    let rest = |end| text.get(end..).unwrap_or_default();
    if let Some(port) = rest(end).strip_prefix(':') {
        let digits = run(port, |c| c.is_ascii_digit());
        if digits > 0 {
            end += 1 + digits;
        }
    }
    if rest(end).starts_with('/') {
        let path = rest(end);
        let path = path.get(..run(path, is_path_char)).unwrap_or_default();
        end += trimmed_length(path, "=_#/+-").max(1);
    }
    if let Some(query) = rest(end).strip_prefix('?') {
        let query = query.get(..run(query, is_query_char)).unwrap_or_default();
        let length = trimmed_length(query, "-_&=#/");
        if length > 0 {
            end += 1 + length;
        }
    }
    end
}

fn is_path_char(c: char) -> bool {
    let letter =
        c.is_ascii_alphanumeric() || ('\u{C0}'..='\u{24F}').contains(&c) || ('\u{400}'..='\u{4FF}').contains(&c);
    letter || "!*';:=+,.$/%#[]-\u{2013}_~@|&()".contains(c)
}

fn is_query_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c)
}

/// The length without trailing punctuation, which belongs to the sentence. A closing parenthesis belongs to the link if
/// the link has the opening one.
fn trimmed_length(text: &str, endings: &str) -> usize {
    let mut end = text.len();
    let mut unopened = text.matches(')').count().saturating_sub(text.matches('(').count());
    for (at, c) in text.char_indices().rev() {
        if c.is_alphanumeric() || endings.contains(c) || (c == ')' && unopened == 0) {
            break;
        }
        match c {
            ')' => unopened -= 1,
            '(' => unopened += 1,
            _ => {}
        }
        end = at;
    }
    end
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
