//! The vault: encrypted tokens in a separate table, because IAM permissions are given per table.

use aws_sdk_dynamodb::{
    Client,
    primitives::Blob,
    types::{AttributeValue, TransactWriteItem},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Error, blob, conditional, from_item, key, keys, number, to_item, transact};
use crate::{
    account::Account,
    id::{AccountId, GrantId},
    oauth::Tokens,
    secrets::{EncryptionContext, VaultKeys},
    tenant::Tenant,
};

/// The vault table and the keys that encrypt its items.
#[derive(Clone)]
pub struct Vault {
    client: Client,
    table: String,
    keys: VaultKeys,
}

/// A decrypted grant.
#[derive(Clone)]
pub struct Grant {
    pub id: GrantId,
    account: AccountId,
    pub tokens: Tokens,
    /// Incremented by every refresh.
    pub version: u64,
    /// End of the refresh lease, in epoch milliseconds. 0: no refresh is running, and none was left without an answer.
    lease_until: i64,
}

impl Grant {
    /// Whether these are the newest tokens at the platform. A running refresh, or one whose answer was lost, may have
    /// made newer ones.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.lease_until == 0
    }
}

#[derive(Serialize, Deserialize)]
struct GrantItem {
    pk: String,
    sk: String,
    version: u64,
    #[serde(with = "blob")]
    sealed: Vec<u8>,
    lease_until: i64,
}

impl Vault {
    #[must_use]
    pub const fn new(client: Client, table: String, keys: VaultKeys) -> Self {
        Self { client, table, keys }
    }

    /// The grant of an account. `None` if it does not exist, or is encrypted with a removed version of the secret.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if it cannot be decrypted, for instance because it belongs to another account.
    pub async fn find(&self, tenant: Tenant, account: &Account) -> Result<Option<Grant>, Error> {
        let id = account.grant;
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::grant(id), keys::GRANT)))
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::sdk)?;
        let Some(item) = answer.item else { return Ok(None) };
        let item: GrantItem = from_item(item)?;
        if self.keys.is_retired(&item.sealed) {
            tracing::warn!(grant = %id, "a grant is sealed with a version of the vault secret that has been removed");
            return Ok(None);
        }
        let context = EncryptionContext { tenant, account: account.id, grant: id, version: item.version };
        let tokens = self
            .keys
            .open(&context, &item.sealed)
            .and_then(|plain| Tokens::from_plain(&plain))
            .ok_or_else(|| Error::Corrupt(format!("{id} cannot be decrypted")))?;
        Ok(Some(Grant { id, account: account.id, tokens, version: item.version, lease_until: item.lease_until }))
    }

    /// Takes the lease to refresh a grant. Returns `false` if another worker holds it or the grant has another version.
    pub async fn take_lease(&self, grant: &Grant, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::grant(grant.id), keys::GRANT)))
            .update_expression("SET lease_until = :until")
            // One refresh at a time: some platforms revoke the grant if a rotated token is used twice.
            .condition_expression("version = :version AND lease_until <= :now")
            .expression_attribute_values(":version", number(grant.version))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .expression_attribute_values(":until", number(until.timestamp_millis()))
            .send()
            .await;
        conditional(sent)
    }

    /// Releases a lease without a refresh.
    pub async fn release_lease(&self, grant: &Grant, until: DateTime<Utc>) -> Result<(), Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::grant(grant.id), keys::GRANT)))
            .update_expression("SET lease_until = :none")
            // Releases only our own lease: another worker may hold it by now.
            .condition_expression("version = :version AND lease_until = :until")
            .expression_attribute_values(":version", number(grant.version))
            .expression_attribute_values(":until", number(until.timestamp_millis()))
            .expression_attribute_values(":none", number(0))
            .send()
            .await;
        conditional(sent).map(|_| ())
    }

    /// Stores refreshed tokens as the grant's next version and ends the lease. `None` if the grant has another version
    /// by now, because it was replaced or deleted; the new tokens are useless then.
    ///
    /// # Errors
    /// If the store fails. The tokens must not be used then.
    pub async fn store_rotated(&self, tenant: Tenant, grant: &Grant, tokens: Tokens) -> Result<Option<Grant>, Error> {
        let next = grant.version + 1;
        let context = EncryptionContext { tenant, account: grant.account, grant: grant.id, version: next };
        let sealed = self.keys.seal(&context, &tokens.to_plain());
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::grant(grant.id), keys::GRANT)))
            .update_expression("SET sealed = :sealed, version = :next, lease_until = :none")
            // A concurrent reconnect has replaced the grant, and a disconnect has deleted it: neither may be undone.
            .condition_expression("version = :version")
            .expression_attribute_values(":sealed", AttributeValue::B(Blob::new(sealed)))
            .expression_attribute_values(":next", number(next))
            .expression_attribute_values(":version", number(grant.version))
            .expression_attribute_values(":none", number(0))
            .send()
            .await;
        Ok(conditional(sent)?.then_some(Grant { tokens, version: next, lease_until: 0, ..*grant }))
    }

    /// The vault's part of a connect transaction: stores the new grant and deletes the one it replaces.
    pub(super) fn connect(
        &self,
        tenant: Tenant,
        account: &Account,
        tokens: &Tokens,
        replaces: Option<GrantId>,
    ) -> Vec<TransactWriteItem> {
        const FIRST: u64 = 1;
        let id = account.grant;
        let context = EncryptionContext { tenant, account: account.id, grant: id, version: FIRST };
        let item = GrantItem {
            pk: keys::grant(id),
            sk: keys::GRANT.into(),
            version: FIRST,
            sealed: self.keys.seal(&context, &tokens.to_plain()),
            lease_until: 0,
        };
        let mut items = vec![transact::overwrite(&self.table, to_item(&item))];
        items.extend(replaces.map(|old| transact::delete(&self.table, key(keys::grant(old), keys::GRANT))));
        items
    }

    /// The vault's part of a disconnect transaction: deletes the grant. `read` is the grant if it could be read.
    pub(super) fn disconnect(&self, id: GrantId, read: Option<&Grant>) -> TransactWriteItem {
        let key = key(keys::grant(id), keys::GRANT);
        match read {
            None => transact::delete(&self.table, key),
            // A concurrent refresh makes tokens that have to be revoked at the platform, too.
            Some(grant) => transact::delete_if(
                &self.table,
                key,
                "version = :version AND lease_until = :lease",
                [(":version", number(grant.version)), (":lease", number(grant.lease_until))],
            ),
        }
    }
}
