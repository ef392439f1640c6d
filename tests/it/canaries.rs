//! No secret is in a log, and none is in a table in plain text: a connection is made, used, broken and ended with all logs
//! on, and logs and tables are then searched for every secret that was seen.

mod media;

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use serde_json::json;
use shared::{
    net::{Request, SendError},
    testing::Ask,
};
use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::{Layer, filter::Targets, fmt::format::FmtSpan, layer::SubscriberExt};

use crate::{
    connect::{end_grant, is, parts, publish, reply, said, stored, tenant, vault, with},
    world::{
        Browser, World,
        atproto::{self, ANN_HANDLE, AtProtocol},
        way_out,
    },
};

/// The captured log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Captures our crates' logs at every level and other crates' as a deployment does, from this thread only, so that
    /// concurrent tests do not log here.
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let ours = [
            "shared",
            "cancel_post",
            "create_client",
            "create_key",
            "create_post",
            "disconnect_account",
            "dispatch_due",
            "edit_post",
            "list_accounts",
            "list_events",
            "list_posts",
            "mint_invite",
            "publish_target",
            "redeem_invite",
            "resolve_target",
            "retry_post",
            "validate_post",
        ];
        let filter = Targets::new().with_default(Level::INFO).with_targets(ours.map(|name| (name, Level::TRACE)));
        let writer = log.clone();
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .with_span_events(FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .with_filter(filter);
        (log, tracing::subscriber::set_default(tracing_subscriber::registry().with(lines)))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The secrets to search for, each with its kind.
#[derive(Clone, Default)]
struct Secrets(Arc<Mutex<BTreeSet<(String, &'static str)>>>);

impl Secrets {
    fn add(&self, what: &'static str, secret: &str) {
        // A shorter one could match by chance.
        assert!(secret.len() >= 12, "{what}: {secret}");
        self.0.lock().unwrap().insert((secret.to_owned(), what));
    }

    fn add_all(&self, browser: &Browser) {
        for value in browser.cookies.values() {
            self.add("cookie", value);
        }
    }

    /// A callback's code and state.
    fn add_callback(&self, callback: &str) {
        for (name, value) in parts(callback).1 {
            match name.as_str() {
                "state" => self.add("state", &value),
                "code" => self.add("code", &value),
                _ => {}
            }
        }
    }

    /// Adds the secrets in a request.
    fn add_request(&self, request: &Request) {
        for (name, what) in [("authorization", "credential"), ("dpop", "proof")] {
            if let Some(value) = request.headers().get(name) {
                self.add(what, value.to_str().unwrap().rsplit(' ').next().unwrap());
            }
        }
        for (name, value) in url::form_urlencoded::parse(request.body()) {
            match &*name {
                "code" => self.add("code", &value),
                "code_verifier" => self.add("verifier", &value),
                "refresh_token" => self.add("refresh token", &value),
                "token" => self.add("revoked token", &value),
                "state" => self.add("state", &value),
                "client_secret" => self.add("app secret", &value),
                _ => {}
            }
        }
        // Some platforms have secrets in the query.
        for (name, value) in url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
            match &*name {
                "access_token" => self.add("access token", &value),
                "client_secret" => self.add("app secret", &value),
                "upload_token" => self.add("upload token", &value),
                _ => {}
            }
        }
    }

    fn kinds(&self) -> BTreeSet<&'static str> {
        self.0.lock().unwrap().iter().map(|(_, what)| *what).collect()
    }

    fn are_not_in(&self, place: &str, text: &[u8]) {
        for (secret, what) in self.0.lock().unwrap().iter() {
            let found = text.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a {what} is in {place}");
        }
    }

    async fn are_nowhere(&self, world: &World, log: &Log) {
        self.are_not_in("the log", log.text().as_bytes());
        for item in world.engine.items().await {
            for (name, value) in &item {
                self.are_not_in(&format!("{:?}, attribute {name}", item["pk"]), &bytes(value));
            }
        }
    }
}

/// The bytes of a stored value and of all values nested in it.
fn bytes(value: &AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::S(text) => text.clone().into_bytes(),
        AttributeValue::B(bytes) => bytes.as_ref().to_vec(),
        AttributeValue::L(list) => list.iter().flat_map(bytes).collect(),
        AttributeValue::M(map) => {
            map.iter().flat_map(|(name, value)| [name.as_bytes(), &bytes(value)].concat()).collect()
        }
        other => format!("{other:?}").into_bytes(),
    }
}

/// Adds the tokens that the vault holds for a client's accounts.
async fn add_stored(secrets: &Secrets, world: &World, client: &str) {
    for account in stored(world, client).await {
        let grant = vault(world).find(tenant(world), &account).await.unwrap().unwrap();
        secrets.add("access token", grant.tokens.access.expose());
        if let Some(refresh) = grant.tokens.refresh {
            secrets.add("refresh token", refresh.expose());
        }
        if let Some(bound) = grant.tokens.bound {
            secrets.add("key", &data_encoding::BASE64.encode(&bound.dpop_seed));
            secrets.add("key", &data_encoding::HEXLOWER.encode(&bound.dpop_seed));
        }
    }
}

#[tokio::test]
async fn no_secret_of_an_x_connection_is_logged_or_stored_in_plain() {
    let (log, _guard) = Log::start();
    let (world, secrets) = (World::new().await, Secrets::default());
    secrets.add("API key", &world.key);
    let body = json!({ "label": "A", "scopes": ["posts.read"] });
    let minted = world.ask(Ask::post("/v1/api-keys", &body).key(&world.key)).await.data();
    secrets.add("API key", minted["key"].as_str().unwrap());
    secrets.add("app secret", "sandbox-app-secret");
    secrets.add("master secret", "a secret of a test, long enough to be one");
    let tap = secrets.clone();
    world.network.hook(move |request| {
        tap.add_request(request);
        None
    });
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    secrets.add("link token", link.trim_start_matches("/invite/"));

    // Every page, successful and failed, and the callback twice.
    let mut browser = Browser::default();
    browser.get(&world, &link).await;
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    secrets.add_all(&browser);
    secrets.add_callback(&callback);
    Browser::default().get(&world, &callback).await;
    browser.get(&world, &with(&callback, "error", Some("access_denied"))).await;
    browser.get(&world, &callback.replace("/x/", "/bluesky/")).await;
    let copy = browser.clone();
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""));
    assert_eq!(said(&copy.clone().get(&world, &callback).await), (400, "state_used"));
    add_stored(&secrets, &world, &client).await;

    let account = stored(&world, &client).await.remove(0);
    let id = account.id.to_string();
    assert_eq!(publish(&world, &client, &id, "one").await["status"], "published");
    // The token is refreshed and a post published with the new one.
    world.clock.advance(Duration::hours(3));
    assert_eq!(publish(&world, &client, &id, "two").await["status"], "published");
    add_stored(&secrets, &world, &client).await;

    // A platform that echoes each request in its answer.
    let tap = secrets.clone();
    world.network.hook(move |request| {
        tap.add_request(request);
        let sent: Vec<&str> = request.headers().values().filter_map(|value| value.to_str().ok()).collect();
        let sent = format!("{} {}", sent.join(" "), String::from_utf8_lossy(request.body()));
        let problem = json!({
            "error": sent, "error_description": sent, "title": sent, "detail": sent, "errors": [{ "message": sent }],
        });
        Some(Ok(reply(403, &problem)))
    });
    let refused = publish(&world, &client, &id, "three").await;
    assert_eq!(refused["status"], "failed", "{refused}");
    secrets.are_not_in("a post's answer", refused.to_string().as_bytes());
    world.clock.advance(Duration::hours(3));
    publish(&world, &client, &id, "four").await;
    end_grant(&world, &account).await;
    let mut browser = Browser::default();
    let other = world.link(&client, &["x"]).await;
    secrets.add("link token", other.trim_start_matches("/invite/"));
    let callback = browser.authorize_x(&world, &other, "demo_shop").await;
    secrets.add_all(&browser);
    secrets.add_callback(&callback);
    let page = browser.get(&world, &callback).await;
    assert_eq!(said(&page), (502, "exchange_refused"));

    let path = format!("/v1/accounts/{id}");
    let disconnected = world.ask(Ask::new(http::Method::DELETE, &path).key(&world.key)).await;
    assert_eq!(disconnected.data()["revokedAtPlatform"], false, "{}", disconnected.text);
    secrets.are_not_in("an account's answer", disconnected.text.as_bytes());

    // The test is void unless each kind of secret was seen and each event logged.
    let kinds = [
        "access token",
        "code",
        "cookie",
        "credential",
        "link token",
        "refresh token",
        "revoked token",
        "state",
        "verifier",
    ];
    assert!(kinds.iter().all(|kind| secrets.kinds().contains(kind)), "{:?}", secrets.kinds());
    let text = log.text();
    let caller = format!("\"agency\":\"{}\",\"correlation_id\"", world.agency);
    for said in [
        &*caller,
        "\"key\":\"",
        "\"connected\"",
        "state_used",
        "other_browser",
        "an authorization failed",
        "a refresh gave no tokens",
        "did not confirm that it revoked the grant",
    ] {
        assert!(text.contains(said), "{said} is not in the log: {text}");
    }
    secrets.are_nowhere(&world, &log).await;
}

#[tokio::test]
async fn no_secret_of_a_bluesky_connection_is_logged_or_stored_in_plain() {
    let (log, _guard) = Log::start();
    let (world, secrets) = (World::new().await, Secrets::default());
    let network = AtProtocol::install(&world);
    let (tap, answering) = (secrets.clone(), network.clone());
    network.script(move |request| {
        tap.add_request(request);
        answering.answer(request).map(Ok)
    });
    let client = world.client("A").await;
    let link = world.link(&client, &["bluesky"]).await;
    secrets.add("link token", link.trim_start_matches("/invite/"));
    let mut browser = Browser::default();
    let page = browser.press(&world, &format!("{link}/bluesky"), &format!("handle={ANN_HANDLE}")).await;
    let callback = network.approve(&way_out(&page));
    secrets.add_all(&browser);
    secrets.add_callback(&callback);
    browser.get(&world, &with(&callback, "iss", Some("https://evil.test"))).await;
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""));
    add_stored(&secrets, &world, &client).await;

    let id = stored(&world, &client).await[0].id.to_string();
    assert_eq!(publish(&world, &client, &id, "one").await["status"], "published");
    world.clock.advance(Duration::hours(2));
    assert_eq!(publish(&world, &client, &id, "two").await["status"], "published");
    add_stored(&secrets, &world, &client).await;

    // Answers that are lost or echo the request.
    let tap = secrets.clone();
    network.script(move |request| {
        tap.add_request(request);
        let credential = request.headers().get("authorization").map_or("", |value| value.to_str().unwrap());
        let sent = format!("{credential} {}", String::from_utf8_lossy(request.body()));
        if is(request, atproto::PUT) {
            return Some(Ok(reply(400, &json!({ "error": "InvalidRequest", "message": sent }))));
        }
        is(request, atproto::TOKEN).then(|| Err(SendError::OutcomeUnknown("the connection broke".into())))
    });
    let refused = publish(&world, &client, &id, "three").await;
    assert_eq!(refused["status"], "failed", "{refused}");
    secrets.are_not_in("a post's answer", refused.to_string().as_bytes());
    world.clock.advance(Duration::hours(2));
    publish(&world, &client, &id, "four").await;

    let kinds = ["access token", "code", "cookie", "credential", "key", "proof", "refresh token", "state", "verifier"];
    assert!(kinds.iter().all(|kind| secrets.kinds().contains(kind)), "{:?}", secrets.kinds());
    assert!(log.text().contains("\"connected\"") && log.text().contains("wrong_issuer"));
    secrets.are_nowhere(&world, &log).await;
}

#[tokio::test]
async fn the_search_finds_a_secret_that_is_there() {
    let (log, _guard) = Log::start();
    let secrets = Secrets::default();
    secrets.add("canary", "tweet-tweet-tweet");
    tracing::trace!(target: "shared::somewhere", token = "tweet-tweet-tweet", "logged");
    tracing::trace!(target: "another_crate", "not logged");
    let text = log.text();
    assert!(text.contains("tweet-tweet-tweet") && !text.contains("not logged"), "{text}");
    let found = std::panic::catch_unwind(|| secrets.are_not_in("the log", text.as_bytes()));
    assert!(found.is_err());
    let nested = AttributeValue::M([("a".to_owned(), AttributeValue::S("tweet-tweet-tweet".into()))].into());
    assert!(std::panic::catch_unwind(|| secrets.are_not_in("an item", &bytes(&nested))).is_err());
}
