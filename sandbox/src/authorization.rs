//! The `Authorization` header.

use bytes::Bytes;
use http::{Request, header};

/// What follows this scheme (RFC 9110, 11.4), if the header names it.
pub(crate) fn credentials<'a>(request: &'a Request<Bytes>, scheme: &str) -> Option<&'a str> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (named, credentials) = header.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(credentials)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Request, credentials, header};

    #[test]
    fn credentials_are_those_of_the_scheme_that_is_named() {
        let request = |value: &str| Request::get("/").header(header::AUTHORIZATION, value).body(Bytes::new()).unwrap();
        assert_eq!(credentials(&request("Bearer abc"), "bearer"), Some("abc"));
        assert_eq!(credentials(&request("bEARER abc"), "bearer"), Some("abc"));
        for other in ["Basic abc", "abc", "Bearerabc", ""] {
            assert_eq!(credentials(&request(other), "bearer"), None, "{other}");
        }
        assert_eq!(credentials(&Request::get("/").body(Bytes::new()).unwrap(), "bearer"), None);
    }
}
