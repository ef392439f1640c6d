//! The issuer's keys (RFC 7517, RFC 7518 §6, RFC 8037), each with the one algorithm that it is for.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    Ed25519,
}

impl Algorithm {
    /// `EdDSA` is here what RFC 9864 calls `Ed25519`: no other curve is known.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            _ => None,
        }
    }
}

pub(super) struct Key {
    id: Option<String>,
    material: Material,
}

enum Material {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// Uncompressed (SEC 1 §2.3.3).
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// None: it is no key that an access token of ours could be signed with.
    pub(super) fn parse(jwk: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(jwk).ok()?;
        let bytes = |text: &Option<String>| BASE64URL_NOPAD.decode(text.as_ref()?.as_bytes()).ok();
        let of = |length: usize, text: &Option<String>| bytes(text).filter(|bytes| bytes.len() == length);
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            // Fewer than 2,048 bits never verify: the algorithm's own lower bound.
            ("RSA", _) => Material::Rsa(RsaPublicKeyComponents { n: bytes(&jwk.n)?, e: bytes(&jwk.e)? }),
            ("EC", Some("P-256")) => Material::P256([vec![4], of(32, &jwk.x)?, of(32, &jwk.y)?].concat()),
            ("OKP", Some("Ed25519")) => Material::Ed25519(of(32, &jwk.x)?),
            _ => return None,
        };
        let key = Self { id: jwk.kid, material };
        let own = jwk.alg.is_none_or(|alg| Algorithm::named(&alg) == Some(key.algorithm()));
        let signs = jwk.usage.is_none_or(|usage| usage == "sig");
        let verifies = jwk.key_ops.is_none_or(|operations| operations.iter().any(|it| it == "verify"));
        (own && signs && verifies).then_some(key)
    }

    const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa(_) => Algorithm::Rs256,
            Material::P256(_) => Algorithm::Es256,
            Material::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            Material::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(signed, signature),
            Material::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
        }
        .is_ok()
    }
}

/// The keys of a JWK Set that can be used; the others are none of ours.
pub(super) struct KeySet(Vec<Arc<Key>>);

impl KeySet {
    /// None: it is no set, or none of its keys can be used.
    pub(super) fn parse(set: &Value) -> Option<Self> {
        let keys: Vec<_> = set.get("keys")?.as_array()?.iter().filter_map(Key::parse).map(Arc::new).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The one key that is meant; without an id, the only one for the algorithm.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Arc<Key>> {
        let mut meant = self
            .0
            .iter()
            .filter(|key| key.algorithm() == algorithm && id.is_none_or(|id| key.id.as_deref() == Some(id)));
        match (meant.next(), meant.next()) {
            (Some(key), None) => Some(Arc::clone(key)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A public key, what it has signed, and the signature.
    fn examples() -> [(Value, Algorithm, &'static str, &'static str); 3] {
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signed = |header: &str| -> &'static str { Box::leak(format!("{header}.{claims}").into_boxed_str()) };
        [
            // RFC 7515 A.2
            (
                json!({ "kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ" }),
                Algorithm::Rs256,
                signed("eyJhbGciOiJSUzI1NiJ9"),
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
            ),
            // RFC 7515 A.3
            (
                json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
                Algorithm::Es256,
                signed("eyJhbGciOiJFUzI1NiJ9"),
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
            // RFC 8037 A.4
            (
                json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
                Algorithm::Ed25519,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            ),
        ]
    }

    #[test]
    fn the_examples_of_the_standards_verify_and_nothing_else_does() {
        for (jwk, algorithm, signed, signature) in examples() {
            let key = KeySet::parse(&json!({ "keys": [jwk] })).unwrap().find(None, algorithm).unwrap();
            let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
            assert!(key.verifies(signed.as_bytes(), &signature), "{jwk}");
            assert!(!key.verifies(format!("{signed} ").as_bytes(), &signature), "{jwk}");
            assert!(!key.verifies(signed.as_bytes(), &signature[1..]), "{jwk}");
            assert!(!key.verifies(signed.as_bytes(), &[]), "{jwk}");
        }
    }

    #[test]
    fn rsa_of_1024_bits_verifies_nothing() {
        let n = "ttWjMAL5uV1csR2P4_zF4-wrz0KzyC4p71jFeucqNn_9FVBfMVDEdQUNxQXoe3YVg4pUWM0AKrjFzzxyJUM9201Y44e7BpZoEGGHAwTnTH5EswsiHFeB4E7IBYVaH7AS1U1gxuSw8xSv2yct0RX7FJxif94iFJqMlBuzwVPDdnk";
        let key = Key::parse(&json!({ "kty": "RSA", "e": "AQAB", "n": n })).unwrap();
        // Made by openssl with the private half, over the text below.
        let signature = "teTFn31_ubiD7xgLXw1PIERPUN0lbNIUEAUCqtysMwsryL-zfGLCacAfnq3rkYX1Xt7R3trpe9YTlNMPa1i1UKK5i8AWR9sdAFtOz4PLDeDsxYfxYGLsCY28euTWlup9ekXrC0xSwgKTtZamtCeXTnOLJJ1x-NgzsPfLdllZLzg";
        assert!(!key.verifies(b"signed", &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap()));
    }

    #[test]
    fn a_key_is_for_its_own_algorithm_and_for_signatures() {
        let changed = |n: usize, name: &str, value: Value| {
            let mut jwk = examples()[n].0.clone();
            jwk[name] = value;
            Key::parse(&jwk).is_some()
        };
        for (name, value) in [
            ("alg", json!("EdDSA")),
            ("alg", json!("Ed25519")),
            ("use", json!("sig")),
            ("key_ops", json!(["verify"])),
            ("kid", json!("a")),
        ] {
            assert!(changed(2, name, value.clone()), "{name} {value}");
        }
        for (n, name, value) in [
            (0, "alg", json!("HS256")),
            (0, "alg", json!("PS256")),
            (1, "alg", json!("RS256")),
            (2, "alg", json!("ES256")),
            (0, "use", json!("enc")),
            (1, "key_ops", json!(["sign"])),
            (1, "key_ops", json!([])),
            (1, "crv", json!("P-384")),
            (2, "crv", json!("Ed448")),
            (2, "x", json!("AA")),
            (1, "y", Value::Null),
            (0, "kty", json!("oct")),
            (0, "n", json!("not base64url!")),
        ] {
            assert!(!changed(n, name, value.clone()), "{n} {name} {value}");
        }
        assert!(KeySet::parse(&json!({ "keys": [{ "kty": "oct", "k": "AA" }] })).is_none());
        assert!(KeySet::parse(&json!({ "keys": [] })).is_none());
    }

    #[test]
    fn two_keys_that_could_be_meant_are_none() {
        let [rsa, ec, _] = examples().map(|example| example.0);
        let named = |jwk: &Value, id: &str| {
            let mut jwk = jwk.clone();
            jwk["kid"] = id.into();
            jwk
        };
        let set = KeySet::parse(&json!({ "keys": [named(&rsa, "a"), named(&ec, "a"), named(&ec, "b")] })).unwrap();
        assert!(set.find(Some("a"), Algorithm::Rs256).is_some());
        assert!(set.find(Some("a"), Algorithm::Es256).is_some());
        assert!(set.find(Some("b"), Algorithm::Rs256).is_none(), "of another algorithm");
        assert!(set.find(Some("c"), Algorithm::Es256).is_none());
        assert!(set.find(None, Algorithm::Rs256).is_some(), "the only one");
        assert!(set.find(None, Algorithm::Es256).is_none(), "either of two");
    }
}
