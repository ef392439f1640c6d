//! The `client keys` secret: the keys by which AT Protocol servers identify us.

use super::{InvalidKeyring, Keyring};

/// The `client keys` secret. Each version is one key. A session is bound to its first key, so a version must be kept as
/// long as connections made with it should last. <https://atproto.com/specs/oauth>
#[derive(Clone)]
pub struct ClientKeys(Keyring);

impl ClientKeys {
    /// # Errors
    /// If `json` is not a keyring.
    pub fn parse(json: &str) -> Result<Self, InvalidKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// The version for new sessions.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.0.current()
    }

    /// All versions, including those that are not current yet, because servers must know a key before it is used.
    pub fn versions(&self) -> impl Iterator<Item = u8> {
        self.0.versions()
    }

    /// The seed of a version's key; `None` if the version is unknown.
    #[must_use]
    pub fn seed(&self, version: u8) -> Option<[u8; 32]> {
        self.0.derive(version, "client key", &[])
    }

    /// Whether a version existed and has been removed.
    #[must_use]
    pub fn is_retired(&self, version: u8) -> bool {
        self.0.is_retired(version)
    }
}
