//! An app: who it is by its client id. <https://atproto.com/specs/oauth#clients>

use serde_json::Value;
use url::Url;

use super::document;
use crate::{context::Context, error::Error};

pub(super) struct Client {
    pub(super) id: String,
    redirect_uris: Vec<String>,
    /// The scopes that it may request.
    scope: String,
    /// The public keys of a confidential client; `None` for a public one.
    pub(super) keys: Option<Vec<Value>>,
    /// Whether the client is in development, on the developer's machine.
    is_loopback: bool,
}

impl Client {
    /// Finds the client with this id. The inner error is a reason for the app's developer.
    pub(super) async fn find(context: &Context, id: &str) -> Result<Result<Self, &'static str>, Error> {
        if let Some(rest) = id.strip_prefix("http://localhost") {
            return Ok(Self::loopback(id, rest));
        }
        let document = match document::of(context, id).await? {
            Ok(document) => document,
            Err(reason) => return Ok(Err(reason)),
        };
        let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
        let is_confidential = document["token_endpoint_auth_method"] == "private_key_jwt";
        Ok(Ok(Self {
            id: id.to_owned(),
            redirect_uris: list("redirect_uris").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            scope: document["scope"].as_str().unwrap_or_default().to_owned(),
            keys: is_confidential.then(|| document["jwks"]["keys"].as_array().cloned().unwrap_or_default()),
            is_loopback: false,
        }))
    }

    /// A client in development, which describes itself in its id.
    /// <https://atproto.com/specs/oauth#localhost-client-development>
    fn loopback(id: &str, rest: &str) -> Result<Self, &'static str> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !["", "/"].contains(&path) || query.contains('#') {
            return Err("A loopback client id has no port, no path and no fragment");
        }
        let mut client =
            Self { id: id.to_owned(), redirect_uris: Vec::new(), scope: String::new(), keys: None, is_loopback: true };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "redirect_uri" if is_loopback_address(&value) => client.redirect_uris.push(value.into_owned()),
                "scope" if client.scope.is_empty() => client.scope = value.into_owned(),
                _ => return Err("A loopback client id has only redirect_uri, at 127.0.0.1 or [::1], and one scope"),
            }
        }
        if client.scope.is_empty() {
            client.scope = "atproto".to_owned();
        }
        if client.redirect_uris.is_empty() {
            client.redirect_uris = ["http://127.0.0.1/", "http://[::1]/"].map(str::to_owned).into();
        }
        Ok(client)
    }

    /// Whether the client has declared this redirect URI. The port of a loopback address is not compared.
    pub(super) fn admits(&self, redirect_uri: &str) -> bool {
        let without_port = |uri: &str| {
            let mut url = Url::parse(uri).ok()?;
            url.set_port(None).ok()?;
            Some(url)
        };
        self.redirect_uris.iter().any(|known| {
            known == redirect_uri
                || self.is_loopback
                    && is_loopback_address(redirect_uri)
                    && without_port(known) == without_port(redirect_uri)
        })
    }

    /// The first requested scope that the client has not declared.
    pub(super) fn undeclared<'a>(&self, requested: &'a str) -> Option<&'a str> {
        requested.split(' ').find(|scope| !self.scope.split(' ').any(|declared| declared == *scope))
    }
}

fn is_loopback_address(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else {
        return false;
    };
    url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "[::1]")) && url.fragment().is_none()
}
