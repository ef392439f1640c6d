//! A sandbox on an engine of its own, a clock to set, and an app that connects and publishes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;

use crate::{Answer, App, Config, Fetched, Sandbox, secret};

pub(super) const ORIGIN: &str = "http://127.0.0.1:9001";
pub(super) const REDIRECT: &str = "http://127.0.0.1:9000/connect/x/callback?kept=1";
pub(super) const VERIFIER: &str = "a-code-verifier-of-forty-three-characters-or-more";
pub(super) const SCOPES: &str = "tweet.read tweet.write users.read offline.access";
pub(super) const AUTHORIZE: &str = "/x.com/i/oauth2/authorize";
pub(super) const TOKEN: &str = "/api.x.com/2/oauth2/token";

/// An answer that arrived.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    /// A parameter of the URL to which the browser is sent.
    pub(super) fn sent_back(&self, name: &str) -> Option<String> {
        let location = url::Url::parse(self.header("location")).unwrap();
        let value = location.query_pairs().find(|(key, _)| key == name);
        value.map(|(_, value)| value.into_owned())
    }
}

pub(super) struct World {
    pub(super) sandbox: Sandbox,
    dynamodb: aws_sdk_dynamodb::Client,
    now: Arc<Mutex<DateTime<Utc>>>,
    /// What stands elsewhere, by URL.
    elsewhere: Elsewhere,
}

type Elsewhere = Arc<Mutex<HashMap<String, Fetched>>>;

fn sandbox(dynamodb: &aws_sdk_dynamodb::Client, now: &Arc<Mutex<DateTime<Utc>>>, elsewhere: &Elsewhere) -> Sandbox {
    let app = |id: &str| App {
        client_id: id.to_owned(),
        client_secret: format!("secret-of-{id}"),
        redirect_uris: vec!["https://elsewhere.example/".to_owned(), REDIRECT.to_owned()],
    };
    let elsewhere = elsewhere.clone();
    let fetch: crate::Fetch = Arc::new(move |url: String| {
        let found = elsewhere.lock().unwrap().get(&url).cloned();
        Box::pin(async { found })
    });
    let apps = vec![app("app"), app("other")];
    let config = Config { table: "sandbox".to_owned(), public_url: ORIGIN.to_owned(), apps, fetch };
    let now = now.clone();
    Sandbox::new(dynamodb.clone(), config, Arc::new(move || *now.lock().unwrap()))
}

impl World {
    pub(super) async fn new() -> Self {
        let database = dynoxide::Database::memory().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let forever = std::future::pending();
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, forever));
        let credentials =
            Credentials::builder().access_key_id("local").secret_access_key("local").provider_name("test").build();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(credentials)
            .endpoint_url(format!("http://{address}"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(config);
        let now = "2026-11-21T12:00:00.250Z".parse().unwrap();
        let now = Arc::new(Mutex::new(now));
        let elsewhere = Elsewhere::default();
        let sandbox = sandbox(&dynamodb, &now, &elsewhere);
        sandbox.create_table().await.unwrap();
        Self { sandbox, dynamodb, now, elsewhere }
    }

    pub(super) fn restart(&mut self) {
        self.sandbox = sandbox(&self.dynamodb, &self.now, &self.elsewhere);
    }

    /// Puts a file where platforms can fetch it.
    pub(super) fn publish(&self, url: &str, content_type: &str, bytes: &'static [u8]) {
        let fetched = Fetched {
            content_type: content_type.to_owned(),
            bytes: bytes.len() as u64,
            head: Bytes::from_static(&bytes[..bytes.len().min(crate::HEAD)]),
        };
        self.elsewhere.lock().unwrap().insert(url.to_owned(), fetched);
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }

    pub(super) fn pass(&self, seconds: i64) {
        *self.now.lock().unwrap() += TimeDelta::seconds(seconds);
    }

    /// The answer, or nothing if it was lost.
    pub(super) async fn ask(&self, request: Request<Bytes>) -> Option<Reply> {
        match self.sandbox.answer(request).await {
            Answer::Lost => None,
            Answer::Response(response) => {
                let (parts, body) = response.into_parts();
                Some(Reply {
                    status: parts.status,
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                })
            }
        }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        self.ask(request).await.unwrap()
    }

    pub(super) async fn get_as(&self, access: &str, path: &str) -> Reply {
        let request =
            Request::get(path).header(header::AUTHORIZATION, format!("Bearer {access}")).body(Bytes::new()).unwrap();
        self.ask(request).await.unwrap()
    }

    /// A form of the consent page, as a browser posts it.
    pub(super) async fn consent(&self, fields: &[(&str, &str)]) -> Reply {
        let request =
            Request::post(AUTHORIZE).header("sec-fetch-site", "same-origin").body(encode(fields).into()).unwrap();
        self.ask(request).await.unwrap()
    }

    /// The code that an account's consent gives.
    pub(super) async fn code(&self, username: &str, scopes: &str) -> String {
        let challenge = secret::challenge(VERIFIER);
        let mut fields = asking(&challenge);
        fields.retain(|(name, _)| *name != "scope");
        fields.extend([("scope", scopes), ("account", username)]);
        self.consent(&fields).await.sent_back("code").unwrap()
    }

    /// A form for the token endpoint, authenticated as the app.
    pub(super) async fn token(&self, fields: &[(&str, &str)]) -> Reply {
        let request = form(TOKEN, "app", "secret-of-app", fields);
        self.ask(request).await.unwrap()
    }

    pub(super) async fn redeem(&self, code: &str) -> Reply {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub(super) async fn refresh(&self, token: &str) -> Reply {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The token answer of a fresh connection.
    pub(super) async fn connect_with(&self, username: &str, scopes: &str) -> Value {
        let code = self.code(username, scopes).await;
        let reply = self.redeem(&code).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// A fresh access token.
    pub(super) async fn connect(&self, username: &str) -> String {
        let tokens = self.connect_with(username, SCOPES).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    pub(super) async fn post(&self, access: &str, body: &Value) -> Option<Reply> {
        let request = Request::post("/api.x.com/2/tweets")
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into())
            .unwrap();
        self.ask(request).await
    }

    pub(super) async fn tweet(&self, access: &str, text: &str) -> Option<Reply> {
        self.post(access, &serde_json::json!({ "text": text })).await
    }

    /// All that the table holds, for searching.
    #[expect(clippy::disallowed_methods, reason = "who looks for a secret looks everywhere")]
    pub(super) async fn everything(&self) -> String {
        let read = self.dynamodb.scan().table_name("sandbox").send().await;
        format!("{:?}", read.unwrap().items)
    }

    pub(super) async fn drop_table(&self) {
        let dropped = self.dynamodb.delete_table().table_name("sandbox");
        dropped.send().await.unwrap();
    }

    /// The original texts of an account's feed, newest first.
    pub(super) async fn feed(&self, username: &str) -> Vec<String> {
        let feed = self.get(&format!("/feed/x/{username}.json")).await.json();
        let posts = feed["posts"].as_array().unwrap();
        let text = |post: &Value| post["text"].as_str().unwrap().to_owned();
        posts.iter().map(text).collect()
    }
}

pub(super) fn form(path: &str, client_id: &str, client_secret: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let credentials = BASE64.encode(format!("{client_id}:{client_secret}").as_bytes());
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(fields).into())
        .unwrap()
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A good authorization request.
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
