//! Addresses on the web.

use std::borrow::Cow;

use url::Url;

/// [`is_web_address`] as a regular expression, as far as one can express it.
pub const WEB_ADDRESS: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\/?#\u0000-\u001f\u007f-\u009f][^\s\\\u0000-\u001f\u007f-\u009f]*$";

/// Whether the text is an absolute http or https URL that needs no repair. The URL parser silently repairs spaces,
/// backslashes and superfluous slashes, so that the stored text would differ from the address that is fetched.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let behind = |start: &str| text.split_at_checked(start.len()).filter(|(own, _)| own.eq_ignore_ascii_case(start));
    let Some((_, rest)) = behind("https://").or_else(|| behind("http://")) else { return false };
    // The parser skips further slashes before the host.
    !rest.starts_with(['/', '?', '#'])
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
        && Url::parse(text).is_ok()
}

/// A web address in ASCII, as requests carry it: a name of other letters in Punycode, and other characters percent-encoded.
#[must_use]
pub fn ascii_address(text: &str) -> Cow<'_, str> {
    match Url::parse(text) {
        Ok(url) if !text.is_ascii() => Cow::Owned(url.into()),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_absolute_and_needs_no_repair() {
        for good in ["https://a.example/b.jpg", "HTTP://127.0.0.1:9001/c", "https://b\u{fc}cher.example/\u{e9}?q#f"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "//a.example/",
            "ftp://a.example/",
            "https:a.example",
            "https:\\\\a.example",
            "https://",
            "https:///cdn.a.example/b.jpg",
            "https:////cdn.a.example/b.jpg",
            "https://?q",
            "https://#f",
            "https://[::1",
            " https://a.example/",
            "https://a.example/\n",
            "https://a.example/a b",
            "data:image/png;base64,",
        ] {
            assert!(!is_web_address(bad), "{bad:?}");
        }
    }
}
