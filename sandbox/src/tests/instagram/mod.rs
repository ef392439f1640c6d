//! Instagram through its API: an app that connects accounts and posts.

mod authorize;
mod carousel;
mod comments;
mod container;
mod misbehaviour;
mod pages;
mod publish;
mod read;
mod rules;
mod settings;
mod stories;
mod token;

use serde_json::Value;

use super::{
    Received, World,
    world::{ELSEWHERE, ORIGIN, encode},
};

pub(super) const AUTHORIZE: &str = "/www.instagram.com/oauth/authorize";
pub(super) const SCOPES: &str = "instagram_business_basic,instagram_business_content_publish";
pub(super) const DAY: i64 = 24 * 60 * 60;

/// A connected account.
pub(super) struct Shop<'a> {
    pub(super) world: &'a World,
    pub(super) token: String,
    pub(super) id: String,
}

/// The URL of a sample.
pub(super) fn sample(name: &str) -> String {
    format!("{ORIGIN}/media/{name}")
}

pub(super) fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

/// The code and subcode of a refusal.
pub(super) fn failure(reply: &Received) -> (i64, Option<i64>) {
    let error = &reply.json()["error"];
    assert_eq!(error["type"], "OAuthException", "{}", reply.body);
    assert!(error["message"].is_string() && error["fbtrace_id"].is_string());
    (error["code"].as_i64().unwrap(), error["error_subcode"].as_i64())
}

pub(super) fn asking() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "app"),
        ("redirect_uri", ELSEWHERE),
        ("response_type", "code"),
        ("scope", SCOPES),
        ("state", "st&te"),
    ]
}

impl World {
    pub(super) async fn allowed(&self, username: &str, scopes: &str) -> String {
        let mut fields = asking();
        fields.retain(|(name, _)| *name != "scope");
        fields.extend([("scope", scopes), ("account", username)]);
        self.consent(AUTHORIZE, &fields).await.sent_back("code").unwrap()
    }

    pub(super) async fn spend(&self, fields: &[(&str, &str)]) -> Received {
        self.submit("/api.instagram.com/oauth/access_token", None, fields).await.unwrap()
    }

    /// The short-lived token of a new connection.
    pub(super) async fn short_token(&self, username: &str, scopes: &str) -> String {
        let code = self.allowed(username, scopes).await;
        let reply = self.spend(&exchanging(&code)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        text(&reply.json()["data"][0], "access_token")
    }

    pub(super) async fn lengthen(&self, token: &str, secret: &str) -> Received {
        let query = encode(&[("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", token)]);
        self.get(&format!("/graph.instagram.com/access_token?{query}")).await
    }

    pub(super) async fn extend(&self, token: &str) -> Received {
        let query = encode(&[("grant_type", "ig_refresh_token"), ("access_token", token)]);
        self.get(&format!("/graph.instagram.com/refresh_access_token?{query}")).await
    }

    pub(super) async fn shop_with(&self, username: &str, scopes: &str) -> Shop<'_> {
        let short = self.short_token(username, scopes).await;
        let token = text(&self.lengthen(&short, "secret-of-app").await.json(), "access_token");
        let me = self.get_as(&token, "/graph.instagram.com/v25.0/me?fields=user_id").await.json();
        Shop { world: self, token, id: text(&me, "user_id") }
    }

    pub(super) async fn shop(&self, username: &str) -> Shop<'_> {
        self.shop_with(username, SCOPES).await
    }
}

pub(super) fn exchanging(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "app"),
        ("client_secret", "secret-of-app"),
        ("grant_type", "authorization_code"),
        ("redirect_uri", ELSEWHERE),
        ("code", code),
    ]
}

impl Shop<'_> {
    pub(super) async fn get(&self, path: &str) -> Received {
        self.world.get_as(&self.token, &format!("/graph.instagram.com/v25.0/{path}")).await
    }

    pub(super) async fn upload(&self, fields: &[(&str, &str)]) -> Received {
        let path = format!("/graph.instagram.com/v25.0/{}/media", self.id);
        self.world.submit(&path, Some(&self.token), fields).await.unwrap()
    }

    /// The id of a container.
    pub(super) async fn uploaded(&self, fields: &[(&str, &str)]) -> String {
        let reply = self.upload(fields).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        text(&reply.json(), "id")
    }

    pub(super) async fn photo(&self, caption: &str) -> String {
        self.uploaded(&[("image_url", &sample("photo.jpg")), ("caption", caption)]).await
    }

    pub(super) async fn status(&self, container: &str) -> (String, String) {
        let body = self.get(&format!("{container}?fields=status_code,status")).await.json();
        (text(&body, "status_code"), text(&body, "status"))
    }

    /// The answer; `None` if it is lost.
    pub(super) async fn publish(&self, container: &str) -> Option<Received> {
        let path = format!("/graph.instagram.com/v25.0/{}/media_publish", self.id);
        self.world.submit(&path, Some(&self.token), &[("creation_id", container)]).await
    }

    /// Publishes a photo and returns the answer.
    pub(super) async fn post(&self, caption: &str) -> Option<Received> {
        let container = self.photo(caption).await;
        self.world.pass(1);
        self.publish(&container).await
    }

    pub(super) async fn captions(&self) -> Vec<String> {
        let me = self.get("me?fields=username").await.json();
        self.world.posts("instagram", &text(&me, "username")).await.iter().map(|post| text(post, "text")).collect()
    }
}
