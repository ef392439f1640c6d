//! Proof of possession of a key with every request: RFC 9449, with ES256 alone, as the AT Protocol wants it.

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use http::Method;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use ring::{digest, hmac};
use serde_json::{Value, json};
use url::Url;

/// What the key is derived under: a seed used elsewhere gives no key of ours.
const LABEL: &[u8] = b"onbehalf dpop es256";

/// A signing key, which is stored as its seed. It has no `Debug`.
pub struct Key {
    seed: [u8; 32],
    signing: SigningKey,
}

/// What one proof vouches for: one request, once.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub now: DateTime<Utc>,
    /// Unique to this proof (`jti`).
    pub id: &'a str,
    /// The latest `DPoP-Nonce` of the server that is called.
    pub nonce: Option<&'a str>,
    /// The token that the request carries, to a resource server.
    pub access_token: Option<&'a str>,
}

impl Key {
    /// The key of a seed: the same one every time.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, seed);
        let signing = (0..=u8::MAX)
            .find_map(|counter| {
                let mut context = hmac::Context::with_key(&root);
                context.update(LABEL);
                context.update(&[counter]);
                // All but one in 2^32 values are below the curve's order.
                SigningKey::from_slice(context.sign().as_ref()).ok()
            })
            .expect("256 hashes in a row above the order of P-256 do not happen");
        Self { seed: *seed, signing }
    }

    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The value of the `DPoP` header: a signed JWT (RFC 9449 §4.2).
    #[must_use]
    pub fn sign(&self, proof: &Proof<'_>) -> String {
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
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() });
        let signed = format!("{}.{}", segment(&header), segment(&claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
    }

    /// The public key with the members that RFC 7638 §3.2 requires and no others, so that its thumbprint is the
    /// hash of this very text.
    fn jwk(&self) -> Value {
        let point = self.signing.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&_>| {
            let bytes: &p256::FieldBytes = bytes.expect("an uncompressed public key has both coordinates");
            BASE64URL_NOPAD.encode(bytes)
        };
        json!({ "crv": "P-256", "kty": "EC", "x": coordinate(point.x()), "y": coordinate(point.y()) })
    }
}

/// A JWT's header or payload. `serde_json` writes members in alphabetical order.
fn segment(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};

    use super::*;

    const ID: &str = "3f0c6f1e";

    fn proof<'a>(method: &'a Method, url: &'a Url) -> Proof<'a> {
        let now = DateTime::from_timestamp(1_800_000_000, 900_000_000).unwrap();
        Proof { method, url, now, id: ID, nonce: None, access_token: None }
    }

    /// A proof's header and claims, its signature checked with the key in its own header.
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
    fn a_proof_names_its_request_and_no_query() {
        let url = "https://pds.example.com/xrpc/a.b?c=secret#d".parse().unwrap();
        let (header, claims) = open(&Key::from_seed(&[7; 32]).sign(&proof(&Method::POST, &url)));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
        let expected = json!({
            "jti": ID, "htm": "POST", "htu": "https://pds.example.com/xrpc/a.b", "iat": 1_800_000_000,
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn nonce_and_token_are_bound_when_there_are_any() {
        let url = "https://pds.example.com/".parse().unwrap();
        // The token and its hash are the example of RFC 9449 §7.1.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let proof = Proof { nonce: Some("n-1"), access_token: Some(token), ..proof(&Method::GET, &url) };
        let (_, claims) = open(&Key::from_seed(&[7; 32]).sign(&proof));
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    #[test]
    fn the_public_key_has_the_members_of_a_thumbprint_in_their_order() {
        let text = Key::from_seed(&[7; 32]).jwk().to_string();
        let value: Value = serde_json::from_str(&text).unwrap();
        let coordinate = |name: &str| value[name].as_str().unwrap().to_owned();
        let (x, y) = (coordinate("x"), coordinate("y"));
        // RFC 7638 §3.3: lexicographic order, no white space, required members only; 32 bytes each, even with zeros
        // in front (RFC 7518 §6.2.1.2).
        assert_eq!(text, format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        assert_eq!((x.len(), y.len()), (43, 43));
    }

    #[test]
    fn a_seed_gives_the_same_key_every_time_and_another_seed_another() {
        let key = |seed: u8| Key::from_seed(&[seed; 32]).jwk();
        assert_eq!(key(1), key(1));
        assert_ne!(key(1), key(2));
        assert_eq!(Key::from_seed(&[9; 32]).seed(), &[9; 32]);
        // The extremes are no scalars themselves; derived ones are.
        assert_ne!(key(0), key(255));
    }
}
