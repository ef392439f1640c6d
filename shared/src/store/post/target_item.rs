//! One target of an opened post.

use chrono::{DateTime, Utc};
use platforms::FaultCode;
use publishing::{At, Event, Fault, Target};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{HeadItem, outbox::Outbox};
use crate::{
    event::By,
    post::TargetName,
    store::{Error, keys},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TargetItem {
    pub(super) pk: String,
    pub(super) sk: String,
    /// The version of the content that it publishes.
    pub(super) version: u32,
    target: Stored,
    /// A cancel that `target` does not show yet, because a worker had it. An attribute of its own, so that no worker's write
    /// can be lost to it or overwrite it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) canceled_at: Option<DateTime<Utc>>,
    /// Fencing token: incremented by every claim and change, and a condition of every write of a worker. Fence and revision start
    /// above those of earlier contents, so that nothing that was read of a target before an edit fits the one that followed it.
    pub(super) fence: u64,
    /// End of the lease of the worker that has the target, in epoch milliseconds.
    pub(super) lease_until: i64,
    /// Incremented by every write, for optimistic locking of changes.
    pub(super) revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    pub(super) outbox: Outbox,
    /// Epoch milliseconds. Present exactly while work is left to do or something is to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
}

/// A target in its stored form.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Readable(Box<Target>),
    Unreadable(Value),
}

impl TargetItem {
    pub(super) fn new(head: &HeadItem, target: Target) -> Self {
        Self::with(head, target, Outbox::NEW)
    }

    /// A new target that has changed already.
    pub(super) fn noted(head: &HeadItem, target: Target, by: By) -> Self {
        let mut outbox = Outbox::NEW;
        outbox.note(&target, by);
        Self::with(head, target, outbox)
    }

    fn with(head: &HeadItem, target: Target, outbox: Outbox) -> Self {
        let due = outbox.first_at().or(target.next_at);
        Self {
            pk: head.pk.clone(),
            sk: keys::target(TargetName::of(&target)),
            version: head.version,
            target: Stored::Readable(Box::new(target)),
            canceled_at: None,
            fence: first(head.version),
            lease_until: 0,
            revision: first(head.version),
            due_shard: due.map(|_| keys::due_shard(head.id)),
            due_at: due.map(|at| at.timestamp_millis()),
            outbox,
        }
    }

    /// Replaces the target. From here on, every write of a worker that has it fails.
    pub(super) fn replaced_by(&self, head: &HeadItem, target: Target, by: By) -> Self {
        let mut outbox = self.outbox.clone();
        outbox.note(&target, by);
        Self { fence: self.fence + 1, revision: self.revision + 1, ..Self::with(head, target, outbox) }
    }

    /// Whether it belongs to the post as it is now. One of an earlier content is left over from an opening that an edit
    /// overtook.
    pub(super) const fn is_of(&self, head: &HeadItem) -> bool {
        head.opened && self.version == head.version
    }

    /// The version of the stored target; `None` if it cannot be read.
    pub(super) fn saves(&self) -> Option<u32> {
        match &self.target {
            Stored::Readable(target) => Some(target.version),
            Stored::Unreadable(_) => None,
        }
    }

    /// Whether it stores exactly this target.
    pub(super) fn stores(&self, target: &Target) -> bool {
        matches!(&self.target, Stored::Readable(stored) if **stored == *target)
    }

    /// The target, with its cancel. One that cannot be read is unconfirmed, because it may have been published.
    ///
    /// # Errors
    /// Its key is not a target's.
    pub(super) fn read(&self, publish_before: Option<DateTime<Utc>>) -> Result<Target, Error> {
        let target = match &self.target {
            Stored::Readable(target) => target.as_ref().clone(),
            Stored::Unreadable(_) => self.unreadable()?,
        };
        Ok(match self.canceled_at {
            Some(at) => canceled(target, at, publish_before),
            None => target,
        })
    }

    fn unreadable(&self) -> Result<Target, Error> {
        let name = keys::parse_target(&self.sk).ok_or_else(|| Error::Corrupt(format!("{} {}", self.pk, self.sk)))?;
        tracing::error!(alarm = "state_unreadable", post = self.pk, account = %name.account, "the stored state of a target cannot be read");
        let message =
            "What was stored about this target cannot be read. Look at the account and decide whether it is published.";
        Ok(Target::unreadable(name.account, name.platform, Fault::new(FaultCode::StateUnreadable, message)))
    }
}

/// The fence and the revision of a new target. None of an earlier content gets so far: it is not written four billion times.
const fn first(version: u32) -> u64 {
    (version as u64) << 32
}

/// Applies a cancel that was requested at `at`.
pub(super) fn canceled(mut target: Target, at: DateTime<Utc>, publish_before: Option<DateTime<Utc>>) -> Target {
    target.apply(Event::Cancel, &At { now: at, spec: platforms::spec(target.platform), jitter: 0, publish_before });
    target
}
