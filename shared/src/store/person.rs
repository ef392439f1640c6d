//! Persons: from somebody at a platform to the accounts that they connected, in all agencies of a mode.

use aws_sdk_dynamodb::types::Update;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Item, Store, from_item, key, keys, string, to_item, to_value,
    transact::{self, Outcome},
};
use crate::{
    account::{Account, AccountStatus},
    id::{AccountId, ClientId, random},
    tenant::{Mode, Tenant},
};
use platforms::PlatformId;

/// How long the page of a deletion is kept.
const KEPT: Duration = Duration::days(90);

/// The handle of an account whose owner asked for the deletion of their data.
pub const DELETED: &str = "deleted";

/// Leads from a person to one of their accounts.
#[derive(Serialize, Deserialize)]
pub(super) struct PersonItem {
    pk: String,
    sk: String,
    tenant: Tenant,
    client: ClientId,
    account: AccountId,
}

impl PersonItem {
    /// One for each id that the platform has for the person, if it tells about persons.
    pub(super) fn of(tenant: Tenant, account: &Account) -> impl Iterator<Item = Self> {
        let is_told = platforms::spec(account.platform).signed_requests;
        let ids = [Some(&account.user_id), account.app_user_id.as_ref()].into_iter().flatten().filter(move |_| is_told);
        ids.map(move |user_id| Self {
            pk: keys::person(tenant.mode, account.platform, user_id),
            sk: keys::account_of_person(tenant, account.id),
            tenant,
            client: account.client,
            account: account.id,
        })
    }

    fn key(self) -> Item {
        key(self.pk, self.sk)
    }
}

/// A person at a platform, in one mode.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub mode: Mode,
    pub platform: PlatformId,
    pub user_id: &'a str,
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// How many accounts the person had.
    pub found: usize,
    /// How many are not erased yet. An account that was connected again since is not meant.
    pub left: usize,
}

/// A deletion that a person asked for.
#[derive(Serialize, Deserialize)]
struct DeletionItem {
    pk: String,
    sk: String,
    /// The person's partition.
    person: String,
    /// How many accounts there were.
    found: usize,
    /// When the platform told about it.
    issued_at: DateTime<Utc>,
    ttl: i64,
}

impl Store {
    /// What a person connected, with the tenant that has it. Strongly consistent.
    pub async fn accounts_of_person(&self, person: Person<'_>) -> Result<Vec<(Tenant, Account)>, Error> {
        let Person { mode, platform, user_id } = person;
        self.accounts_behind(keys::person(mode, platform, user_id)).await
    }

    async fn accounts_behind(&self, person: String) -> Result<Vec<(Tenant, Account)>, Error> {
        let mut accounts = Vec::new();
        for item in self.partition(person).await? {
            let PersonItem { tenant, client, account, .. } = from_item(item)?;
            accounts.extend(self.account_of(tenant, client, account).await?.map(|account| (tenant, account)));
        }
        Ok(accounts)
    }

    /// Erases whose account it was, and what leads to it, together or not at all. Returns `false` if the account is not
    /// disconnected any more.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    pub async fn erase_account(&self, tenant: Tenant, account: &Account) -> Result<bool, Error> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(keys::client(tenant, account.client), keys::account(account.id))))
            .update_expression("SET handle = :deleted, display_name = :deleted, user_id = :deleted REMOVE app_user_id")
            // A concurrent reconnect has stored a new consent.
            .condition_expression("#status = :disconnected AND #grant = :grant")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":deleted", string(DELETED))
            .expression_attribute_values(":disconnected", to_value(&AccountStatus::Disconnected))
            .expression_attribute_values(":grant", string(account.grant.to_string()))
            .build()
            .expect("table, key and expression are given");
        let persons = PersonItem::of(tenant, account).map(|item| transact::delete(&self.table, item.key()));
        let items = std::iter::once(transact::update(update)).chain(persons).collect();
        Ok(matches!(self.transact(items).await?, Outcome::Done))
    }

    /// Notes that a person asked for the deletion of `found` accounts. Returns its code, for its page.
    pub async fn insert_deletion(
        &self,
        person: Person<'_>,
        found: usize,
        issued_at: DateTime<Utc>,
    ) -> Result<String, Error> {
        let Person { mode, platform, user_id } = person;
        let code = random::uuid();
        let item = DeletionItem {
            pk: keys::deletion(&code),
            sk: keys::DELETION.into(),
            person: keys::person(mode, platform, user_id),
            found,
            issued_at,
            ttl: (issued_at + KEPT).timestamp(),
        };
        self.insert(to_item(&item)).await?;
        Ok(code)
    }

    /// What became of a deletion; `None` if there is no such deletion.
    pub async fn find_deletion(&self, code: &str) -> Result<Option<Deletion>, Error> {
        let item: Option<DeletionItem> = self.get(key(keys::deletion(code), keys::DELETION)).await?;
        let Some(DeletionItem { person, found, issued_at, .. }) = item else { return Ok(None) };
        let accounts = self.accounts_behind(person).await?;
        let left = accounts.iter().filter(|(_, account)| account.was_granted_by(issued_at)).count();
        Ok(Some(Deletion { found, left }))
    }
}
