//! The two master secrets, `link` and `vault`, and what is made from them. One HKDF label per use; a version byte in
//! everything made, so that each secret can be rotated.

mod link;
mod seal;
mod vault;

use std::collections::BTreeMap;

use ring::hkdf;

pub use link::{LinkKeys, Proof};
pub use vault::VaultKeys;

/// A secret cannot be read or used. Names it, by its name or ARN, and never carries it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the secret {0} cannot be fetched; check that it exists and that the function's role may read it")]
    Unavailable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the secret {0} is not {1}")]
    Malformed(String, &'static str),
}

/// A master secret's text is none.
#[derive(Debug, thiserror::Error)]
#[error("not {KEYRING}")]
pub struct NoKeyring;

/// What a master secret has to be.
pub const KEYRING: &str = "a JSON object of version numbers (1–255) and texts of at least 32 characters";

/// The versions of one master secret; the highest number is the current one.
///
/// Stored as a JSON object, `{ "1": "<at least 32 random characters>", … }`, the shape that Secrets Manager's
/// `GenerateSecretString` writes. Rotate by adding a number; keep the old ones while anything made from them lives.
#[derive(Clone)]
struct Keyring(BTreeMap<u8, hkdf::Prk>);

impl Keyring {
    fn parse(json: &str) -> Result<Self, NoKeyring> {
        let texts: BTreeMap<String, String> = serde_json::from_str(json).map_err(|_| NoKeyring)?;
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"onbehalf");
        let keys = texts
            .into_iter()
            .map(|(version, text)| match version.parse() {
                Ok(version) if version > 0 && text.len() >= 32 => Ok((version, salt.extract(text.as_bytes()))),
                _ => Err(NoKeyring),
            })
            .collect::<Result<BTreeMap<u8, _>, _>>()?;
        if keys.is_empty() { Err(NoKeyring) } else { Ok(Self(keys)) }
    }

    fn current(&self) -> u8 {
        *self.0.keys().next_back().expect("a keyring is never empty")
    }

    /// 32 bytes for one use (`label`) on one thing (`about`), or nothing if the version is unknown.
    fn derive(&self, version: u8, label: &str, about: &[u8]) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        self.0
            .get(&version)?
            .expand(&[label.as_bytes(), &[0], about], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(&mut bytes))
            .expect("32 bytes are within HKDF's reach");
        Some(bytes)
    }
}

/// Reads a secret's text from Secrets Manager. `id` is its name or ARN.
///
/// # Errors
/// The secret is not there, or is no text.
pub async fn fetch(client: &aws_sdk_secretsmanager::Client, id: &str) -> Result<String, Error> {
    let answer = client
        .get_secret_value()
        .secret_id(id)
        .send()
        .await
        .map_err(|error| Error::Unavailable(id.to_owned(), Box::new(error)))?;
    answer.secret_string.ok_or_else(|| Error::Malformed(id.to_owned(), "a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_is_current() {
        let json = format!(r#"{{"1":"{0}","10":"{0}","9":"{0}"}}"#, "s".repeat(32));
        assert_eq!(Keyring::parse(&json).unwrap().current(), 10);
    }

    #[test]
    fn weak_or_odd_secrets_are_refused() {
        for json in [
            r"{}",
            r#"{"1":"short"}"#,
            r#"{"0":"ssssssssssssssssssssssssssssssss"}"#,
            "[]",
            r#"{"256":"ssssssssssssssssssssssssssssssss"}"#,
        ] {
            assert!(Keyring::parse(json).is_err(), "{json}");
        }
    }

    #[test]
    fn each_use_and_thing_has_its_own_key() {
        let ring = Keyring::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        assert_ne!(ring.derive(1, "a", b"x"), ring.derive(1, "b", b"x"));
        assert_ne!(ring.derive(1, "a", b"x"), ring.derive(1, "a", b"y"));
        assert_eq!(ring.derive(2, "a", b"x"), None);
    }
}
