//! Connect invites. The token in a link is not stored, so a copy of the table opens no link.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update},
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Inserted, Origin, Store, from_item, key, keys,
    listing::{List, Page},
    number, string, to_item, transact,
};
use crate::{
    agency::ReturnUrl,
    id::{ClientId, InviteId},
    invite::Invite,
    tenant::Tenant,
};
use platforms::PlatformId;

/// How long an expired invite is kept, so that its page can say "expired" rather than "not found".
const KEPT: Duration = Duration::days(7);
/// How often per invite and hour a visitor can make us call a platform, or a server that the visitor names.
const TRIES: u32 = 60;

#[derive(Serialize, Deserialize)]
pub(super) struct InviteItem {
    pk: String,
    sk: String,
    id: InviteId,
    tenant: Tenant,
    client: ClientId,
    platforms: Vec<PlatformId>,
    /// Epoch seconds.
    expires_at: i64,
    revoked: bool,
    created_at: DateTime<Utc>,
    /// The version of the link secret from which its token is derived.
    link_version: u8,
    connected: BTreeMap<PlatformId, String>,
    tries: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<ReturnUrl>,
    #[serde(flatten)]
    origin: Origin,
    client_list: String,
    listed_at: String,
    ttl: i64,
}

impl TryFrom<InviteItem> for Invite {
    type Error = Error;

    fn try_from(item: InviteItem) -> Result<Self, Error> {
        Ok(Self {
            id: item.id,
            tenant: item.tenant,
            client: item.client,
            platforms: item.platforms,
            expires_at: DateTime::from_timestamp(item.expires_at, 0)
                .ok_or_else(|| Error::Corrupt(format!("{} has an invalid expiry", item.id)))?,
            revoked: item.revoked,
            created_at: item.created_at,
            link_version: item.link_version,
            connected: item.connected,
            return_url: item.return_url,
        })
    }
}

/// The result of counting a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Yes,
    TooMany,
    /// Expired or revoked meanwhile.
    Closed,
}

impl Store {
    pub async fn insert_invite(&self, invite: &Invite, origin: &Origin) -> Result<Inserted<Invite>, Error> {
        let item = InviteItem {
            pk: keys::invite(invite.id),
            sk: keys::INVITE.into(),
            id: invite.id,
            tenant: invite.tenant,
            client: invite.client,
            platforms: invite.platforms.clone(),
            expires_at: invite.expires_at.timestamp(),
            revoked: invite.revoked,
            created_at: invite.created_at,
            link_version: invite.link_version,
            connected: invite.connected.clone(),
            tries: BTreeMap::new(),
            return_url: invite.return_url.clone(),
            origin: origin.clone(),
            client_list: keys::invites_of_client(invite.tenant, invite.client),
            listed_at: keys::listed_at(invite.created_at, invite.id),
            ttl: (invite.expires_at + KEPT).timestamp(),
        };
        match self.insert(to_item(&item)).await? {
            None => Ok(Inserted::New),
            Some(existing) => meet_invite(from_item(existing)?, origin),
        }
    }

    /// Finds what an idempotency key created before, for a request that would be refused now.
    pub async fn replay_invite(&self, id: InviteId, origin: &Origin) -> Result<Option<Inserted<Invite>>, Error> {
        let item: Option<InviteItem> = self.get(key(keys::invite(id), keys::INVITE)).await?;
        item.map(|item| meet_invite(item, origin)).transpose()
    }

    /// The invite of a link, of any tenant.
    pub async fn find_invite(&self, id: InviteId) -> Result<Option<Invite>, Error> {
        let item: Option<InviteItem> = self.get(key(keys::invite(id), keys::INVITE)).await?;
        item.map(Invite::try_from).transpose()
    }

    /// A tenant's invite. Its key does not contain the tenant, because links are opened by the invite's id alone.
    pub async fn find_invite_of(&self, tenant: Tenant, id: InviteId) -> Result<Option<Invite>, Error> {
        Ok(self.find_invite(id).await?.filter(|invite| invite.tenant == tenant))
    }

    /// A client's invites, newest first. Expired ones are kept for a week.
    pub async fn list_invites(
        &self,
        tenant: Tenant,
        client: ClientId,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Page<Invite>, Error> {
        self.list::<InviteItem, _>(List::of_client(keys::invites_of_client(tenant, client)), limit, after).await
    }

    /// Counts a try to connect, before it calls a server.
    pub async fn count_try(&self, id: InviteId, now: DateTime<Utc>) -> Result<Counted, Error> {
        let hour = format!("h{}", now.timestamp() / 3600);
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::invite(id), keys::INVITE)))
            .update_expression("SET tries.#h = if_not_exists(tries.#h, :zero) + :one")
            // Concurrent tries must not exceed the limit together, nor follow a revocation.
            .condition_expression(
                "revoked = :false AND expires_at > :now AND (attribute_not_exists(tries.#h) OR tries.#h < :most)",
            )
            .expression_attribute_names("#h", &hour)
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(TRIES))
            .expression_attribute_values(":now", number(now.timestamp()))
            .expression_attribute_values(":false", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let error = match sent {
            Ok(_) => return Ok(Counted::Yes),
            Err(error) => error,
        };
        let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
            return Err(Error::sdk(error));
        };
        let item: Option<InviteItem> = failed.item().cloned().map(from_item).transpose()?;
        match item {
            Some(item) if item.tries.get(&hour).is_some_and(|tries| *tries >= TRIES) => Ok(Counted::TooMany),
            _ => Ok(Counted::Closed),
        }
    }

    /// Revokes an invite. One that does not exist any more counts as revoked.
    pub async fn revoke_invite(&self, id: InviteId) -> Result<(), Error> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::invite(id), keys::INVITE)))
            .update_expression("SET revoked = :true")
            // Without this condition, the update would create an invite.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":true", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
            .send()
            .await;
        match sent {
            Err(error)
                if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(Error::sdk(error))
            }
            _ => Ok(()),
        }
    }

    /// The invite's part of a connect transaction: the invite must be open, and connects one account per platform.
    #[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
    pub(super) fn connect_under_invite(
        &self,
        id: InviteId,
        platform: PlatformId,
        user_id: &str,
        now: DateTime<Utc>,
    ) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(keys::invite(id), keys::INVITE)))
            .update_expression("SET connected.#p = :user")
            // Fails if the invite was revoked, expired or connected another account since the callback read it.
            .condition_expression(
                "revoked = :false AND expires_at > :now AND contains(platforms, :p) \
                 AND (attribute_not_exists(connected.#p) OR connected.#p = :user)",
            )
            .expression_attribute_names("#p", platform.as_str())
            .expression_attribute_values(":p", string(platform.as_str()))
            .expression_attribute_values(":user", string(user_id))
            .expression_attribute_values(":now", number(now.timestamp()))
            .expression_attribute_values(":false", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .expect("table, key and expression are given");
        transact::update(update)
    }
}

fn meet_invite(item: InviteItem, origin: &Origin) -> Result<Inserted<Invite>, Error> {
    let existing = item.origin.clone();
    Ok(origin.meet(&existing, item.try_into()?))
}
