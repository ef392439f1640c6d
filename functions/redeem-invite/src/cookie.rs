//! The cookies of a customer's browser. An attempt's cookie binds the callback to the browser that started the attempt. The page's
//! cookie shows that a start comes from a page of ours.

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

/// The value of the attempt's cookie, if the request carries it.
pub(super) fn sent<'a>(request: &'a Request, attempt: AttemptId, wanted_digest: &str) -> Option<&'a str> {
    let name = name(attempt);
    sent_cookies(request).find(|(key, value)| *key == name && digest(value) == wanted_digest).map(|(_, value)| value)
}

/// The name of the page's cookie.
const PAGE: &str = "__Host-obh-page";

/// Set by each page that has buttons. It lives as long as the browser. `Strict`: browsers send it only with requests that a page of
/// this host makes, whatever other sites submit. Its value says nothing.
pub(super) fn page() -> String {
    format!("{PAGE}=1; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// Whether the request carries the page's cookie.
pub(super) fn is_page_sent(request: &Request) -> bool {
    sent_cookies(request).any(|(name, _)| name == PAGE)
}

/// Names and values.
fn sent_cookies(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    // API Gateway passes one cookie per header line, browsers send all in one line.
    request
        .headers()
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}
