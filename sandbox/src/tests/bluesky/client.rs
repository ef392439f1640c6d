//! Confidential clients: their metadata documents and assertions.

use serde_json::{Value, json};

use super::{BlueskyClient, Key, ORIGIN, PAR, SCOPE, VERIFIER, error, session};
use crate::secret;

const ID: &str = "https://app.example.com/oauth/client-metadata.json";
const CALLBACK: &str = "https://app.example.com/callback";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn document(keys: &[&Key]) -> Value {
    let jwk = |(at, key): (usize, &&Key)| {
        let mut jwk = key.jwk();
        jwk["kid"] = format!("key-{at}").into();
        jwk
    };
    json!({
        "client_id": ID,
        "application_type": "web",
        "client_name": "App",
        "client_uri": "https://app.example.com",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": SCOPE,
        "dpop_bound_access_tokens": true,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": keys.iter().enumerate().map(jwk).collect::<Vec<_>>() },
    })
}

impl BlueskyClient {
    async fn confidential() -> Self {
        Self { client_id: ID.to_owned(), ..Self::new().await }
    }

    fn serve(&self, document: &Value) {
        let text: &'static [u8] = Box::leak(document.to_string().into_boxed_str()).as_bytes();
        self.world.publish(ID, "application/json", text);
    }

    fn assertion(&self, key: &Key, kid: &str, change: impl Fn(&mut Value)) -> String {
        let now = self.world.now().timestamp();
        let mut claims = json!({
            "iss": ID, "sub": ID, "aud": ORIGIN, "jti": secret::token().unwrap(), "iat": now, "exp": now + 60,
        });
        change(&mut claims);
        key.sign(&json!({ "alg": "ES256", "kid": kid }), &claims)
    }

    async fn push(&self, assertions: &dyn Fn() -> Option<String>) -> crate::tests::Received {
        self.authenticated(PAR, &self.confidential_request(&secret::challenge(VERIFIER)), assertions).await
    }

    fn confidential_request<'a>(&'a self, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut fields = self.asking("demo-shop.test", challenge);
        fields.retain(|(name, _)| *name != "redirect_uri");
        fields.push(("redirect_uri", CALLBACK));
        fields
    }

    /// Posts a form with a new assertion for each attempt, as the nonce needs a second one.
    async fn authenticated(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        assertions: &dyn Fn() -> Option<String>,
    ) -> crate::tests::Received {
        let mut nonce: Option<String> = None;
        loop {
            let assertion = assertions();
            let mut fields = fields.to_vec();
            if let Some(assertion) = &assertion {
                fields.extend([("client_assertion_type", TYPE), ("client_assertion", assertion)]);
            }
            let proof = self.proof(&self.claims(&http::Method::POST, path, nonce.as_deref(), None));
            let request = http::Request::post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("dpop", proof)
                .body(super::encode(&fields).into());
            let reply = self.world.ask(request.unwrap()).await.unwrap();
            if nonce.is_some() || reply.json()["error"] != "use_dpop_nonce" {
                return reply;
            }
            nonce = Some(reply.header("dpop-nonce").to_owned());
        }
    }
}

#[tokio::test]
async fn each_rule_for_a_metadata_document_is_checked() {
    let bluesky = BlueskyClient::confidential().await;
    let key = Key::new();
    let good = || Some(bluesky.assertion(&key, "key-0", |_| ()));
    let refused = (400, "invalid_client_metadata".to_owned());
    assert_eq!(error(&bluesky.push(&good).await), refused, "there is no document");
    let mut private = key.jwk();
    private["kid"] = "key-0".into();
    private["d"] = "AAAA".into();
    for (name, value) in [
        ("client_id", json!("https://app.example.com/other.json")),
        ("application_type", json!("native")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["https://elsewhere.example/callback"])),
        ("grant_types", json!(["refresh_token"])),
        ("response_types", json!(["token"])),
        ("scope", json!("repo:app.bsky.feed.post")),
        ("dpop_bound_access_tokens", Value::Null),
        ("client_uri", json!("https://elsewhere.example")),
        ("logo_uri", json!("http://app.example.com/logo.png")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("none")),
        ("token_endpoint_auth_signing_alg", json!("none")),
        ("jwks", json!({ "keys": [] })),
        ("jwks", json!({ "keys": [private] })),
        ("jwks", json!({ "keys": [key.jwk()] })),
        ("jwks_uri", json!("https://app.example.com/jwks.json")),
    ] {
        let mut document = document(&[&key]);
        document[name] = value.clone();
        bluesky.serve(&document);
        assert_eq!(error(&bluesky.push(&good).await), refused, "{name} {value}");
    }
    bluesky.serve(&document(&[&key]));
    assert_eq!(bluesky.push(&good).await.status, 201);
}

#[tokio::test]
async fn each_claim_of_an_assertion_is_checked_and_it_is_accepted_once() {
    let bluesky = BlueskyClient::confidential().await;
    let (key, other) = (Key::new(), Key::new());
    bluesky.serve(&document(&[&key]));
    let refused = (401, "invalid_client".to_owned());
    let now = bluesky.world.now().timestamp();
    for (claim, value) in [
        ("iss", json!("https://elsewhere.example/client.json")),
        ("sub", json!("https://elsewhere.example/client.json")),
        ("aud", json!("http://127.0.0.1:9001/oauth/token")),
        ("iat", json!(now - 61)),
        ("iat", json!(now + 11)),
        ("iat", Value::Null),
        ("exp", json!(now)),
        ("jti", Value::Null),
    ] {
        let assertion = || Some(bluesky.assertion(&key, "key-0", |claims| claims[claim] = value.clone()));
        assert_eq!(error(&bluesky.push(&assertion).await), refused, "{claim} {value}");
    }
    assert_eq!(error(&bluesky.push(&|| None).await), refused, "no assertion");
    let unknown = || Some(bluesky.assertion(&key, "key-1", |_| ()));
    assert_eq!(error(&bluesky.push(&unknown).await), refused, "an unknown key id");
    let forged = || Some(bluesky.assertion(&other, "key-0", |_| ()));
    assert_eq!(error(&bluesky.push(&forged).await), refused, "another key's signature");
    let same = bluesky.assertion(&key, "key-0", |_| ());
    assert_eq!(error(&bluesky.push(&|| Some(same.clone())).await), refused, "the first attempt has used it up");
}

#[tokio::test]
async fn a_session_is_bound_to_the_clients_key() {
    let bluesky = BlueskyClient::confidential().await;
    let (key, next) = (Key::new(), Key::new());
    bluesky.serve(&document(&[&key, &next]));
    let good = || Some(bluesky.assertion(&key, "key-0", |_| ()));
    let uri = bluesky.push(&good).await.json()["request_uri"].as_str().unwrap().to_owned();
    let code = bluesky.decide(&uri, ("account", "demo-shop.test")).await.sent_back("code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", ID),
    ];
    let first = session(&bluesky.authenticated(super::TOKEN, &fields, &good).await);
    let refreshing = |token: &str| {
        let token = token.to_owned();
        move || {
            [("grant_type", "refresh_token".to_owned()), ("refresh_token", token.clone()), ("client_id", ID.to_owned())]
        }
    };
    let refresh = async |token: &str, assertions: &dyn Fn() -> Option<String>| {
        let fields = refreshing(token)();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bluesky.authenticated(super::TOKEN, &fields, assertions).await
    };
    let other = || Some(bluesky.assertion(&next, "key-1", |_| ()));
    assert_eq!(error(&refresh(&first.refresh, &other).await).1, "invalid_grant");
    // A confidential client may wait longer than a public one.
    bluesky.world.pass(100 * 24 * 60 * 60);
    let second = session(&refresh(&first.refresh, &good).await);
    bluesky.serve(&document(&[&next]));
    assert_eq!(refresh(&second.refresh, &other).await.json()["error"], "invalid_grant");
    bluesky.world.pass(10 * 60);
    let removed = refresh(&second.refresh, &good).await;
    assert_eq!(
        error(&removed),
        (401, "invalid_client".into()),
        "the key has left the document, which is cached for ten minutes"
    );
}

#[tokio::test]
async fn the_dpop_key_is_not_the_clients_key() {
    let mut bluesky = BlueskyClient::confidential().await;
    bluesky.serve(&document(&[&bluesky.key]));
    let key = std::mem::replace(&mut bluesky.key, Key::new());
    let good = || Some(bluesky.assertion(&key, "key-0", |_| ()));
    assert_eq!(bluesky.push(&good).await.status, 201);
    let bluesky = BlueskyClient { key, ..bluesky };
    let same = || Some(bluesky.assertion(&bluesky.key, "key-0", |_| ()));
    assert_eq!(error(&bluesky.push(&same).await), (400, "invalid_request".into()));
}
