//! DynamoDB: the only module that uses the SDK, key formats and expressions. One entity per file. Methods return
//! [`Error`] if DynamoDB fails; a failed condition is a result, not an error.
//!
//! **Invariant:** no scan. **Invariant:** no decision is based on an index read.

mod account;
mod attempt;
mod blob;
mod client;
mod connect;
mod disconnect;
mod due;
mod event;
mod gate;
mod invite;
pub mod keys;
mod listing;
mod person;
mod post;
pub mod schema;
mod transact;
mod vault;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::update_item::UpdateItemError,
    types::AttributeValue,
};
use chrono::Duration;
use serde::{Serialize, de::DeserializeOwned};

use crate::clock::Clock;

pub use crate::agency::Limits;

pub use client::Created;
pub use connect::{Connect, Connected};
pub use due::{Due, DuePage};
pub use event::{EventPage, Position};
pub use gate::{
    Admitted, AgencyKeys, Credential, Denied, Gate, Holder, KeyRecord, KeyStatus, MOST_KEYS, Mint, Minted, Minter,
    MinterId, MovedBack, NewGate, RateLimit, Screened, StoredKey, Use,
};
pub use invite::Counted;
pub use listing::Page;
pub use person::{DELETED, Deletion, Person};
pub use post::{ActionOutcome, ActionRecord, Canceled, Claim, Claimed, CurrentPost, Open, Opening, Saved};
pub use vault::{Grant, Vault};

pub type Item = HashMap<String, AttributeValue>;

/// The main table.
#[derive(Clone)]
pub struct Store {
    client: Client,
    table: String,
    clock: Clock,
    /// How long events stay in the log.
    events_kept: Duration,
}

impl Store {
    /// `clock` times the backoff between retries, and the appends to the log of events.
    #[must_use]
    pub const fn new(client: Client, table: String, clock: Clock) -> Self {
        Self { client, table, clock, events_kept: crate::event::KEPT }
    }

    /// The store with another time for which events stay in the log.
    #[must_use]
    pub fn keeping_events(self, events_kept: Duration) -> Self {
        Self { events_kept, ..self }
    }

    /// A strongly consistent read of one item.
    pub(super) async fn get<T: serde::de::DeserializeOwned>(&self, key: Item) -> Result<Option<T>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::sdk)?;
        answer.item.map(from_item).transpose()
    }

    /// All items of a partition. Strongly consistent; of one moment only within a page of 1 MB.
    async fn partition(&self, pk: String) -> Result<Vec<Item>, Error> {
        let (mut items, mut from) = (Vec::new(), None);
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", string(pk.clone()))
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(Error::sdk)?;
            items.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }
}

/// Why the store failed, by what the caller can do. Failed conditions are results, not errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Throttled, or in conflict with another transaction: retry later.
    #[error("the store is busy")]
    Busy,
    /// A stored item has an unexpected shape.
    #[error("a stored item cannot be read: {0}")]
    Corrupt(String),
    #[error("the store cannot be reached or refuses the call")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl Error {
    fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(error))
    }

    fn sdk<E>(error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        const BUSY: [&str; 5] = [
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "TransactionConflictException",
            "TransactionInProgressException",
        ];
        if error.code().is_some_and(|code| BUSY.contains(&code)) { Self::Busy } else { Self::unavailable(error) }
    }
}

/// The result of an insert under a derived id.
#[derive(Debug, PartialEq)]
pub enum Inserted<T> {
    /// Inserted now.
    New,
    /// The same request inserted it before.
    Replayed(T),
    /// Another request with the same idempotency key inserted it.
    KeyReused,
}

/// Which request created an item; stored with the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Origin {
    /// SHA-256 of the request, in hexadecimal.
    pub fingerprint: String,
    /// Random per invocation. Distinguishes our own write, found by a retry after a lost reply, from a client's replay.
    pub nonce: String,
}

impl Origin {
    /// Interprets an insert by `self` that found `thing`, which `existing` created.
    fn meet<T>(&self, existing: &Self, thing: T) -> Inserted<T> {
        if existing.nonce == self.nonce {
            Inserted::New
        } else if existing.fingerprint == self.fingerprint {
            Inserted::Replayed(thing)
        } else {
            Inserted::KeyReused
        }
    }
}

fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn key(pk: String, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), string(pk)), ("sk".to_owned(), string(sk))])
}

#[expect(clippy::expect_used, reason = "our items are maps of plain values")]
fn to_item(value: &impl Serialize) -> Item {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(value).expect("our items are maps of plain values")
}

#[expect(clippy::expect_used, reason = "our values are plain")]
fn to_value(value: &impl Serialize) -> AttributeValue {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).expect("our values are plain")
}

fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| Error::Corrupt(error.to_string()))
}

/// Whether the condition of an update was met.
fn conditional<T>(sent: Result<T, SdkError<UpdateItemError>>) -> Result<bool, Error> {
    match sent {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
        Err(error) => Err(Error::sdk(error)),
    }
}
