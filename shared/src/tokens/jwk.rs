//! The issuer's public keys (RFC 7517, RFC 7518 §6, RFC 8037). A key verifies exactly one algorithm.

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
    /// `EdDSA` means `Ed25519` (RFC 9864): no other Edwards curve is supported.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            _ => None,
        }
    }
}

pub(super) struct VerifyingKey {
    id: Option<String>,
    public: PublicKey,
}

enum PublicKey {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// An uncompressed point (SEC 1 §2.3.3).
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

impl VerifyingKey {
    /// Returns `None` for a key that cannot verify one of the supported algorithms.
    pub(super) fn parse(jwk: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(jwk).ok()?;
        let bytes = |text: &Option<String>| BASE64URL_NOPAD.decode(text.as_ref()?.as_bytes()).ok();
        let exactly = |length: usize, text: &Option<String>| bytes(text).filter(|bytes| bytes.len() == length);
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            // `ring` refuses a modulus under 2,048 bits when it verifies.
            ("RSA", _) => {
                let e = bytes(&jwk.e)?;
                if !is_large_enough(&e) {
                    tracing::warn!(kid = jwk.kid, "an RSA key of the issuer is ignored: its exponent is below 65,537");
                    return None;
                }
                PublicKey::Rsa(RsaPublicKeyComponents { n: bytes(&jwk.n)?, e })
            }
            ("EC", Some("P-256")) => PublicKey::P256([vec![4], exactly(32, &jwk.x)?, exactly(32, &jwk.y)?].concat()),
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519(exactly(32, &jwk.x)?),
            _ => return None,
        };
        let key = Self { id: jwk.kid, public };
        let matches = jwk.alg.is_none_or(|alg| Algorithm::from_name(&alg) == Some(key.algorithm()));
        let signs = jwk.usage.is_none_or(|usage| usage == "sig");
        let verifies = jwk.key_ops.is_none_or(|operations| operations.iter().any(|it| it == "verify"));
        (matches && signs && verifies).then_some(key)
    }

    const fn algorithm(&self) -> Algorithm {
        match self.public {
            PublicKey::Rsa(_) => Algorithm::Rs256,
            PublicKey::P256(_) => Algorithm::Es256,
            PublicKey::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            PublicKey::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            PublicKey::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(signed, signature),
            PublicKey::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
        }
        .is_ok()
    }
}

/// Whether an RSA public exponent is at least 65,537 (FIPS 186-5 §5.1). `ring` accepts exponents from 3 up to 33 bits.
fn is_large_enough(exponent: &[u8]) -> bool {
    exponent.len() <= 5 && exponent.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)) >= 65_537
}

/// The usable keys of a JWK Set; other keys are ignored.
pub(super) struct KeySet(Vec<Arc<VerifyingKey>>);

impl KeySet {
    /// Returns `None` for a document that is not a JWK Set or has no usable key.
    pub(super) fn parse(set: &Value) -> Option<Self> {
        let keys: Vec<_> = set.get("keys")?.as_array()?.iter().filter_map(VerifyingKey::parse).map(Arc::new).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key with this id and algorithm, or without an id the only key for the algorithm. Returns `None` if several keys
    /// match.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Arc<VerifyingKey>> {
        let mut matching = self
            .0
            .iter()
            .filter(|key| key.algorithm() == algorithm && id.is_none_or(|id| key.id.as_deref() == Some(id)));
        match (matching.next(), matching.next()) {
            (Some(key), None) => Some(Arc::clone(key)),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A JWK Set with the key of RFC 8037 A.2 under each of these ids.
    pub(in crate::tokens) fn key_set(ids: &[&str]) -> Value {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = |id: &&str| json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": x });
        json!({ "keys": ids.iter().map(key).collect::<Vec<_>>() })
    }

    /// A public key, its algorithm, the signing input and the signature.
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
    fn the_examples_of_the_rfcs_verify_and_altered_ones_do_not() {
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
        let key = VerifyingKey::parse(&json!({ "kty": "RSA", "e": "AQAB", "n": n })).unwrap();
        // Made by openssl with the private key, over the text below.
        let signature = "teTFn31_ubiD7xgLXw1PIERPUN0lbNIUEAUCqtysMwsryL-zfGLCacAfnq3rkYX1Xt7R3trpe9YTlNMPa1i1UKK5i8AWR9sdAFtOz4PLDeDsxYfxYGLsCY28euTWlup9ekXrC0xSwgKTtZamtCeXTnOLJJ1x-NgzsPfLdllZLzg";
        assert!(!key.verifies(b"signed", &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap()));
    }

    #[test]
    fn a_key_is_for_its_own_algorithm_and_for_signatures() {
        let changed = |n: usize, name: &str, value: Value| {
            let mut jwk = examples()[n].0.clone();
            jwk[name] = value;
            VerifyingKey::parse(&jwk).is_some()
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
            (0, "e", json!("")),
            (0, "e", json!("AA")),
            (0, "e", json!("Aw")),
            (0, "e", json!("EQ")),
            (0, "e", json!("AAAD")),
            (0, "e", json!("AP__")),
            (0, "e", json!("AQAA")),
            (0, "e", json!("AQAAAAAB")),
            (0, "e", Value::Null),
        ] {
            assert!(!changed(n, name, value.clone()), "{n} {name} {value}");
        }
        assert!(KeySet::parse(&json!({ "keys": [{ "kty": "oct", "k": "AA" }] })).is_none());
        assert!(KeySet::parse(&json!({ "keys": [] })).is_none());
    }

    #[test]
    fn an_ambiguous_key_is_not_found() {
        let [rsa, ec, _] = examples().map(|example| example.0);
        let named = |jwk: &Value, id: &str| {
            let mut jwk = jwk.clone();
            jwk["kid"] = id.into();
            jwk
        };
        let set = KeySet::parse(&json!({ "keys": [named(&rsa, "a"), named(&ec, "a"), named(&ec, "b")] })).unwrap();
        assert!(set.find(Some("a"), Algorithm::Rs256).is_some());
        assert!(set.find(Some("a"), Algorithm::Es256).is_some());
        assert!(set.find(Some("b"), Algorithm::Rs256).is_none(), "the algorithm differs");
        assert!(set.find(Some("c"), Algorithm::Es256).is_none());
        assert!(set.find(None, Algorithm::Rs256).is_some(), "the only one");
        assert!(set.find(None, Algorithm::Es256).is_none(), "two keys match");
    }
}
