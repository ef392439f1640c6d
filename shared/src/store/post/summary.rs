//! The summary of an opened post: the status of each target as it was noted last, so that of all notes exactly one is known to
//! have changed the status of the post. It is only for events; what a post is follows from its targets.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use publishing::Status;
use serde::{Deserialize, Serialize};

use super::{HeadItem, outbox::Note};
use crate::{
    event::EventType,
    post::{PostStatus, TargetName},
    store::{Error, Item, Store, from_item, key, keys, number, to_value},
};

/// How many changes of the post's status are kept. A note that is told again after a crash finds its change among them.
const KEPT: usize = 50;
/// How often a write that conflicts with those of other targets is repeated: each of them may come in between twice.
const TRIES: usize = 2 * crate::post::MAX_TARGETS;

/// Where the notes of a target go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TargetPlace {
    pub(super) pk: String,
    /// The version of the content.
    pub(super) version: u32,
    /// Which of the post's targets it is.
    target: usize,
    /// How many targets the post has.
    targets: usize,
}

impl TargetPlace {
    /// `None` if the post has no such target.
    pub(super) fn of(head: &HeadItem, name: TargetName) -> Option<Self> {
        let target = head.targets.iter().position(|target| *target == name)?;
        Some(Self { pk: head.pk.clone(), version: head.version, target, targets: head.targets.len() })
    }
}

/// The summary of one version of a post.
#[derive(Debug, Default)]
struct Summary {
    /// How often it was written.
    writes: u64,
    /// The changes of the post's status, oldest first.
    changes: Vec<Change>,
    targets: BTreeMap<usize, Noted>,
}

/// The last note of a target.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Noted {
    number: u32,
    status: Status,
}

/// A note that changed the status of the post.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Change {
    target: usize,
    number: u32,
    /// `None`: the post is not final and needs nothing.
    event: Option<EventType>,
}

#[derive(Deserialize)]
struct Counted {
    writes: u64,
    #[serde(default)]
    changes: Vec<Change>,
}

impl Summary {
    /// Each target is an attribute, named by its number.
    fn read(item: Item) -> Result<Self, Error> {
        let (targets, rest): (Item, Item) = item.into_iter().partition(|(name, _)| name.parse::<usize>().is_ok());
        let Counted { writes, changes } = from_item(rest)?;
        let targets: BTreeMap<String, Noted> = from_item(targets)?;
        let targets = targets.into_iter().filter_map(|(name, noted)| Some((name.parse().ok()?, noted))).collect();
        Ok(Self { writes, changes, targets })
    }

    fn is_told(&self, place: &TargetPlace, note: &Note) -> bool {
        self.targets.get(&place.target).is_some_and(|noted| noted.number >= note.number)
    }

    fn with(mut self, place: &TargetPlace, note: &Note) -> Self {
        if !self.is_told(place, note) {
            self.targets.insert(place.target, Noted { number: note.number, status: note.status });
        }
        self
    }

    /// The event of the post's status.
    fn event(&self, place: &TargetPlace) -> Option<EventType> {
        let status = |target| self.targets.get(&target).map_or(Status::Scheduled, |noted| noted.status);
        event(&(0..place.targets).map(status).collect::<Vec<_>>())
    }

    /// The event of the last change.
    fn last_event(&self) -> Option<EventType> {
        self.changes.last().and_then(|change| change.event)
    }

    /// The change that this note made.
    fn change_by(&self, place: &TargetPlace, note: &Note) -> Option<EventType> {
        let by = |change: &&Change| (change.target, change.number) == (place.target, note.number);
        self.changes.iter().find(by).and_then(|change| change.event)
    }
}

/// The event of a post whose targets have these states; `None` if it goes on and needs nothing.
fn event(states: &[Status]) -> Option<EventType> {
    match PostStatus::of(states) {
        PostStatus::Draft | PostStatus::Scheduled | PostStatus::Publishing => None,
        PostStatus::Published => Some(EventType::PostPublished),
        PostStatus::PartiallyPublished => Some(EventType::PostPartiallyPublished),
        PostStatus::Failed => Some(EventType::PostFailed),
        PostStatus::NeedsAttention => Some(EventType::PostNeedsAttention),
        PostStatus::Canceled => Some(EventType::PostCanceled),
    }
}

impl Store {
    /// Tells a note to the summary. Returns the event of the post's status that this note made, also if it is told again.
    ///
    /// # Errors
    /// [`Error::Busy`] if the notes of other targets kept coming in between.
    pub(super) async fn summarize(&self, place: &TargetPlace, note: &Note) -> Result<Option<EventType>, Error> {
        if place.targets == 1 {
            // The status of the post is that of its target, and needs no summary.
            let event = event(&[note.status]);
            return Ok(event.filter(|_| event != self::event(&[note.before])));
        }
        let mut known = Summary::default();
        for _ in 0..TRIES {
            let told = known.is_told(place, note);
            let (writes, last) = (known.writes, known.last_event());
            let next = known.with(place, note);
            let event = next.event(place);
            if event == last {
                if told {
                    return Ok(next.change_by(place, note));
                }
                // It changes nothing that the notes of other targets depend on.
                let update = self
                    .update_summary(place, &next, "")
                    .condition_expression("attribute_not_exists(#target) OR #target.#number < :note")
                    .expression_attribute_names("#number", "number")
                    .expression_attribute_values(":note", number(note.number));
                known = written(update).await?.1;
                continue;
            }
            let change = Change { target: place.target, number: note.number, event };
            let dropped = (next.changes.len() + 1).saturating_sub(KEPT);
            let changes: Vec<_> = next.changes.iter().skip(dropped).chain([&change]).collect();
            let update = self
                .update_summary(place, &next, ", changes = :changes")
                .expression_attribute_values(":changes", to_value(&changes));
            // Two notes may both find that they change the status: one of them does.
            let update = match writes {
                0 => update.condition_expression("attribute_not_exists(writes)"),
                _ => update
                    .condition_expression("writes = :writes")
                    .expression_attribute_values(":writes", number(writes)),
            };
            match written(update).await? {
                (true, _) => return Ok(event),
                (false, existing) => known = existing,
            }
        }
        Err(Error::Busy)
    }

    fn update_summary(&self, place: &TargetPlace, next: &Summary, set: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(place.pk.clone(), keys::summary(place.version))))
            .update_expression(format!("SET #target = :noted{set} ADD writes :one"))
            .expression_attribute_names("#target", place.target.to_string())
            .expression_attribute_values(":noted", to_value(&next.targets.get(&place.target)))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Whether the summary was written, and what it is now.
async fn written(update: UpdateItemFluentBuilder) -> Result<(bool, Summary), Error> {
    match update.send().await {
        Ok(done) => Ok((true, Summary::read(done.attributes.unwrap_or_default())?)),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok((false, failed.item().cloned().map_or_else(|| Ok(Summary::default()), Summary::read)?))
            }
            _ => Err(Error::sdk(error)),
        },
    }
}
