//! The metadata document of a client. <https://atproto.com/specs/oauth#client-id-metadata-document>

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{jwt::thumbprint, scope};
use crate::{
    context::Context,
    error::Error,
    secret,
    store::{Key, Write},
};

/// How long a document is cached, in seconds.
const CACHED: i64 = 10 * 60;

#[derive(Serialize, Deserialize)]
struct CachedDocument {
    text: String,
    fetched_at: i64,
}

/// The valid document at this client id, fetched or cached. The inner error is a reason for the app's developer.
pub(super) async fn of(context: &Context, id: &str) -> Result<Result<Value, &'static str>, Error> {
    let url = match address(id) {
        Ok(url) => url,
        Err(reason) => return Ok(Err(reason)),
    };
    let key = || Key::new(format!("bluesky#client#{}", secret::fingerprint(id)), "client");
    let now = context.now().timestamp();
    if let Some(cached) = context.store.get::<CachedDocument>(key()).await?
        && now < cached.fetched_at + CACHED
        && let Ok(document) = serde_json::from_str(&cached.text)
    {
        return Ok(Ok(document));
    }
    // The content type is not checked: the hook for fetching reports that of media only.
    let Some(fetched) = (context.fetch)(id.to_owned()).await else {
        return Ok(Err("The client metadata document could not be fetched"));
    };
    let document = serde_json::from_slice::<Value>(&fetched.head).unwrap_or_default();
    if let Some(reason) = broken(&document, id, &url) {
        return Ok(Err(reason));
    }
    let cached = CachedDocument { text: document.to_string(), fetched_at: now };
    context.store.commit(vec![Write::put(key(), &cached)?]).await?;
    Ok(Ok(document))
}

fn address(id: &str) -> Result<Url, &'static str> {
    let url = Url::parse(id).map_err(|_| "The client id is not a URL")?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    match (url.scheme(), url.domain(), url.port()) {
        ("https", Some(_), None) if bare && url.path() != "/" && url.as_str() == id => Ok(url),
        _ => Err("The client id is not an https URL with a host name, without a port, and with a path"),
    }
}

/// The first requirement that the document does not meet.
fn broken(document: &Value, id: &str, url: &Url) -> Option<&'static str> {
    let text = |name: &str| document[name].as_str();
    let has = |name: &str, value: &str| document[name].as_array().is_some_and(|list| list.iter().any(|it| it == value));
    let is_https = |name: &str| text(name).is_none_or(|uri| uri.starts_with("https://"));
    let redirects: Vec<&Value> = document["redirect_uris"].as_array().into_iter().flatten().collect();
    let same_origin = |uri: &&Value| {
        uri.as_str().and_then(|uri| Url::parse(uri).ok()).is_some_and(|uri| uri.origin() == url.origin())
    };
    let home = text("client_uri").map(|uri| Url::parse(uri).ok().and_then(|uri| uri.domain().map(str::to_owned)));
    let rules = [
        (text("client_id") == Some(id), "client_id is not the document's URL"),
        (matches!(text("application_type"), None | Some("web")), "Only web clients are simulated"),
        (has("grant_types", "authorization_code"), "grant_types must include authorization_code"),
        (has("response_types", "code"), "response_types must include code"),
        (text("scope").is_some_and(scope::has_atproto), "scope must include atproto"),
        (!redirects.is_empty() && redirects.iter().all(same_origin), "redirect_uris must be of the client id's origin"),
        (document["dpop_bound_access_tokens"] == true, "dpop_bound_access_tokens must be true"),
        (home.is_none_or(|home| home.as_deref() == url.domain()), "client_uri must have the client id's host"),
        (["logo_uri", "tos_uri", "policy_uri"].into_iter().all(is_https), "URIs must be https"),
        (document.get("jwks_uri").is_none(), "jwks_uri is not simulated"),
        (has_right_keys(document), "A client with private_key_jwt has public ES256 keys with ids, another has none"),
    ];
    rules.into_iter().find_map(|(kept, reason)| (!kept).then_some(reason))
}

fn has_right_keys(document: &Value) -> bool {
    let keys = document["jwks"]["keys"].as_array();
    match document["token_endpoint_auth_method"].as_str() {
        Some("private_key_jwt") => {
            document["token_endpoint_auth_signing_alg"] == "ES256"
                && keys.is_some_and(|keys| {
                    !keys.is_empty() && keys.iter().all(|key| key["kid"].is_string() && thumbprint(key).is_some())
                })
        }
        Some("none") => keys.is_none() && document.get("token_endpoint_auth_signing_alg").is_none(),
        _ => false,
    }
}
