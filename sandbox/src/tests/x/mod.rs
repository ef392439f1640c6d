//! X through its API: an app that connects accounts and posts.

mod authorize;
mod media;
mod misbehaviour;
mod options;
mod pages;
mod refresh;
mod timeline;
mod token;
mod tweet;
mod upload;

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Method, Request, header};
use serde_json::Value;
use url::form_urlencoded;

use super::{
    Received, World,
    world::{REDIRECT, encode},
};
use crate::secret;

pub(super) const VERIFIER: &str = "a-code-verifier-of-forty-three-characters-or-more";
pub(super) const SCOPES: &str = "tweet.read tweet.write users.read media.write offline.access";
pub(super) const AUTHORIZE: &str = "/x.com/i/oauth2/authorize";
pub(super) const TOKEN: &str = "/api.x.com/2/oauth2/token";

impl World {
    /// The code that an account's consent issues.
    pub(super) async fn code(&self, username: &str, scopes: &str) -> String {
        let challenge = secret::challenge(VERIFIER);
        let mut fields = asking(&challenge);
        fields.retain(|(name, _)| *name != "scope");
        fields.extend([("scope", scopes), ("account", username)]);
        self.consent(AUTHORIZE, &fields).await.sent_back("code").unwrap()
    }

    /// A form for the token endpoint, authenticated as the app.
    pub(super) async fn token(&self, fields: &[(&str, &str)]) -> Received {
        let request = form(TOKEN, "app", "secret-of-app", fields);
        self.ask(request).await.unwrap()
    }

    pub(super) async fn redeem(&self, code: &str) -> Received {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub(super) async fn refresh(&self, token: &str) -> Received {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The token response of a new connection.
    pub(super) async fn connect_with(&self, username: &str, scopes: &str) -> Value {
        let code = self.code(username, scopes).await;
        let reply = self.redeem(&code).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// A new access token.
    pub(super) async fn connect(&self, username: &str) -> String {
        let tokens = self.connect_with(username, SCOPES).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    pub(super) async fn post(&self, access: &str, body: &Value) -> Option<Received> {
        self.call(access, "/api.x.com/2/tweets", body).await
    }

    pub(super) async fn tweet(&self, access: &str, text: &str) -> Option<Received> {
        self.post(access, &serde_json::json!({ "text": text })).await
    }

    /// The texts of an account's feed in descending order.
    pub(super) async fn feed(&self, username: &str) -> Vec<String> {
        let text = |post: &Value| post["text"].as_str().unwrap().to_owned();
        self.posts("x", username).await.iter().map(text).collect()
    }
}

pub(super) fn form(path: &str, client_id: &str, client_secret: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = BASE64.encode(format!("{}:{}", part(client_id), part(client_secret)).as_bytes());
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(fields).into())
        .unwrap()
}

/// A valid authorization request.
pub(super) fn asking(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPES),
        ("state", "st&te"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}
