//! The transaction that connects an account, over both tables and under the invite's condition.

use chrono::{DateTime, Utc};

use super::{
    Error, Store, Vault,
    account::AccountItem,
    account::PointerItem,
    person::PersonItem,
    string, to_item,
    transact::{self, Outcome, put},
};
use crate::{
    account::Account,
    id::{GrantId, InviteId},
    oauth::Tokens,
    tenant::Tenant,
};

/// An account to connect or reconnect.
pub struct Connect<'a> {
    pub tenant: Tenant,
    pub invite: InviteId,
    pub account: &'a Account,
    pub tokens: &'a Tokens,
    /// The account's current grant, for a reconnect.
    pub replaces: Option<GrantId>,
    pub now: DateTime<Utc>,
}

/// The result of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    Done,
    /// The invite has expired, was revoked or has connected another account since it was read.
    InviteRefused,
    /// The account was connected concurrently: read it again.
    Changed,
}

impl Store {
    /// Connects an account. Invite, grant, account and pointer are written together or not at all.
    pub async fn connect_account(&self, vault: &Vault, connect: &Connect<'_>) -> Result<Connected, Error> {
        let Connect { tenant, invite, account, tokens, replaces, now } = *connect;
        let item = to_item(&AccountItem::new(tenant, account));
        // Of two callbacks for one account, the later must not orphan the earlier one's grant.
        let account_put = match replaces {
            None => put(&self.table, item, "attribute_not_exists(pk)").build(),
            Some(old) => put(&self.table, item, "#grant = :old")
                .name("#grant", "grant")
                .value(":old", string(old.to_string()))
                .build(),
        };
        let mut items = vec![
            self.connect_under_invite(invite, account.platform, &account.user_id, now),
            account_put,
            transact::overwrite(&self.table, to_item(&PointerItem::new(tenant, account))),
        ];
        items.extend(PersonItem::of(tenant, account).map(|item| transact::overwrite(&self.table, to_item(&item))));
        items.extend(vault.connect(tenant, account, tokens, replaces));
        Ok(match self.transact(items).await? {
            Outcome::Done => Connected::Done,
            Outcome::Refused(reasons) if reasons.first().is_some_and(Option::is_some) => Connected::InviteRefused,
            Outcome::Refused(_) => Connected::Changed,
        })
    }
}
