//! The transaction that disconnects an account, over both tables: sets its status and deletes its grant.

use aws_sdk_dynamodb::types::Update;

use super::{
    Error, Grant, Store, Vault, key, keys, string, to_value,
    transact::{self, Outcome},
};
use crate::{
    account::{Account, AccountStatus},
    tenant::Tenant,
};

impl Store {
    /// Disconnects an account and deletes its grant, together or not at all. Returns `false` if one of them has changed
    /// since it was read: the account was reconnected or disconnected, or its grant refreshed. Read both again then.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    pub async fn disconnect_account(
        &self,
        vault: &Vault,
        tenant: Tenant,
        account: &Account,
        grant: Option<&Grant>,
    ) -> Result<bool, Error> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(keys::client(tenant, account.client), keys::account(account.id))))
            .update_expression("SET #status = :disconnected")
            // A concurrent reconnect has stored another grant, which would be orphaned.
            .condition_expression("#grant = :grant")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":disconnected", to_value(&AccountStatus::Disconnected))
            .expression_attribute_values(":grant", string(account.grant.to_string()))
            .build()
            .expect("table, key and expression are given");
        let items = vec![transact::update(update), vault.disconnect(account.grant, grant)];
        Ok(matches!(self.transact(items).await?, Outcome::Done))
    }
}
