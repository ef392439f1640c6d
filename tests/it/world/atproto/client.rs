//! Client authentication by a server: it fetches and caches the client's metadata document, and accepts each assertion
//! (RFC 7523 §3) once. <https://atproto.com/specs/oauth#confidential-client-authentication>

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use data_encoding::BASE64URL_NOPAD;
use futures_util::FutureExt;
use serde_json::Value;
use shared::{
    lambda::respond,
    testing::{Ask, TestResponse},
};
use url::Url;

use super::{
    ISSUER, ParsedRequest, hash,
    issuer::{Form, declared},
    proof::signed_by,
};

/// How long a real server caches a client's metadata document.
const KEPT: Duration = Duration::minutes(10);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) struct Clients {
    /// The function that serves our metadata document.
    pub(super) published: client_metadata::Deps,
    kept: Option<(DateTime<Utc>, String, Value)>,
    ids: HashSet<String>,
}

/// An authenticated client, and the id and thumbprint of its key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct AuthenticatedClient {
    pub(super) id: String,
    pub(super) key: Option<(String, String)>,
}

impl Clients {
    pub(super) fn new(published: client_metadata::Deps) -> Self {
        Self { published, kept: None, ids: HashSet::new() }
    }

    /// Authenticates the client of a form, and removes the assertion from the form.
    ///
    /// # Errors
    /// The rule that the form violates.
    pub(super) fn authenticate(
        &mut self,
        request: &ParsedRequest,
        form: &mut Form,
    ) -> Result<AuthenticatedClient, &'static str> {
        let id = form.get("client_id").cloned().ok_or("client_id")?;
        let (kind, assertion) = (form.remove("client_assertion_type"), form.remove("client_assertion"));
        if id.starts_with("http://localhost?") {
            return if assertion.is_none() {
                Ok(AuthenticatedClient { id, key: None })
            } else {
                Err("a public client has no key")
            };
        }
        let document = self.document(&id, request.now).ok_or("document")?;
        let assertion = assertion.ok_or("assertion")?;
        if kind.as_deref() != Some(ASSERTION_TYPE) {
            return Err("type");
        }
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, claims, _] = parts[..] else { return Err("assertion") };
        let (header, claims) = (decode(header).ok_or("header")?, decode(claims).ok_or("claims")?);
        let now = request.now.timestamp();
        let seconds = |name: &str| claims[name].as_i64();
        let keys = document["jwks"]["keys"].as_array().ok_or("document")?;
        let key = keys.iter().find(|key| key["kid"].is_string() && key["kid"] == header["kid"]);
        let rules = [
            (header["alg"] == "ES256", "alg"),
            (key.is_some(), "kid"),
            (claims["iss"] == *id, "iss"),
            (claims["sub"] == *id, "sub"),
            (claims["aud"] == ISSUER, "aud"),
            (seconds("iat").is_some_and(|iat| (now - 60..=now).contains(&iat)), "iat"),
            (seconds("exp").is_some_and(|exp| (now + 1..=now + 60).contains(&exp)), "exp"),
            (claims["jti"].as_str().is_some_and(|id| id.len() >= 16 && self.ids.insert(id.into())), "jti"),
        ];
        if let Some((_, rule)) = rules.into_iter().find(|(kept, _)| !kept) {
            return Err(rule);
        }
        let key = key.ok_or("kid")?;
        let canonical = signed_by(key, &assertion).ok_or("signature")?;
        Ok(AuthenticatedClient { id, key: Some((key["kid"].to_string(), hash(&canonical))) })
    }

    /// Whether the client's metadata document allows this redirect URI.
    pub(super) fn admits(&mut self, client: &AuthenticatedClient, redirect_uri: &str, now: DateTime<Utc>) -> bool {
        let document = self.document(&client.id, now).unwrap_or_default();
        document["redirect_uris"].as_array().is_some_and(|uris| uris.iter().any(|uri| *uri == *redirect_uri))
    }

    /// The metadata document at a client's id, fetched or cached; `None` if it is invalid.
    fn document(&mut self, id: &str, now: DateTime<Utc>) -> Option<Value> {
        if let Some((until, of, document)) = &self.kept
            && *until > now
            && of == id
        {
            return Some(document.clone());
        }
        let url: Url = id.parse().ok()?;
        let request = Ask::get(url.path()).build();
        // The function has nothing to wait for.
        let answer = respond(&self.published, client_metadata::handle, request).now_or_never()?;
        let answer = TestResponse::read(answer);
        let document = (answer.status == 200 && answer.header("content-type")? == "application/json")
            .then(|| answer.json())
            .filter(|document| document["client_id"] == *id && url.scheme() == "https")?;
        let keys = document["jwks"]["keys"].as_array()?;
        let good = document["application_type"] == "web"
            && document["client_uri"] == url.origin().ascii_serialization()
            && document["grant_types"] == serde_json::json!(["authorization_code", "refresh_token"])
            && document["response_types"] == serde_json::json!(["code"])
            && document["scope"] == declared()
            && document["dpop_bound_access_tokens"] == true
            && document["token_endpoint_auth_method"] == "private_key_jwt"
            && document["token_endpoint_auth_signing_alg"] == "ES256"
            && document.get("jwks_uri").is_none()
            // A private key would have one more member.
            && !keys.is_empty()
            && keys.iter().all(|key| key.as_object().is_some_and(|key| key.len() == 7));
        if good {
            self.kept = Some((now + KEPT, id.to_owned(), document.clone()));
        }
        good.then_some(document)
    }
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).ok()?).ok()
}
