//! Accounts: stored in their client's partition, with a pointer from their id.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Store, conditional, key, keys,
    listing::{List, Page},
    string, to_value,
};
use crate::{
    account::{Account, AccountStatus},
    id::{AccountId, ClientId, GrantId},
    tenant::Tenant,
};

#[derive(Serialize, Deserialize)]
pub(super) struct AccountItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    account: Account,
    tenant_list: String,
    listed_at: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PointerItem {
    pk: String,
    sk: String,
    client: ClientId,
}

impl From<AccountItem> for Account {
    fn from(item: AccountItem) -> Self {
        item.account
    }
}

impl AccountItem {
    pub(super) fn new(tenant: Tenant, account: &Account) -> Self {
        Self {
            pk: keys::client(tenant, account.client),
            sk: keys::account(account.id),
            account: account.clone(),
            tenant_list: keys::accounts_of_tenant(tenant),
            listed_at: keys::listed_at(account.connected_at, account.id),
        }
    }
}

impl PointerItem {
    pub(super) fn new(tenant: Tenant, account: &Account) -> Self {
        Self { pk: keys::account_pointer(tenant, account.id), sk: keys::ACCOUNT.into(), client: account.client }
    }
}

impl Store {
    /// An account by its id alone, through its pointer.
    pub async fn find_account(&self, tenant: Tenant, id: AccountId) -> Result<Option<Account>, Error> {
        let pointer: Option<PointerItem> = self.get(key(keys::account_pointer(tenant, id), keys::ACCOUNT)).await?;
        let Some(PointerItem { client, .. }) = pointer else { return Ok(None) };
        self.account_of(tenant, client, id).await
    }

    /// A strongly consistent read of an account whose client is known.
    pub async fn account_of(&self, tenant: Tenant, client: ClientId, id: AccountId) -> Result<Option<Account>, Error> {
        let item: Option<AccountItem> = self.get(key(keys::client(tenant, client), keys::account(id))).await?;
        Ok(item.map(Account::from))
    }

    /// A tenant's accounts, newest first.
    pub async fn list_accounts(
        &self,
        tenant: Tenant,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Page<Account>, Error> {
        self.list::<AccountItem, _>(List::of_tenant(keys::accounts_of_tenant(tenant)), limit, after).await
    }

    /// Marks that the customer has to reconnect, if the account still uses that grant. Returns whether this call
    /// changed it, so exactly one caller gets `true`.
    pub async fn mark_reconnect_required(
        &self,
        tenant: Tenant,
        client: ClientId,
        account: AccountId,
        grant: GrantId,
    ) -> Result<bool, Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::client(tenant, client), keys::account(account))))
            .update_expression("SET #status = :required")
            // A concurrent reconnect has stored another grant, and must not be undone.
            .condition_expression("#grant = :grant AND #status = :connected")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":required", to_value(&AccountStatus::ReconnectRequired))
            .expression_attribute_values(":connected", to_value(&AccountStatus::Connected))
            .expression_attribute_values(":grant", string(grant.to_string()))
            .send()
            .await;
        conditional(sent)
    }

    /// Stores when the account's grant expires, if the account still uses that grant.
    pub async fn mark_expiry(
        &self,
        tenant: Tenant,
        account: &Account,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::client(tenant, account.client), keys::account(account.id))))
            // A concurrent reconnect has stored another grant with another expiry.
            .condition_expression("#grant = :grant")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":grant", string(account.grant.to_string()));
        let update = match expires_at {
            Some(end) => {
                update.update_expression("SET expires_at = :end").expression_attribute_values(":end", to_value(&end))
            }
            None => update.update_expression("REMOVE expires_at"),
        };
        conditional(update.send().await).map(|_| ())
    }
}
