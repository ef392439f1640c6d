//! Idempotency keys. The id of a resource created by a POST is derived from the caller, the path and the
//! `Idempotency-Key`, so that the condition of the insert is the idempotency check.

use super::{Caller, Code, Error, Request};
use crate::store::Origin;

/// Maximum length of a key, in characters.
pub const MAX: usize = 255;

/// Identifies a POST, and detects whether a repeated POST has the same body.
pub struct Identity {
    tenant: String,
    bound: String,
    method: String,
    path: String,
    key: String,
    pub origin: Origin,
}

impl Identity {
    /// # Errors
    /// 400 if the key is missing or not valid.
    pub fn of(request: &Request, caller: &Caller, body: &serde_json::Value) -> Result<Self, Error> {
        let uri = request.uri();
        // RFC 8785: one spelling for each JSON value, regardless of whitespace and field order.
        let canonical = serde_json_canonicalizer::to_vec(body).map_err(Error::internal)?;
        let fingerprint = crate::id::digest(&[
            request.method().as_str().as_bytes(),
            uri.path().as_bytes(),
            uri.query().unwrap_or_default().as_bytes(),
            &canonical,
        ]);
        Ok(Self {
            tenant: caller.tenant.to_string(),
            bound: caller.client.map(|client| client.to_string()).unwrap_or_default(),
            method: request.method().to_string(),
            path: uri.path().to_owned(),
            key: idempotency_key(request)?,
            origin: Origin {
                fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
                nonce: crate::id::random::uuid(),
            },
        })
    }

    /// Identifies the request if it creates no resource that could have an id.
    #[must_use]
    pub fn mark(&self) -> String {
        data_encoding::HEXLOWER.encode(&crate::id::digest(&self.parts())[..16])
    }

    /// The parts from which an id is derived.
    #[must_use]
    pub fn parts(&self) -> [&[u8]; 5] {
        [
            self.tenant.as_bytes(),
            self.bound.as_bytes(),
            self.method.as_bytes(),
            self.path.as_bytes(),
            self.key.as_bytes(),
        ]
    }
}

/// The header's value: bare, or an RFC 8941 §3.3.3 string. Both spellings are the same key.
fn idempotency_key(request: &Request) -> Result<String, Error> {
    let mut values = request.headers().get_all("idempotency-key").into_iter();
    let value = values
        .next()
        .ok_or_else(|| Error::new(Code::IdempotencyKeyRequired, "A POST needs the Idempotency-Key header."))?;
    let invalid =
        || Error::new(Code::IdempotencyKeyInvalid, "Idempotency-Key must be 1 to 255 visible ASCII characters.");
    if values.next().is_some() {
        return Err(invalid());
    }
    let text = value.to_str().map_err(|_| invalid())?.trim();
    let key = match text.strip_prefix('"') {
        None => text.to_owned(),
        Some(rest) => unquote(rest).ok_or_else(invalid)?,
    };
    let visible = key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if visible && (1..=MAX).contains(&key.len()) { Ok(key) } else { Err(invalid()) }
}

/// The text between the quotes; `rest` begins after the first quote.
fn unquote(rest: &str) -> Option<String> {
    let mut chars = rest.chars();
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(text),
            '\\' => text.push(chars.next().filter(|c| matches!(c, '"' | '\\'))?),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&str]) -> Result<String, Code> {
        let mut request = http::Request::post("https://api.test/v1/clients");
        for value in values {
            request = request.header("Idempotency-Key", *value);
        }
        idempotency_key(&request.body(lambda_http::Body::Empty).unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn bare_and_quoted_are_one_key() {
        assert_eq!(key(&["abc"]), Ok("abc".into()));
        assert_eq!(key(&["\"abc\""]), Ok("abc".into()));
        assert_eq!(key(&[r#""a\"b\\""#]), Ok(r#"a"b\"#.into()));
        assert_eq!(key(&[&"k".repeat(255)]), Ok("k".repeat(255)));
    }

    #[test]
    fn an_invalid_key_is_refused() {
        assert_eq!(key(&[]), Err(Code::IdempotencyKeyRequired));
        for value in ["", " ", "\"\"", "\"abc", "\"a\"b", r#""a\n""#, "a b", "a\tb", "é", &"k".repeat(256)] {
            assert_eq!(key(&[value]), Err(Code::IdempotencyKeyInvalid), "{value:?}");
        }
        assert_eq!(key(&["a", "a"]), Err(Code::IdempotencyKeyInvalid));
    }
}
