//! What the `client keys` secret makes: the keys by which servers of the AT Protocol know us.

use super::{Keyring, NoKeyring};

/// The `client keys` secret. Each version is one key. A session is bound to the key that it began with, so a version is
/// needed for as long as connections made with it are to last. <https://atproto.com/specs/oauth>
#[derive(Clone)]
pub struct ClientKeys(Keyring);

impl ClientKeys {
    /// # Errors
    /// [`NoKeyring`] if `json` is not a keyring.
    pub fn parse(json: &str) -> Result<Self, NoKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// The version that new sessions begin with.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.0.current()
    }

    /// All versions, the ones that are not current yet among them: a server has to know a key before it is used.
    pub fn versions(&self) -> impl Iterator<Item = u8> {
        self.0.versions()
    }

    /// The seed of a version's key; none if the version is unknown.
    #[must_use]
    pub fn seed(&self, version: u8) -> Option<[u8; 32]> {
        self.0.derive(version, "client key", &[])
    }

    /// Whether a version was there once and has been removed.
    #[must_use]
    pub fn is_retired(&self, version: u8) -> bool {
        self.0.is_retired(version)
    }
}
