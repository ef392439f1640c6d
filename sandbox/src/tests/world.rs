//! A sandbox with a new table and a clock that the test sets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response, StatusCode, header};
use serde_json::Value;

use crate::{Answer, App, Config, Fetched, Sandbox};

pub(super) const ORIGIN: &str = "http://127.0.0.1:9001";
pub(super) const ELSEWHERE: &str = "https://elsewhere.example/";
pub(super) const REDIRECT: &str = "http://127.0.0.1:9000/connect/x/callback?kept=1";

/// An answer.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
}

impl Received {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    /// A query parameter of the redirect.
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
    /// Files outside of the sandbox, by URL.
    elsewhere: Elsewhere,
}

type Elsewhere = Arc<Mutex<HashMap<String, Fetched>>>;

fn sandbox(dynamodb: &aws_sdk_dynamodb::Client, now: &Arc<Mutex<DateTime<Utc>>>, elsewhere: &Elsewhere) -> Sandbox {
    let app = |id: &str| App {
        client_id: id.to_owned(),
        client_secret: format!("secret-of-{id}"),
        redirect_uris: [ELSEWHERE, REDIRECT].map(str::to_owned).into(),
    };
    let elsewhere = elsewhere.clone();
    let fetch: crate::Fetch = Arc::new(move |url: String| {
        let found = elsewhere.lock().unwrap().get(&url).cloned();
        Box::pin(async { found })
    });
    let apps = vec![app("app"), app("other"), app("odd: 100% & more+")];
    let config = Config { table: "sandbox".to_owned(), public_url: ORIGIN.to_owned(), apps, fetch };
    let now = now.clone();
    Sandbox::new(dynamodb.clone(), config, Arc::new(move || *now.lock().unwrap()))
}

impl World {
    pub(super) async fn new() -> Self {
        let credentials =
            Credentials::builder().access_key_id("local").secret_access_key("local").provider_name("test").build();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(credentials)
            .endpoint_url("http://localhost")
            .http_client(engine::DynamoDb::in_memory().unwrap().http_client())
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

    /// Makes a file available at a URL.
    pub(super) fn publish(&self, url: &str, content_type: &str, bytes: &'static [u8]) {
        self.publish_sized(url, content_type, bytes, bytes.len() as u64);
    }

    /// Makes a file of this size available, which starts with these bytes.
    pub(super) fn publish_sized(&self, url: &str, content_type: &str, begins: &'static [u8], bytes: u64) {
        let head = Bytes::from_static(&begins[..begins.len().min(crate::HEAD)]);
        let fetched = Fetched { content_type: content_type.to_owned(), bytes, head };
        self.elsewhere.lock().unwrap().insert(url.to_owned(), fetched);
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }

    pub(super) fn pass(&self, seconds: i64) {
        *self.now.lock().unwrap() += TimeDelta::seconds(seconds);
    }

    /// The answer; `None` if it is lost.
    pub(super) async fn ask(&self, request: Request<Bytes>) -> Option<Received> {
        let (parts, body) = self.respond(request).await?.into_parts();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Some(Received { status: parts.status, headers: parts.headers, body })
    }

    /// The answer as bytes.
    pub(super) async fn ask_for_bytes(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.respond(request).await.unwrap()
    }

    async fn respond(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        match self.sandbox.answer(request).await {
            Answer::Lost => None,
            Answer::Never => std::future::pending().await,
            Answer::Response(response) => Some(response),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Received {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        self.ask(request).await.unwrap()
    }

    pub(super) async fn get_as(&self, access: &str, path: &str) -> Received {
        let request =
            Request::get(path).header(header::AUTHORIZATION, format!("Bearer {access}")).body(Bytes::new()).unwrap();
        self.ask(request).await.unwrap()
    }

    /// Posts a consent form like a browser.
    pub(super) async fn consent(&self, path: &str, fields: &[(&str, &str)]) -> Received {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        self.ask(request.body(encode(fields).into()).unwrap()).await.unwrap()
    }

    /// Posts a form like a program.
    pub(super) async fn submit(&self, path: &str, access: Option<&str>, fields: &[(&str, &str)]) -> Option<Received> {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(access) = access {
            request = request.header(header::AUTHORIZATION, format!("Bearer {access}"));
        }
        self.ask(request.body(encode(fields).into()).unwrap()).await
    }

    /// Posts JSON.
    pub(super) async fn call(&self, access: &str, path: &str, body: &Value) -> Option<Received> {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .header(header::CONTENT_TYPE, "application/json; charset=UTF-8")
            .body(body.to_string().into());
        self.ask(request.unwrap()).await
    }

    /// The published posts of an account, in descending order.
    pub(super) async fn posts(&self, network: &str, username: &str) -> Vec<Value> {
        listed(&self.get(&format!("/feed/{network}/{username}.json")).await)
    }

    /// The published posts of all accounts, in descending order.
    pub(super) async fn all_posts(&self, network: &str) -> Vec<Value> {
        let request = Request::get(format!("/feed/{network}")).header(header::ACCEPT, "application/json");
        listed(&self.ask(request.body(Bytes::new()).unwrap()).await.unwrap())
    }

    /// The whole table as text.
    #[expect(clippy::disallowed_methods, reason = "a search for leaked secrets reads the whole table")]
    pub(super) async fn everything(&self) -> String {
        let read = self.dynamodb.scan().table_name("sandbox").send().await;
        format!("{:?}", read.unwrap().items)
    }

    pub(super) async fn drop_table(&self) {
        let dropped = self.dynamodb.delete_table().table_name("sandbox");
        dropped.send().await.unwrap();
    }
}

fn listed(feed: &Received) -> Vec<Value> {
    feed.json()["posts"].as_array().unwrap().clone()
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
