//! Signed requests: a platform tells about a person, signed with our app's secret.
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/oidc-token/signed-request>

use chrono::{DateTime, Duration, Utc};
use data_encoding::BASE64URL_NOPAD;
use ring::hmac;
use serde::Deserialize;

use crate::secret::Secret;

/// How old a signed request may be.
const MAX_AGE: Duration = Duration::hours(1);
/// How far the platform's clock may be ahead of ours.
const CLOCK_SKEW: Duration = Duration::minutes(5);

/// Why a signed request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    #[error("it is not `signature.payload` in base64url")]
    Form,
    #[error("it is not signed with this app's secret")]
    Signature,
    #[error("its payload is not that of a signed request by HMAC-SHA256")]
    Payload,
    #[error("it was issued more than an hour ago, or in the future")]
    Age,
}

/// Whom a signed request is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// The person's id.
    pub user_id: String,
    /// When the platform made the request. What the person granted later is not meant.
    pub issued_at: DateTime<Utc>,
}

/// Reads a signed request.
///
/// # Errors
/// It is not signed with `secret`, not of this hour, or of another form.
pub fn person(signed: &str, secret: &Secret, now: DateTime<Utc>) -> Result<Told, NotSigned> {
    #[derive(Deserialize)]
    struct Payload {
        algorithm: String,
        user_id: String,
        issued_at: i64,
    }
    let (signature, payload) = signed.split_once('.').ok_or(NotSigned::Form)?;
    let decode =
        |text: &str| BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| NotSigned::Form);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    hmac::verify(&key, payload.as_bytes(), &decode(signature)?).map_err(|_| NotSigned::Signature)?;
    let payload = serde_json::from_slice::<Payload>(&decode(payload)?).map_err(|_| NotSigned::Payload)?;
    if payload.algorithm != "HMAC-SHA256" || payload.user_id.is_empty() {
        return Err(NotSigned::Payload);
    }
    let issued_at = DateTime::from_timestamp(payload.issued_at, 0).ok_or(NotSigned::Payload)?;
    if issued_at < now - MAX_AGE || issued_at > now + CLOCK_SKEW {
        return Err(NotSigned::Age);
    }
    Ok(Told { user_id: payload.user_id, issued_at })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-07-01T12:00:00Z".parse().unwrap()
    }

    fn signed(payload: &str, secret: &str) -> String {
        let payload = BASE64URL_NOPAD.encode(payload.as_bytes());
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("{}.{payload}", BASE64URL_NOPAD.encode(hmac::sign(&key, payload.as_bytes()).as_ref()))
    }

    fn read(payload: &Value) -> Result<String, NotSigned> {
        let told = person(&signed(&payload.to_string(), "app secret"), &Secret::new("app secret".to_owned()), now());
        told.map(|told| told.user_id)
    }

    #[test]
    fn a_request_signed_with_the_apps_secret_names_a_person() {
        let at = now().timestamp();
        let payload = json!({ "algorithm": "HMAC-SHA256", "user_id": "218471", "issued_at": at, "expires": at + 600 });
        assert_eq!(read(&payload), Ok("218471".into()));
    }

    #[test]
    fn all_others_are_refused() {
        let at = now().timestamp();
        let payload =
            |algorithm: &str, issued_at: i64| json!({ "algorithm": algorithm, "user_id": "1", "issued_at": issued_at });
        let secret = Secret::new("app secret".to_owned());
        let good = payload("HMAC-SHA256", at).to_string();
        let (signature, rest) =
            signed(&good, "app secret").split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        for (text, refused) in [
            (String::new(), NotSigned::Form),
            (rest.clone(), NotSigned::Form),
            (format!("{signature}!.{rest}"), NotSigned::Form),
            (format!(".{rest}"), NotSigned::Signature),
            (signed(&good, "another secret"), NotSigned::Signature),
            (format!("{signature}.{}", BASE64URL_NOPAD.encode(b"{}")), NotSigned::Signature),
            (signed("{\"user_id\": \"1\"}", "app secret"), NotSigned::Payload),
            (signed("[]", "app secret"), NotSigned::Payload),
        ] {
            assert_eq!(person(&text, &secret, now()), Err(refused), "{text}");
        }
        assert_eq!(read(&payload("none", at)), Err(NotSigned::Payload));
        assert_eq!(read(&payload("HMAC-SHA256", i64::MAX)), Err(NotSigned::Payload));
        assert_eq!(read(&payload("HMAC-SHA256", at - 3601)), Err(NotSigned::Age));
        assert_eq!(read(&payload("HMAC-SHA256", at + 301)), Err(NotSigned::Age));
        assert_eq!(
            read(&json!({ "algorithm": "HMAC-SHA256", "user_id": "", "issued_at": at })),
            Err(NotSigned::Payload)
        );
    }
}
