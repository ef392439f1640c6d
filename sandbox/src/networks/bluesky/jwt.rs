//! Signed JWTs with ES256 (RFC 7515, 7517, 7518), and thumbprints of keys (RFC 7638).

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use crate::secret;

/// A JWT whose signature has not been checked.
pub(super) struct Jwt<'a> {
    pub(super) header: Value,
    pub(super) claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// `None` if the text is not a JWT with `alg` ES256.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| -> Option<Value> {
            let value: Value = serde_json::from_slice(&decoded(part)?).ok()?;
            value.is_object().then_some(value)
        };
        let header = object(header)?;
        if header["alg"] != "ES256" || header.get("crit").is_some() {
            return None;
        }
        Some(Self { header, claims: object(claims)?, signed, signature: decoded(signature)? })
    }

    /// Whether the holder of this public key signed it.
    pub(super) fn is_signed_by(&self, jwk: &Value) -> bool {
        let Some((x, y)) = point(jwk) else {
            return false;
        };
        let point = [vec![4], x, y].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(self.signed.as_bytes(), &self.signature).is_ok()
    }

    pub(super) fn text(&self, claim: &str) -> &str {
        self.claims[claim].as_str().unwrap_or_default()
    }

    /// A claim with a time in seconds.
    pub(super) fn seconds(&self, claim: &str) -> Option<i64> {
        self.claims[claim].as_i64()
    }
}

/// The SHA-256 thumbprint of a public key on P-256; `None` for any other key, also for a private one.
pub(super) fn thumbprint(jwk: &Value) -> Option<String> {
    point(jwk)?;
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
    Some(secret::challenge(&canonical))
}

/// The coordinates of a public key on P-256.
fn point(jwk: &Value) -> Option<(Vec<u8>, Vec<u8>)> {
    if jwk["kty"] != "EC" || jwk["crv"] != "P-256" || jwk.get("d").is_some() {
        return None;
    }
    let coordinate = |name: &str| decoded(jwk[name].as_str()?).filter(|bytes| bytes.len() == 32);
    Some((coordinate("x")?, coordinate("y")?))
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}
