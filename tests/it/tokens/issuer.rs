//! An issuer in a world's network: its documents, its keys, and the tokens that a test has it sign.
#![expect(clippy::disallowed_methods, reason = "an issuer's keys are no part of the product")]

use std::sync::{Arc, Mutex};

use data_encoding::{BASE64_MIME_PERMISSIVE, BASE64URL_NOPAD};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};
use shared::net::SendError;

use crate::{connect::reply, world::World};

pub(crate) const ISSUER: &str = "https://issuer.test";
pub(crate) const AUDIENCE: &str = "https://api.test";
/// A key that only these tests use. `ring` cannot generate RSA keys.
const RSA: &str = include_str!("rsa-key-of-tests.pem");

#[derive(Clone)]
pub(crate) struct Issuer(Arc<Mutex<State>>);

struct State {
    keys: Vec<(String, Signer)>,
    down: bool,
    made: usize,
}

pub(super) enum Signer {
    Ed25519(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    pub(super) fn new(kind: &str) -> Self {
        let random = SystemRandom::new();
        match kind {
            "Ed25519" => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                Self::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
            }
            "ES256" => {
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
                Self::Es256(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap())
            }
            "RS256" => {
                let body: String = RSA.lines().filter(|line| !line.starts_with("-----")).collect();
                let pkcs8 = BASE64_MIME_PERMISSIVE.decode(body.as_bytes()).unwrap();
                Self::Rs256(RsaKeyPair::from_pkcs8(&pkcs8).unwrap())
            }
            other => panic!("no key of {other}"),
        }
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::Es256(_) => "ES256",
            Self::Rs256(_) => "RS256",
        }
    }

    fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let (alg, usage) = (self.algorithm(), "sig");
        match self {
            Self::Ed25519(key) => {
                let x = text(key.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "alg": alg, "use": usage, "kid": kid, "x": x })
            }
            Self::Es256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "alg": alg, "use": usage, "kid": kid, "x": text(x), "y": text(y) })
            }
            Self::Rs256(key) => {
                let PublicKeyComponents::<Vec<u8>> { n, e } = key.public().into();
                json!({ "kty": "RSA", "alg": alg, "use": usage, "kid": kid, "n": text(&n), "e": text(&e) })
            }
        }
    }

    fn sign(&self, signed: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(signed).as_ref().to_vec(),
            Self::Es256(key) => key.sign(&SystemRandom::new(), signed).unwrap().as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).unwrap();
                signature
            }
        }
    }

    /// A token with exactly this header and these claims.
    pub(super) fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = signed(header, claims);
        let signature = BASE64URL_NOPAD.encode(&self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// The header and claims of a token, encoded.
pub(super) fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

impl Issuer {
    /// An issuer in this world, with an Ed25519 key. It replaces the network's hook.
    pub(crate) fn of(world: &World) -> Self {
        let issuer = Self(Arc::new(Mutex::new(State { keys: Vec::new(), down: false, made: 0 })));
        issuer.rotate("Ed25519");
        let answering = issuer.clone();
        world.network.hook(move |request| {
            let address = request.uri().to_string();
            let path = address.strip_prefix(ISSUER)?;
            let state = answering.0.lock().unwrap();
            if state.down {
                return Some(Err(SendError::NotSent("the issuer is down".into())));
            }
            Some(Ok(match path {
                "/.well-known/openid-configuration" => {
                    reply(200, &json!({ "issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys") }))
                }
                "/keys" => {
                    let keys: Vec<_> = state.keys.iter().map(|(kid, key)| key.jwk(kid)).collect();
                    reply(200, &json!({ "keys": keys }))
                }
                _ => reply(404, &json!({})),
            }))
        });
        issuer
    }

    /// Replaces the issuer's keys by a new one of this kind; returns its id.
    pub(super) fn rotate(&self, kind: &str) -> String {
        let mut state = self.0.lock().unwrap();
        state.made += 1;
        let kid = format!("{kind}-{}", state.made);
        state.keys = vec![(kid.clone(), Signer::new(kind))];
        kid
    }

    pub(super) fn down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    pub(super) fn jwk(&self) -> Value {
        let state = self.0.lock().unwrap();
        let (kid, key) = &state.keys[0];
        key.jwk(kid)
    }

    /// An access token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({}), claims)
    }

    /// The same with these members changed in the header; `null` removes one.
    pub(super) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let state = self.0.lock().unwrap();
        let (kid, key) = &state.keys[0];
        let mut whole = json!({ "alg": key.algorithm(), "typ": "at+jwt", "kid": kid });
        for (name, value) in header.as_object().unwrap() {
            whole[name] = value.clone();
        }
        whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        key.token(&whole, claims)
    }
}
