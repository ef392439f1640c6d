//! Keys that sign JWTs: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), derived from a seed.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use ring::hmac;
use serde_json::{Value, json};

/// A signing key. It has no `Debug`.
pub(super) struct Key(SigningKey);

impl Key {
    /// The key of a seed and a use: the same one every time, and for another use another one.
    pub(super) fn derive(label: &[u8], seed: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, seed);
        let signing = (0..=u8::MAX)
            .find_map(|counter| {
                let mut context = hmac::Context::with_key(&root);
                context.update(label);
                context.update(&[counter]);
                // All but one in 2^32 values are below the curve's order.
                SigningKey::from_slice(context.sign().as_ref()).ok()
            })
            .expect("256 hashes in a row above the order of P-256 do not happen");
        Self(signing)
    }

    /// A signed JWT in its compact form (RFC 7515 §7.1). The header is to say `"alg": "ES256"`.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let segment = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", segment(header), segment(claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
    }

    /// The public key with the members that RFC 7638 §3.2 requires and no others, in their order, so that its thumbprint
    /// is the hash of this very text.
    pub(super) fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&_>| {
            let bytes: &p256::FieldBytes = bytes.expect("an uncompressed public key has both coordinates");
            BASE64URL_NOPAD.encode(bytes)
        };
        json!({ "crv": "P-256", "kty": "EC", "x": coordinate(point.x()), "y": coordinate(point.y()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_has_the_members_of_a_thumbprint_in_their_order() {
        let text = Key::derive(b"use", &[7; 32]).jwk().to_string();
        let value: Value = serde_json::from_str(&text).unwrap();
        let coordinate = |name: &str| value[name].as_str().unwrap().to_owned();
        let (x, y) = (coordinate("x"), coordinate("y"));
        // RFC 7638 §3.3: lexicographic order, no white space, required members only; 32 bytes each, even with zeros
        // in front (RFC 7518 §6.2.1.2).
        assert_eq!(text, format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        assert_eq!((x.len(), y.len()), (43, 43));
    }

    #[test]
    fn a_seed_gives_the_same_key_every_time_and_another_seed_or_use_another() {
        let key = |label: &[u8], seed: u8| Key::derive(label, &[seed; 32]).jwk();
        assert_eq!(key(b"use", 1), key(b"use", 1));
        assert_ne!(key(b"use", 1), key(b"use", 2));
        assert_ne!(key(b"use", 1), key(b"other use", 1));
        // The extremes are no scalars themselves; derived ones are.
        assert_ne!(key(b"use", 0), key(b"use", 255));
    }
}
