//! The log of events: append-only, one for each tenant.
//!
//! An entry holds what one write made: an event, or that of a target with that of its post. It is put if absent, so that an append
//! that is repeated stores one. Its place in the log is the time of the append, in an index, so that it comes after what a reader
//! has already read. Readers stop a while before the present, in which an append may still arrive in the index.

mod position;

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{Error, Item, Store, from_item, key, keys, listing::text, string, to_item};
use crate::{
    event::{Actor, By, Event, Fact, Filter},
    id::{ClientId, EventId},
    tenant::Tenant,
};

pub use position::Position;

/// How long before the present a reader stops: longer than an append may take to arrive in the index.
const LAG: Duration = Duration::seconds(30);
/// How many pages of the index one read looks through for the events that it is asked for.
const MAX_PAGES: usize = 4;

/// What makes an item an entry of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Listed {
    tenant_list: String,
    listed_at: String,
    logged: Logged,
}

/// The events of an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Logged {
    /// The id of the first one, from which those of the others are derived.
    id: EventId,
    at: DateTime<Utc>,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<ClientId>,
    facts: Vec<Fact>,
}

/// An item that is nothing else.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EventItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    listed: Listed,
    /// Epoch seconds.
    ttl: i64,
}

impl Listed {
    /// An entry that is appended at `now`.
    pub(super) fn new(
        (tenant, client): (Tenant, Option<ClientId>),
        id: EventId,
        by: By,
        facts: Vec<Fact>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            tenant_list: keys::events_of_tenant(tenant),
            listed_at: position::listed_at(now, id, client, facts.iter().map(|fact| fact.kind)),
            logged: Logged { id, at: by.at, actor: by.actor, client, facts },
        }
    }
}

impl Logged {
    fn events(self) -> impl Iterator<Item = Event> {
        let Self { id: first, at, actor, client, facts } = self;
        facts.into_iter().enumerate().map(move |(n, fact)| {
            let id = if n == 0 { first } else { EventId::derive(&[first.as_bytes(), &n.to_be_bytes()]) };
            Event { id, at, actor, client, fact }
        })
    }
}

/// Part of the log, oldest first.
#[derive(Debug)]
pub struct EventPage {
    pub events: Vec<Event>,
    /// Where the next page begins, also at the end of the log.
    pub next: Position,
    /// Whether there may be more now.
    pub more: bool,
}

impl Store {
    /// The entry as an item of its own.
    pub(super) fn event_item(&self, tenant: Tenant, listed: Listed, now: DateTime<Utc>) -> EventItem {
        let (pk, sk) = (keys::event(tenant, listed.logged.id), keys::EVENT.into());
        EventItem { pk, sk, listed, ttl: (now + self.events_kept).timestamp() }
    }

    /// Appends an entry, unless it is in the log.
    pub(super) async fn append(&self, item: &EventItem) -> Result<(), Error> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(item)))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(Error::sdk(error)),
            },
        }
    }

    /// The oldest moment that the log still holds at `now`.
    #[must_use]
    pub fn log_begins(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.events_kept
    }

    /// Up to `limit` events after `from`, of these types, of one client or of all.
    pub async fn list_events(
        &self,
        tenant: Tenant,
        (client, types): (Option<ClientId>, &Filter),
        from: Position,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<EventPage, Error> {
        let end = Position::at(now - LAG);
        let mut chosen = position::Chosen::new(client, types, limit, from.clone());
        let (mut start, mut pages, mut exhausted) = (None, 0, from >= end);
        while !exhausted && !chosen.is_full() && pages < MAX_PAGES {
            let page = self.log_page(tenant, (&from, &end), start).await?;
            for entry in page.items.unwrap_or_default() {
                if !chosen.is_full() {
                    chosen.look_at(key(text(&entry, "pk")?, text(&entry, "sk")?), &text(&entry, "listed_at")?);
                }
            }
            start = page.last_evaluated_key;
            exhausted = start.is_none();
            pages += 1;
        }
        let more = !exhausted || chosen.is_full();
        let next = if !more { chosen.position().max(end) } else { chosen.position() };
        let mut items: HashMap<(String, String), Listed> = HashMap::new();
        for item in self.read_all(chosen.keys()).await? {
            items.insert((text(&item, "pk")?, text(&item, "sk")?), from_item(item)?);
        }
        let mut events = Vec::new();
        for (key, wanted) in chosen.into_entries() {
            // An entry that has expired since is only in the index.
            let Some(listed) = items.remove(&(text(&key, "pk")?, text(&key, "sk")?)) else { continue };
            let all = listed.logged.events().enumerate();
            events.extend(all.filter(|(n, _)| wanted.contains(n)).map(|(_, event)| event));
        }
        Ok(EventPage { events, next, more })
    }

    async fn log_page(
        &self,
        tenant: Tenant,
        (from, end): (&Position, &Position),
        start: Option<Item>,
    ) -> Result<aws_sdk_dynamodb::operation::query::QueryOutput, Error> {
        self.client
            .query()
            .table_name(&self.table)
            .index_name("by_tenant")
            .key_condition_expression("tenant_list = :list AND listed_at BETWEEN :from AND :end")
            .expression_attribute_values(":list", string(keys::events_of_tenant(tenant)))
            .expression_attribute_values(":from", string(from.listed_at()))
            .expression_attribute_values(":end", string(end.listed_at()))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(Error::sdk)
    }
}
