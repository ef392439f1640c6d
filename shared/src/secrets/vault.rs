//! The `vault` secret, which encrypts the tokens of grants.

use super::{InvalidKeyring, Keyring, seal};
use crate::{
    id::{AccountId, GrantId},
    tenant::Tenant,
};

/// The `vault` secret.
#[derive(Clone)]
pub struct VaultKeys(Keyring);

impl VaultKeys {
    /// # Errors
    /// If `json` is not a keyring.
    pub fn parse(json: &str) -> Result<Self, InvalidKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// Encrypts a grant's tokens.
    #[must_use]
    pub fn seal(&self, context: &EncryptionContext, plain: &[u8]) -> Vec<u8> {
        let current = self.0.current();
        #[expect(clippy::expect_used, reason = "a keyring has its current version")]
        let key = self.key(current, context.tenant).expect("the current version exists");
        seal::seal(current, &key, &context.digest(), plain)
    }

    /// Decrypts what [`Self::seal`] encrypted for the same context.
    #[must_use]
    pub fn open(&self, context: &EncryptionContext, sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.key(seal::version(sealed)?, context.tenant)?;
        seal::open(&key, &context.digest(), sealed)
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

/// Where tokens belong. It is their associated data, so tokens do not decrypt if they are an older version, were copied to
/// another grant, or if another account was made to refer to their grant.
#[derive(Debug, Clone, Copy)]
pub struct EncryptionContext {
    pub tenant: Tenant,
    pub account: AccountId,
    pub grant: GrantId,
    /// Counts rotations.
    pub version: u64,
}

impl EncryptionContext {
    fn digest(&self) -> [u8; 32] {
        crate::id::digest(&[
            self.tenant.to_string().as_bytes(),
            self.account.as_bytes(),
            self.grant.as_bytes(),
            b"tokens",
            &self.version.to_be_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::AgencyId, tenant::Mode};

    #[test]
    fn a_ciphertext_decrypts_only_at_its_place() {
        let keys = VaultKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
        let context = EncryptionContext { tenant, account: AccountId::random(), grant: GrantId::random(), version: 1 };
        let sealed = keys.seal(&context, b"tokens");
        assert_eq!(keys.open(&context, &sealed).as_deref(), Some(&b"tokens"[..]));
        for other in [
            EncryptionContext { version: 2, ..context },
            EncryptionContext { grant: GrantId::random(), ..context },
            EncryptionContext { account: AccountId::random(), ..context },
            EncryptionContext { tenant: Tenant { mode: Mode::Test, ..tenant }, ..context },
        ] {
            assert_eq!(keys.open(&other, &sealed), None, "{other:?}");
        }
    }
}
