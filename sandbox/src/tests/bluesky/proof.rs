//! DPoP proofs that are refused, at the authorization server and at the PDS.

use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{BlueskyClient, Key, PAR, PUT, RKEY, SHOP, VERIFIER, encode, error, putting};
use crate::{secret, tests::Received};

impl BlueskyClient {
    async fn push_with(&self, proofs: &[String]) -> Received {
        let challenge = secret::challenge(VERIFIER);
        let mut request = Request::post(PAR).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for proof in proofs {
            request = request.header("dpop", proof);
        }
        let body = encode(&self.asking("demo-shop.test", &challenge));
        self.world.ask(request.body(body.into()).unwrap()).await.unwrap()
    }

    async fn put_with(&self, scheme: &str, access: &str, proof: Option<&str>) -> Received {
        let mut request = Request::post(PUT).header(header::CONTENT_TYPE, "application/json");
        if !scheme.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("{scheme} {access}"));
        }
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.world.ask(request.body(putting(SHOP, RKEY, "hello").to_string().into()).unwrap()).await.unwrap()
    }

    /// The current nonce of a server.
    async fn nonce(&self, path: &str, token: Option<&str>) -> String {
        let proof = self.proof(&self.claims(&Method::POST, path, None, token));
        let reply = match token {
            None => self.push_with(&[proof]).await,
            Some(token) => self.put_with("DPoP", token, Some(&proof)).await,
        };
        assert_eq!(error(&reply).1, "use_dpop_nonce");
        reply.header("dpop-nonce").to_owned()
    }
}

#[tokio::test]
async fn each_claim_of_a_proof_is_checked() {
    let bluesky = BlueskyClient::new().await;
    let nonce = bluesky.nonce(PAR, None).await;
    let good = || bluesky.claims(&Method::POST, PAR, Some(&nonce), None);
    let now = bluesky.world.now().timestamp();
    for (claim, value) in [
        ("jti", Value::Null),
        ("htm", json!("GET")),
        ("htu", json!("http://127.0.0.1:9001/oauth/token")),
        ("htu", json!("https://elsewhere.example/oauth/par")),
        ("iat", json!(now - 11)),
        ("iat", json!(now + 11)),
        ("iat", Value::Null),
        ("ath", json!(secret::challenge("token"))),
    ] {
        let mut claims = good();
        claims[claim] = value.clone();
        let reply = bluesky.push_with(&[bluesky.proof(&claims)]).await;
        assert_eq!(error(&reply), (400, "invalid_dpop_proof".into()), "{claim} {value}");
        assert_eq!(reply.header("dpop-nonce"), nonce);
    }
    let jwk = bluesky.key.jwk();
    let mut private = jwk.clone();
    private["d"] = "AAAA".into();
    for header in [
        json!({ "typ": "JWT", "alg": "ES256", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "none", "jwk": jwk }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": Key::new().jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "ES256" }),
    ] {
        let reply = bluesky.push_with(&[bluesky.key.sign(&header, &good())]).await;
        assert_eq!(error(&reply), (400, "invalid_dpop_proof".into()), "{header}");
    }
    let two = [bluesky.proof(&good()), bluesky.proof(&good())];
    for proofs in [&two[..], &[], &["text".to_owned()]] {
        assert_eq!(error(&bluesky.push_with(proofs).await), (400, "invalid_dpop_proof".into()));
    }
    let proof = [bluesky.proof(&good())];
    assert_eq!(bluesky.push_with(&proof).await.status, 201);
    assert_eq!(error(&bluesky.push_with(&proof).await), (400, "invalid_dpop_proof".into()), "it is used once");
}

#[tokio::test]
async fn a_nonce_is_accepted_for_three_minutes_and_by_its_own_server() {
    let bluesky = BlueskyClient::new().await;
    let nonce = bluesky.nonce(PAR, None).await;
    bluesky.world.pass(179);
    let proof = |nonce: &str| bluesky.proof(&bluesky.claims(&Method::POST, PAR, Some(nonce), None));
    let reply = bluesky.push_with(&[proof(&nonce)]).await;
    assert_eq!(reply.status, 201);
    assert_ne!(reply.header("dpop-nonce"), nonce, "each answer has the newest nonce");
    bluesky.world.pass(1);
    assert_eq!(error(&bluesky.push_with(&[proof(&nonce)]).await), (400, "use_dpop_nonce".into()));
    let session = bluesky.connect("demo-shop.test").await;
    let of_pds = bluesky.nonce(PUT, Some(&session.access)).await;
    assert_eq!(error(&bluesky.push_with(&[proof(&of_pds)]).await), (400, "use_dpop_nonce".into()));
}

#[tokio::test]
async fn the_pds_takes_a_token_only_with_a_proof_of_its_key() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let access = session.access.as_str();
    let nonce = bluesky.nonce(PUT, Some(access)).await;
    let good = || bluesky.claims(&Method::POST, PUT, Some(&nonce), Some(access));
    let thief = Key::new();
    let stolen = thief.sign(&json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": thief.jwk() }), &good());
    let unbound = bluesky.proof(&bluesky.claims(&Method::POST, PUT, Some(&nonce), None));
    let without_nonce = bluesky.proof(&bluesky.claims(&Method::POST, PUT, None, Some(access)));
    let foreign = bluesky.proof(&bluesky.claims(&Method::POST, PUT, Some(&nonce), Some("unknown")));
    for (scheme, token, proof, expected) in [
        ("", access, Some(bluesky.proof(&good())), "AuthMissing"),
        ("Bearer", access, Some(bluesky.proof(&good())), "invalid_token"),
        ("DPoP", access, None, "invalid_dpop_proof"),
        ("DPoP", access, Some(stolen), "invalid_token"),
        ("DPoP", access, Some(unbound), "invalid_dpop_proof"),
        ("DPoP", access, Some(without_nonce), "use_dpop_nonce"),
        ("DPoP", "unknown", Some(foreign), "invalid_token"),
    ] {
        let reply = bluesky.put_with(scheme, token, proof.as_deref()).await;
        assert_eq!(error(&reply), (401, expected.into()), "{scheme}");
        if expected != "AuthMissing" {
            assert!(reply.header("www-authenticate").starts_with(&format!("DPoP error=\"{expected}\"")));
            assert!(!reply.header("dpop-nonce").is_empty());
        }
    }
    assert!(bluesky.texts("demo-shop.test").await.is_empty());
    assert_eq!(bluesky.put_with("DPoP", access, Some(&bluesky.proof(&good()))).await.status, 200);
    bluesky.world.pass(15 * 60);
    let expired = bluesky.put(access, SHOP, RKEY, "late").await.unwrap();
    assert_eq!(error(&expired), (401, "invalid_token".into()));
}
