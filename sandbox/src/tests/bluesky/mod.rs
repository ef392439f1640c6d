//! Bluesky through its servers: an app that connects accounts and posts.

mod client;
mod embed;
mod misbehaviour;
mod pages;
mod proof;
mod push;
mod record;
mod rules;
mod service_auth;
mod session;
mod threadgate;
mod token;
mod video;

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{Method, Request, header};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

use super::{
    Received, World,
    world::{ORIGIN, encode},
};
use crate::secret;

const REDIRECT: &str = "http://127.0.0.1:9000/connect/bluesky/callback";
const SCOPE: &str = "atproto repo:app.bsky.feed.post?action=create&action=update";
const VERIFIER: &str = "a-code-verifier-of-forty-three-characters-or-more";
const SHOP: &str = "did:plc:sandboxdemoshop2222aaaaa";
const POST: &str = "app.bsky.feed.post";
const PAR: &str = "/oauth/par";
const TOKEN: &str = "/oauth/token";
const PUT: &str = "/xrpc/com.atproto.repo.putRecord";
const RKEY: &str = "3jzfcijpj2z2a";

/// A signing key.
struct Key(EcdsaKeyPair);

#[expect(clippy::disallowed_methods, reason = "this crate depends on none of ours")]
impl Key {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    fn jwk(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let text = |part: &[u8]| BASE64URL_NOPAD.encode(part);
        json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

/// An app in development, with the key of one session.
struct BlueskyClient {
    world: World,
    key: Key,
    client_id: String,
    scope: &'static str,
}

/// The tokens of a session.
struct Session {
    access: String,
    refresh: String,
}

impl BlueskyClient {
    async fn new() -> Self {
        Self::allowing(SCOPE).await
    }

    /// An app that asks for these scopes.
    async fn allowing(scope: &'static str) -> Self {
        Self { world: World::new().await, key: Key::new(), client_id: client_id(scope), scope }
    }

    /// The claims of a proof.
    fn claims(&self, method: &Method, path: &str, nonce: Option<&str>, token: Option<&str>) -> Value {
        let path = path.split('?').next().unwrap();
        let mut claims = json!({
            "jti": secret::token().unwrap(),
            "htm": method.as_str(),
            "htu": format!("{ORIGIN}{path}"),
            "iat": self.world.now().timestamp(),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        if let Some(token) = token {
            claims["ath"] = secret::challenge(token).into();
        }
        claims
    }

    fn proof(&self, claims: &Value) -> String {
        self.key.sign(&json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk() }), claims)
    }

    /// Sends a request twice: the first answer gives the nonce. `None` if the second answer is lost.
    async fn send(
        &self,
        request: impl Fn() -> http::request::Builder,
        token: Option<&str>,
        body: &[u8],
    ) -> Option<Received> {
        let of = |nonce: Option<&str>| {
            let mut request = request();
            let method = request.method_ref().unwrap().clone();
            let path = request.uri_ref().unwrap().to_string();
            request = request.header("dpop", self.proof(&self.claims(&method, &path, nonce, token)));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("DPoP {token}"));
            }
            request.body(Bytes::copy_from_slice(body)).unwrap()
        };
        let first = self.world.ask(of(None)).await.unwrap();
        if first.json()["error"] != "use_dpop_nonce" {
            return Some(first);
        }
        self.world.ask(of(Some(first.header("dpop-nonce")))).await
    }

    /// Posts a form to the authorization server.
    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Received {
        let request = || Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, None, encode(fields).as_bytes()).await.unwrap()
    }

    /// A valid pushed request for this account.
    fn asking<'a>(&'a self, handle: &'a str, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("client_id", &self.client_id),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", self.scope),
            ("state", "st&te"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", handle),
        ]
    }

    /// The URI of a pushed request.
    async fn pushed(&self, handle: &str, verifier: &str) -> String {
        let challenge = secret::challenge(verifier);
        let reply = self.form(PAR, &self.asking(handle, &challenge)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.json()["request_uri"].as_str().unwrap().to_owned()
    }

    async fn decide(&self, request_uri: &str, decision: (&str, &str)) -> Received {
        let fields = [("client_id", self.client_id.as_str()), ("request_uri", request_uri), decision];
        self.world.consent("/oauth/authorize", &fields).await
    }

    /// The code of a consent.
    async fn code(&self, handle: &str, verifier: &str) -> String {
        let uri = self.pushed(handle, verifier).await;
        self.decide(&uri, ("account", handle)).await.sent_back("code").unwrap()
    }

    async fn redeem(&self, code: &str, verifier: &str) -> Received {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
            ("client_id", self.client_id.as_str()),
        ];
        self.form(TOKEN, &fields).await
    }

    async fn refresh(&self, token: &str) -> Received {
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", self.client_id.as_str())];
        self.form(TOKEN, &fields).await
    }

    /// A new session, with a verifier that no other session has.
    async fn connect(&self, handle: &str) -> Session {
        let verifier = secret::token().unwrap();
        let code = self.code(handle, &verifier).await;
        session(&self.redeem(&code, &verifier).await)
    }

    /// Calls a procedure; `None` if the answer is lost.
    async fn call(&self, access: &str, path: &str, body: &Value) -> Option<Received> {
        let request = || Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, Some(access), body.to_string().as_bytes()).await
    }

    /// Writes a post under this key; `None` if the answer is lost.
    async fn put(&self, access: &str, did: &str, rkey: &str, text: &str) -> Option<Received> {
        self.call(access, PUT, &putting(did, rkey, text)).await
    }

    /// The status and the error of writing this record.
    async fn outcome(&self, access: &str, record: &Value) -> (u16, String) {
        let mut body = putting(SHOP, RKEY, "");
        body["record"] = record.clone();
        body["swapRecord"] = Value::Null;
        let reply = self.call(access, PUT, &body).await.unwrap();
        (reply.status.as_u16(), reply.json()["message"].as_str().unwrap_or_default().to_owned())
    }

    async fn get(&self, did: &str, rkey: &str) -> Received {
        let query = encode(&[("repo", did), ("collection", POST), ("rkey", rkey)]);
        self.world.get(&format!("/xrpc/com.atproto.repo.getRecord?{query}")).await
    }

    /// The texts of an account's feed in descending order.
    async fn texts(&self, handle: &str) -> Vec<String> {
        let text = |post: &Value| post["text"].as_str().unwrap().to_owned();
        self.world.posts("bluesky", handle).await.iter().map(text).collect()
    }
}

/// The id of an app in development that may request these scopes.
fn client_id(scope: &str) -> String {
    format!("http://localhost?{}", encode(&[("redirect_uri", REDIRECT), ("scope", scope)]))
}

fn session(reply: &Received) -> Session {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    Session { access: text("access_token"), refresh: text("refresh_token") }
}

fn record(text: &str) -> Value {
    json!({ "$type": POST, "text": text, "createdAt": "2026-11-21T12:00:00.000Z" })
}

fn putting(did: &str, rkey: &str, text: &str) -> Value {
    json!({ "repo": did, "collection": POST, "rkey": rkey, "record": record(text) })
}

fn error(reply: &Received) -> (u16, String) {
    (reply.status.as_u16(), reply.json()["error"].as_str().unwrap().to_owned())
}
