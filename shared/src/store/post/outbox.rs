//! What the post's summary and the log are still to be told about a target. It is written together with the target, so that
//! nothing that happened is lost; the target stays due until it is told.

use chrono::{DateTime, Utc};
use publishing::{Status, Target};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::event::{Actor, By, EventType, Fact};

/// The notes of a target that were not told yet, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Outbox {
    /// The status of the last note.
    status: Status,
    /// How many notes there were.
    count: u32,
    pub(super) notes: Vec<Note>,
}

/// A new status of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Counts from 1.
    pub(super) number: u32,
    pub(super) at: DateTime<Utc>,
    pub(super) actor: Actor,
    /// The status before, as noted.
    pub(super) before: Status,
    pub(super) status: Status,
    /// `None`: only the summary is told.
    pub(super) fact: Option<Fact>,
}

impl Outbox {
    /// Of a new target.
    pub(super) const NEW: Self = Self { status: Status::Scheduled, count: 0, notes: Vec::new() };

    pub(super) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Adds a note about the target, if its status is another one than that of the last note.
    pub(super) fn note(&mut self, target: &Target, by: By) {
        let status = target.status().summarized();
        if status != self.status {
            let fact = kind(self.status, status, by.actor).map(|kind| Fact { kind, data: data(target, by.at) });
            self.count += 1;
            let (number, before, By { actor, at }) = (self.count, self.status, by);
            self.notes.push(Note { number, at, actor, before, status, fact });
            self.status = status;
        }
    }

    /// Since when there is something to tell.
    pub(super) fn first_at(&self) -> Option<DateTime<Utc>> {
        self.notes.first().map(|note| note.at)
    }

    /// After all notes were told.
    pub(super) fn forget(&mut self) {
        self.notes.clear();
    }
}

/// The event of a change of status, if it is one.
fn kind(before: Status, after: Status, actor: Actor) -> Option<EventType> {
    Some(match after {
        // A cancel leaves it unconfirmed, so it was resolved.
        Status::Published | Status::Failed if before == Status::Unconfirmed && actor != Actor::System => {
            EventType::TargetResolved
        }
        Status::Published => EventType::TargetPublished,
        Status::Failed => EventType::TargetFailed,
        Status::Held => EventType::TargetHeld,
        Status::Unconfirmed => EventType::TargetUnconfirmed,
        Status::Draft | Status::Scheduled | Status::Sending | Status::Canceled => return None,
    })
}

/// The target's part of an event's data.
fn data(target: &Target, at: DateTime<Utc>) -> Map<String, Value> {
    let mut data = Map::new();
    let mut set = |name: &str, value: Value| _ = data.insert(name.into(), value);
    set("accountId", json!(target.account));
    set("platform", json!(target.platform));
    set("status", json!(target.status()));
    if let Some(post) = target.published() {
        set("publishedAt", json!(at));
        if let Some(id) = &post.platform_post_id {
            set("platformPostId", json!(id));
        }
        if let Some(url) = &post.url {
            set("url", json!(url));
        }
    } else if let Some(fault) = &target.fault {
        set("error", json!({ "code": fault.code, "category": fault.category, "message": fault.message }));
    }
    data
}
