//! Checking DPoP proofs, as a server does by RFC 9449 §4.3.

use std::collections::HashSet;

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use shared::net::Response;

use super::{ParsedRequest, hash, reply};

/// The proofs that a server has seen, and the nonce that it requires.
pub(super) struct Proofs {
    pub(super) nonce: &'static str,
    ids: HashSet<String>,
}

/// Why a proof is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad {
    NoNonce,
    Proof(&'static str),
}

impl Proofs {
    pub(super) fn new(nonce: &'static str) -> Self {
        Self { nonce, ids: HashSet::new() }
    }

    /// Checks a request's proof, which has to match the access `token` if there is one; returns its key's thumbprint.
    pub(super) fn check(&mut self, request: &ParsedRequest, token: Option<&str>) -> Result<String, Bad> {
        let (header, claims, jwk) = open(request).ok_or(Bad::Proof("it is not one signed ES256 JWT"))?;
        let mut htu = request.url.clone();
        htu.set_query(None);
        let rules = [
            (header["typ"] == "dpop+jwt", "typ"),
            (header["alg"] == "ES256", "alg"),
            (claims["htm"] == request.http.method().as_str(), "htm"),
            (claims["htu"] == htu.as_str(), "htu"),
            (claims["iat"] == request.now.timestamp(), "iat"),
            (claims["ath"] == token.map_or(Value::Null, |token| hash(token).into()), "ath"),
            (claims["jti"].as_str().is_some_and(|id| self.ids.insert(id.into())), "jti"),
        ];
        if let Some((_, rule)) = rules.into_iter().find(|(kept, _)| !kept) {
            return Err(Bad::Proof(rule));
        }
        if claims["nonce"].is_null() {
            return Err(Bad::NoNonce);
        }
        // A client that confuses servers would send another server's nonce.
        if claims["nonce"] != self.nonce {
            return Err(Bad::Proof("nonce"));
        }
        Ok(hash(&jwk))
    }

    /// The authorization server's answer to a refused proof.
    pub(super) fn refuse(&self, bad: &Bad) -> Response {
        let (error, rule) = match bad {
            Bad::NoNonce => ("use_dpop_nonce", ""),
            Bad::Proof(rule) => ("invalid_dpop_proof", *rule),
        };
        let mut answer = reply(400, &json!({ "error": error, "error_description": rule }));
        answer.headers_mut().insert("dpop-nonce", self.nonce.parse().unwrap());
        answer
    }
}

/// A proof's header, claims and key in its canonical form (RFC 7638), if that key signed it.
fn open(request: &ParsedRequest) -> Option<(Value, Value, String)> {
    let proofs: Vec<_> = request.http.headers().get_all("dpop").into_iter().collect();
    let [proof] = proofs[..] else { return None };
    let proof = proof.to_str().ok()?;
    let mut parts = proof.split('.').map(|part| serde_json::from_slice(&decode(part)?).ok());
    let (header, claims): (Value, Value) = (parts.next()??, parts.next()??);
    // Only the public members: `d` would be the private key.
    if header["jwk"].as_object()?.len() != 4 {
        return None;
    }
    let canonical = signed_by(&header["jwk"], proof)?;
    Some((header, claims, canonical))
}

/// A key in its canonical form (RFC 7638), if it signed this JWT.
pub(super) fn signed_by(jwk: &Value, jwt: &str) -> Option<String> {
    let (signed, signature) = jwt.rsplit_once('.')?;
    let text = |name: &str| jwk[name].as_str();
    if (text("kty")?, text("crv")?, signed.split('.').count()) != ("EC", "P-256", 2) {
        return None;
    }
    let (x, y) = (text("x")?, text("y")?);
    let point = [vec![4], decode(x)?, decode(y)?].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &decode(signature)?).ok()?;
    Some(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#))
}

fn decode(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}
