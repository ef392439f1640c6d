//! The cookie of an attempt, which binds the callback to the browser that started the attempt.

use data_encoding::BASE64URL_NOPAD;
use http::header;
use shared::{api::Request, id::AttemptId, secret::Secret};

/// A random value. The state contains only its digest.
pub(super) fn fresh() -> Secret {
    Secret::new(BASE64URL_NOPAD.encode(&shared::id::random::bytes::<32>()))
}

pub(super) fn digest(value: &str) -> String {
    BASE64URL_NOPAD.encode(&shared::id::digest(&[b"attempt cookie", value.as_bytes()]))
}

/// `__Host-` restricts the cookie to secure connections (browsers accept loopback as secure), this host and all paths.
fn name(attempt: AttemptId) -> String {
    format!("__Host-obh-{attempt}")
}

/// Lives as long as the state. `Lax`: the browser sends it when the platform redirects the customer back.
pub(super) fn set(attempt: AttemptId, value: &Secret) -> String {
    format!("{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600", name(attempt), value.expose())
}

pub(super) fn clear(attempt: AttemptId) -> String {
    format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", name(attempt))
}

/// Whether the request carries the attempt's cookie.
pub(super) fn is_sent(request: &Request, attempt: AttemptId, wanted_digest: &str) -> bool {
    let name = name(attempt);
    // API Gateway passes one cookie per header line, browsers send all in one line.
    request
        .headers()
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(key, value)| key == name && digest(value) == wanted_digest)
}
