//! The master secrets `link`, `vault` and `client keys`, and what is derived from them. Each use has its own HKDF
//! label. Everything derived carries the version of its secret, so that each secret can be rotated.

mod client;
mod link;
mod seal;
mod vault;

use std::collections::BTreeMap;

use ring::hkdf;

pub use client::ClientKeys;
pub use link::{AttemptSecrets, LinkKeys};
pub use vault::{EncryptionContext, VaultKeys};

/// Why a secret cannot be used. Contains its name or ARN, never its value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the secret {0} cannot be fetched; check that it exists and that the function's role may read it")]
    Unavailable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the secret {0} is not {1}")]
    Malformed(String, &'static str),
}

/// The text of a master secret has the wrong format.
#[derive(Debug, thiserror::Error)]
#[error("not {KEYRING}")]
pub struct InvalidKeyring;

/// The format of a master secret.
pub const KEYRING: &str = "a JSON object of version numbers (1–255) and texts of at least 32 characters, \
     with `current` naming one of the numbers if it is there";

/// The versions of one master secret. The current version is used for everything new: the highest, unless `current`
/// names another.
///
/// Stored as a JSON object, `{ "1": "<at least 32 random characters>", … }`, the shape that Secrets Manager's
/// `GenerateSecretString` writes. A process reads it once, so a rotation takes two steps: add the next version while
/// `"current"` still names the old one, and make it current once every process knows it. Keep old versions as long as
/// anything made from them is in use.
#[derive(Clone)]
struct Keyring {
    keys: BTreeMap<u8, hkdf::Prk>,
    current: u8,
}

impl Keyring {
    fn parse(json: &str) -> Result<Self, InvalidKeyring> {
        let mut texts: BTreeMap<String, String> = serde_json::from_str(json).map_err(|_| InvalidKeyring)?;
        let named = texts.remove("current");
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"onbehalf");
        let keys = texts
            .into_iter()
            .map(|(version, text)| match version.parse() {
                Ok(version) if version > 0 && text.len() >= 32 => Ok((version, salt.extract(text.as_bytes()))),
                _ => Err(InvalidKeyring),
            })
            .collect::<Result<BTreeMap<u8, _>, _>>()?;
        let current = match named {
            Some(named) => named.parse().ok().filter(|version| keys.contains_key(version)),
            None => keys.keys().next_back().copied(),
        };
        current.map(|current| Self { keys, current }).ok_or(InvalidKeyring)
    }

    const fn current(&self) -> u8 {
        self.current
    }

    fn versions(&self) -> impl Iterator<Item = u8> {
        self.keys.keys().copied()
    }

    /// Whether a version existed and has been removed: versions only increase, so one that is missing below the highest
    /// was removed. One above the highest was added after this process started.
    fn is_retired(&self, version: u8) -> bool {
        version > 0 && !self.keys.contains_key(&version) && self.versions().any(|known| known > version)
    }

    /// Derives 32 bytes for one use (`label`) and one object (`about`); `None` if the version is unknown.
    #[expect(clippy::expect_used, reason = "HKDF can derive 32 bytes")]
    fn derive(&self, version: u8, label: &str, about: &[u8]) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        self.keys
            .get(&version)?
            .expand(&[label.as_bytes(), &[0], about], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(&mut bytes))
            .expect("HKDF can derive 32 bytes");
        Some(bytes)
    }
}

/// Reads a secret's text from Secrets Manager. `id` is its name or ARN.
///
/// # Errors
/// If the secret does not exist, cannot be read or is not text.
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
    fn the_highest_version_is_current_by_default() {
        let json = format!(r#"{{"1":"{0}","10":"{0}","9":"{0}"}}"#, "s".repeat(32));
        assert_eq!(Keyring::parse(&json).unwrap().current(), 10);
        let json = json.replace('}', r#","current":"9"}"#);
        assert_eq!(Keyring::parse(&json).unwrap().current(), 9);
    }

    #[test]
    fn a_missing_version_below_the_highest_counts_as_removed() {
        let ring = Keyring::parse(&format!(r#"{{"2":"{0}","4":"{0}","current":"2"}}"#, "s".repeat(32))).unwrap();
        let retired = [0, 1, 2, 3, 4, 5].map(|version| ring.is_retired(version));
        assert_eq!(retired, [false, true, false, true, false, false], "there is no version 0");
    }

    #[test]
    fn weak_or_malformed_secrets_are_refused() {
        for json in [
            r"{}",
            r#"{"1":"short"}"#,
            r#"{"0":"ssssssssssssssssssssssssssssssss"}"#,
            "[]",
            r#"{"256":"ssssssssssssssssssssssssssssssss"}"#,
            r#"{"1":"ssssssssssssssssssssssssssssssss","current":"2"}"#,
            r#"{"1":"ssssssssssssssssssssssssssssssss","current":1}"#,
            r#"{"current":"1"}"#,
        ] {
            assert!(Keyring::parse(json).is_err(), "{json}");
        }
    }

    #[test]
    fn each_use_and_object_has_its_own_key() {
        let ring = Keyring::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        assert_ne!(ring.derive(1, "a", b"x"), ring.derive(1, "b", b"x"));
        assert_ne!(ring.derive(1, "a", b"x"), ring.derive(1, "a", b"y"));
        assert_eq!(ring.derive(2, "a", b"x"), None);
    }
}
