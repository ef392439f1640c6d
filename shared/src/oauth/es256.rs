//! Keys that sign JWTs: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), derived from a seed.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use ring::hmac;
use serde_json::{Value, json};

/// A signing key. It has no `Debug`.
pub(super) struct Es256Key(SigningKey);

impl Es256Key {
    /// Derives the key for a use (`label`) from a seed; deterministic.
    #[expect(clippy::expect_used, reason = "256 hashes in a row above the order of P-256 do not happen")]
    pub(super) fn derive(label: &[u8], seed: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, seed);
        let signing = (0..=u8::MAX)
            .find_map(|counter| {
                let mut context = hmac::Context::with_key(&root);
                context.update(label);
                context.update(&[counter]);
                // Only about one in 2^32 values is not below the curve's order.
                SigningKey::from_slice(context.sign().as_ref()).ok()
            })
            .expect("256 hashes in a row above the order of P-256 do not happen");
        Self(signing)
    }

    /// A signed JWT in compact form (RFC 7515 §7.1). The header must contain `"alg": "ES256"`.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let segment = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", segment(header), segment(claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
    }

    /// The public key with exactly the members that RFC 7638 §3.2 requires, in that order, so that the hash of this
    /// text is its thumbprint.
    #[expect(clippy::expect_used, reason = "an uncompressed public key has both coordinates")]
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
    fn the_public_key_has_the_thumbprint_members_in_order() {
        let text = Es256Key::derive(b"use", &[7; 32]).jwk().to_string();
        let value: Value = serde_json::from_str(&text).unwrap();
        let coordinate = |name: &str| value[name].as_str().unwrap().to_owned();
        let (x, y) = (coordinate("x"), coordinate("y"));
        // RFC 7638 §3.3: lexicographic order, no white space, required members only; 32 bytes each, even with zeros
        // in front (RFC 7518 §6.2.1.2).
        assert_eq!(text, format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        assert_eq!((x.len(), y.len()), (43, 43));
    }

    #[test]
    fn a_key_depends_on_seed_and_use_alone() {
        let key = |label: &[u8], seed: u8| Es256Key::derive(label, &[seed; 32]).jwk();
        assert_eq!(key(b"use", 1), key(b"use", 1));
        assert_ne!(key(b"use", 1), key(b"use", 2));
        assert_ne!(key(b"use", 1), key(b"other use", 1));
        // The extreme values are not valid scalars themselves; keys derived from them are.
        assert_ne!(key(b"use", 0), key(b"use", 255));
    }
}
