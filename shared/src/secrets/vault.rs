//! The `vault` secret, which encrypts the tokens of grants.

use super::{InvalidKeyring, Keyring, seal};
use crate::{id::GrantId, tenant::Tenant};

/// The `vault` secret.
#[derive(Clone)]
pub struct VaultKeys(Keyring);

impl VaultKeys {
    /// # Errors
    /// If `json` is not a keyring.
    pub fn parse(json: &str) -> Result<Self, InvalidKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// Encrypts a grant's tokens. The associated data contains the grant's version, which counts rotations, so an older
    /// ciphertext or one copied to another row does not decrypt.
    #[must_use]
    pub fn seal(&self, tenant: Tenant, grant: GrantId, version: u64, plain: &[u8]) -> Vec<u8> {
        let current = self.0.current();
        let key = self.key(current, tenant).expect("the current version exists");
        seal::seal(current, &key, &place(tenant, grant, version), plain)
    }

    /// Decrypts what [`Self::seal`] encrypted for the same grant and version.
    #[must_use]
    pub fn open(&self, tenant: Tenant, grant: GrantId, version: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.key(seal::version(sealed)?, tenant)?;
        seal::open(&key, &place(tenant, grant, version), sealed)
    }

    /// Whether the key version of `sealed` has been removed, so that it can no longer be decrypted.
    #[must_use]
    pub fn is_retired(&self, sealed: &[u8]) -> bool {
        seal::version(sealed).is_some_and(|version| self.0.is_retired(version))
    }

    fn key(&self, version: u8, tenant: Tenant) -> Option<[u8; 32]> {
        self.0.derive(version, "grant", tenant.to_string().as_bytes())
    }
}

/// The associated data: tenant, grant, purpose and version.
fn place(tenant: Tenant, grant: GrantId, version: u64) -> [u8; 32] {
    crate::id::digest(&[tenant.to_string().as_bytes(), grant.as_bytes(), b"tokens", &version.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::AgencyId, tenant::Mode};

    #[test]
    fn a_ciphertext_decrypts_only_for_its_own_grant_and_version() {
        let keys = VaultKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
        let grant = GrantId::random();
        let sealed = keys.seal(tenant, grant, 1, b"tokens");
        assert_eq!(keys.open(tenant, grant, 1, &sealed).as_deref(), Some(&b"tokens"[..]));
        assert_eq!(keys.open(tenant, grant, 2, &sealed), None);
        assert_eq!(keys.open(tenant, GrantId::random(), 1, &sealed), None);
        assert_eq!(keys.open(Tenant { mode: Mode::Test, ..tenant }, grant, 1, &sealed), None);
    }
}
