//! The `Authorization` header.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Request, header};
use url::form_urlencoded;

/// The credentials, if the header has this scheme (RFC 9110, section 11.4).
pub(crate) fn credentials<'a>(request: &'a Request<Bytes>, scheme: &str) -> Option<&'a str> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (named, credentials) = header.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(credentials)
}

/// Client id and secret of HTTP Basic. Each was form-encoded before they were joined (RFC 6749, section 2.3.1).
pub(crate) fn basic(request: &Request<Bytes>) -> Option<(String, String)> {
    let joined = BASE64.decode(credentials(request, "basic")?.as_bytes()).ok()?;
    let joined = String::from_utf8(joined).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((decoded(id)?, decoded(secret)?))
}

/// Decodes a form-encoded value; `None` if it contains a separator of form fields.
fn decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{BASE64, Bytes, Request, basic, credentials, header};

    #[test]
    fn credentials_need_the_right_scheme() {
        let request = |value: &str| Request::get("/").header(header::AUTHORIZATION, value).body(Bytes::new()).unwrap();
        assert_eq!(credentials(&request("Bearer abc"), "bearer"), Some("abc"));
        assert_eq!(credentials(&request("bEARER abc"), "bearer"), Some("abc"));
        for other in ["Basic abc", "abc", "Bearerabc", ""] {
            assert_eq!(credentials(&request(other), "bearer"), None, "{other}");
        }
        assert_eq!(credentials(&Request::get("/").body(Bytes::new()).unwrap(), "bearer"), None);
    }

    #[test]
    fn both_parts_of_basic_are_form_encoded() {
        let read = |pair: &str| {
            let value = format!("Basic {}", BASE64.encode(pair.as_bytes()));
            basic(&Request::get("/").header(header::AUTHORIZATION, value).body(Bytes::new()).unwrap())
        };
        let of = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("app:secret-1"), of("app", "secret-1"));
        assert_eq!(read("a%3Ab:100%25+%26+more%2B"), of("a:b", "100% & more+"));
        for wrong in ["app", "app:", ":secret", "app:a&b", "app:a=b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
