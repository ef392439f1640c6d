//! DPoP, proof of possession with every request: RFC 9449. Only ES256, as the AT Protocol requires.

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use http::Method;
use ring::digest;
use serde_json::json;
use url::Url;

use super::es256::Es256Key;

/// Label of the key derivation: the same seed used elsewhere gives another key.
const LABEL: &[u8] = b"onbehalf dpop es256";

/// A signing key, stored as its seed. It has no `Debug`.
pub struct DpopKey(Es256Key);

/// The claims of one proof, which is valid for one request.
#[derive(Debug, Clone, Copy)]
pub struct DpopProof<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub now: DateTime<Utc>,
    /// Unique to this proof (`jti`).
    pub id: &'a str,
    /// The latest `DPoP-Nonce` of the called server.
    pub nonce: Option<&'a str>,
    /// The access token in the request, for resource servers.
    pub access_token: Option<&'a str>,
}

impl DpopKey {
    /// Derives the key of a seed; deterministic.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Es256Key::derive(LABEL, seed))
    }

    /// The value of the `DPoP` header, a signed JWT (RFC 9449 §4.2).
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
    pub fn sign(&self, proof: &DpopProof<'_>) -> String {
        let mut htu = proof.url.clone();
        htu.set_query(None);
        htu.set_fragment(None);
        let mut claims = json!({
            "jti": proof.id,
            "htm": proof.method.as_str(),
            "htu": htu.as_str(),
            "iat": proof.now.timestamp(),
        });
        if let Some(nonce) = proof.nonce {
            claims["nonce"] = nonce.into();
        }
        if let Some(token) = proof.access_token {
            let hash = digest::digest(&digest::SHA256, token.as_bytes());
            claims["ath"] = BASE64URL_NOPAD.encode(hash.as_ref()).into();
        }
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.0.jwk() });
        self.0.sign(&header, &claims)
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
    use serde_json::Value;

    use super::*;

    const ID: &str = "3f0c6f1e";

    fn proof<'a>(method: &'a Method, url: &'a Url) -> DpopProof<'a> {
        let now = DateTime::from_timestamp(1_800_000_000, 900_000_000).unwrap();
        DpopProof { method, url, now, id: ID, nonce: None, access_token: None }
    }

    /// A proof's header and claims, after checking its signature with the key in its header.
    fn open(token: &str) -> (Value, Value) {
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        let parts: Vec<_> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("{token}") };
        let header_json: Value = serde_json::from_slice(&decode(header)).unwrap();
        let coordinate = |name: &str| decode(header_json["jwk"][name].as_str().unwrap());
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = Signature::from_slice(&decode(signature)).unwrap();
        key.verify(format!("{header}.{claims}").as_bytes(), &signature).unwrap();
        (header_json, serde_json::from_slice(&decode(claims)).unwrap())
    }

    #[test]
    fn a_proof_contains_method_and_url_without_the_query() {
        let url = "https://pds.example.com/xrpc/a.b?c=secret#d".parse().unwrap();
        let (header, claims) = open(&DpopKey::from_seed(&[7; 32]).sign(&proof(&Method::POST, &url)));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
        let expected = json!({
            "jti": ID, "htm": "POST", "htu": "https://pds.example.com/xrpc/a.b", "iat": 1_800_000_000,
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn nonce_and_token_hash_are_claimed_if_given() {
        let url = "https://pds.example.com/".parse().unwrap();
        // The token and its hash are the example of RFC 9449 §7.1.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let proof = DpopProof { nonce: Some("n-1"), access_token: Some(token), ..proof(&Method::GET, &url) };
        let (_, claims) = open(&DpopKey::from_seed(&[7; 32]).sign(&proof));
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }
}
