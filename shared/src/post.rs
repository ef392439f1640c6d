//! A post: one content for one client's accounts, at one time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::{AccountId, ClientId, PostId},
    schedule::Schedule,
};
use platforms::{
    PlatformId,
    media::{MAX_MEDIA, Media},
};
use publishing::{At, Event, Status, Target};

/// Maximum length of a post's content, in bytes.
pub const MAX_CONTENT: usize = 65_536;
/// Maximum number of a post's targets.
pub const MAX_TARGETS: usize = 50;

/// A post's options for one platform, by name.
pub type Options = BTreeMap<String, Value>;

/// Replaces the post's content or media for one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Override {
    /// The text for this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = MAX_CONTENT))]
    pub content: Option<String>,
    /// The media for this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = MAX_MEDIA))]
    pub media: Option<Vec<Media>>,
}

/// By account.
pub type Overrides = BTreeMap<AccountId, Override>;

/// The schema of [`Overrides`].
pub(crate) fn overrides_schema(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": generator.subschema_for::<AccountId>(),
        "additionalProperties": generator.subschema_for::<Override>(),
    })
}

/// Names a target of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetName {
    pub platform: PlatformId,
    pub account: AccountId,
}

impl TargetName {
    #[must_use]
    pub const fn of(target: &Target) -> Self {
        Self { platform: target.platform, account: target.account }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub id: PostId,
    pub client: ClientId,
    pub content: String,
    pub media: Vec<Media>,
    /// Options per platform; each platform's `Spec` lists the options that exist.
    pub options: BTreeMap<PlatformId, Options>,
    pub overrides: Overrides,
    pub schedule: Schedule,
    /// Targets that were not sent by then expire.
    pub publish_before: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// In the order of the request.
    pub targets: Vec<Target>,
}

/// Computed from the targets, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "The status of a post, computed from its targets.")]
pub enum PostStatus {
    /// Not scheduled yet.
    Draft,
    /// Waiting for its time.
    Scheduled,
    /// At least one target is being sent or is still to be sent.
    Publishing,
    /// Published on every account that was not canceled.
    Published,
    /// Published on some accounts, failed on the others.
    PartiallyPublished,
    /// Failed on every account that was not canceled.
    Failed,
    /// A target is held or unconfirmed and needs an action.
    NeedsAttention,
    /// Canceled on every account.
    Canceled,
}

impl PostStatus {
    /// The status of a post whose targets have these states.
    #[must_use]
    pub fn of(states: &[Status]) -> Self {
        let any = |wanted: &[Status]| states.iter().any(|state| wanted.contains(state));
        let all = |wanted: Status| states.iter().all(|state| *state == wanted);
        if all(Status::Canceled) {
            Self::Canceled
        } else if any(&[Status::Unconfirmed, Status::Held]) {
            Self::NeedsAttention
        } else if any(&[Status::Draft]) {
            Self::Draft
        } else if any(&[Status::Scheduled]) && !any(&[Status::Sending, Status::Published, Status::Failed]) {
            Self::Scheduled
        } else if any(&[Status::Sending, Status::Scheduled]) {
            Self::Publishing
        } else if !any(&[Status::Failed]) {
            Self::Published
        } else if any(&[Status::Published]) {
            Self::PartiallyPublished
        } else {
            Self::Failed
        }
    }
}

impl Post {
    #[must_use]
    pub fn status(&self) -> PostStatus {
        PostStatus::of(&self.targets.iter().map(Target::status).collect::<Vec<_>>())
    }

    /// The text for this account.
    #[must_use]
    pub fn content_for(&self, account: AccountId) -> &str {
        let own = self.overrides.get(&account).and_then(|own| own.content.as_deref());
        own.unwrap_or(&self.content)
    }

    /// The media for this account.
    #[must_use]
    pub fn media_for(&self, account: AccountId) -> &[Media] {
        let own = self.overrides.get(&account).and_then(|own| own.media.as_deref());
        own.unwrap_or(&self.media)
    }

    /// The options for this platform.
    #[must_use]
    pub fn options_for(&self, platform: PlatformId) -> &platforms::Options {
        static NONE: platforms::Options = platforms::Options::new();
        self.options.get(&platform).unwrap_or(&NONE)
    }

    /// The earliest time at which a target needs work; `None` if no target does.
    #[must_use]
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.targets.iter().filter_map(|target| target.next_at).min()
    }

    /// The targets that `chosen` names, after an event of the agency.
    pub fn after(
        &self,
        chosen: impl Fn(&Target) -> bool,
        event: impl Fn() -> Event,
        now: DateTime<Utc>,
    ) -> Vec<Target> {
        let mut targets: Vec<_> = self.targets.iter().filter(|target| chosen(target)).cloned().collect();
        for target in &mut targets {
            let spec = platforms::spec(target.platform);
            target.apply(event(), &At { now, spec, jitter: 0, publish_before: self.publish_before });
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_from_the_states_of_the_targets() {
        use Status::{Canceled, Draft, Failed, Held, Published, Scheduled, Sending, Unconfirmed};
        for (states, status) in [
            (vec![Scheduled, Scheduled], PostStatus::Scheduled),
            (vec![Scheduled, Sending], PostStatus::Publishing),
            (vec![Scheduled, Published], PostStatus::Publishing),
            (vec![Published, Published], PostStatus::Published),
            (vec![Published, Canceled], PostStatus::Published),
            (vec![Published, Failed], PostStatus::PartiallyPublished),
            (vec![Failed, Failed], PostStatus::Failed),
            (vec![Failed, Canceled], PostStatus::Failed),
            (vec![Published, Unconfirmed], PostStatus::NeedsAttention),
            (vec![Held, Scheduled], PostStatus::NeedsAttention),
            (vec![Canceled], PostStatus::Canceled),
            (vec![Draft, Draft], PostStatus::Draft),
        ] {
            assert_eq!(PostStatus::of(&states), status, "{states:?}");
        }
    }

    /// A post is final exactly when each of its targets is.
    #[test]
    fn the_status_is_final_exactly_when_every_target_is() {
        use Status::{Canceled, Draft, Failed, Held, Published, Scheduled, Sending, Unconfirmed};
        let all = [Draft, Scheduled, Sending, Published, Failed, Unconfirmed, Held, Canceled];
        for a in all {
            for b in all {
                for c in all {
                    let states = [a, b, c];
                    let open =
                        states.iter().any(|state| matches!(state, Draft | Scheduled | Sending | Unconfirmed | Held));
                    let status = PostStatus::of(&states);
                    let unfinished = matches!(
                        status,
                        PostStatus::Draft | PostStatus::Scheduled | PostStatus::Publishing | PostStatus::NeedsAttention
                    );
                    assert_eq!(open, unfinished, "{states:?} is {status:?}");
                    let needed = states.iter().any(|state| matches!(state, Unconfirmed | Held));
                    assert_eq!(needed, status == PostStatus::NeedsAttention, "{states:?} is {status:?}");
                }
            }
        }
    }
}
