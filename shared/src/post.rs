//! A post: one content for one client's accounts, at one time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ClientId, PostId},
    schedule::Schedule,
    target::{State, Target},
};

/// The most bytes of a post's content.
pub const MAX_CONTENT: usize = 65_536;
/// The most accounts of one post.
pub const MAX_TARGETS: usize = 50;

#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub id: PostId,
    pub client: ClientId,
    pub content: String,
    pub schedule: Schedule,
    /// After this, what is not sent is not sent any more.
    pub publish_before: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// In the order the agency named them.
    pub targets: Vec<Target>,
}

/// Computed from the targets, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostStatus {
    Scheduled,
    Publishing,
    Published,
    PartiallyPublished,
    Failed,
    /// A target is held or unconfirmed: somebody has to do something.
    NeedsAttention,
    Canceled,
}

impl PostStatus {
    /// The status of a post whose targets are in these states.
    #[must_use]
    pub fn of(states: &[State]) -> Self {
        let any = |wanted: &[State]| states.iter().any(|state| wanted.contains(state));
        let all = |wanted: State| states.iter().all(|state| *state == wanted);
        if all(State::Canceled) {
            Self::Canceled
        } else if any(&[State::Unconfirmed, State::Held]) {
            Self::NeedsAttention
        } else if any(&[State::Scheduled]) && !any(&[State::Sending, State::Published, State::Failed]) {
            Self::Scheduled
        } else if any(&[State::Sending, State::Scheduled]) {
            Self::Publishing
        } else if !any(&[State::Failed]) {
            Self::Published
        } else if any(&[State::Published]) {
            Self::PartiallyPublished
        } else {
            Self::Failed
        }
    }
}

impl Post {
    #[must_use]
    pub fn status(&self) -> PostStatus {
        PostStatus::of(&self.targets.iter().map(|target| target.state).collect::<Vec<_>>())
    }

    /// When its first target wants something done; none: nothing is left to do.
    #[must_use]
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.targets.iter().filter_map(|target| target.next_at).min()
    }

    /// The post as its creation answered it: what a replay answers, whatever has become of it since.
    #[must_use]
    pub fn as_created(mut self) -> Self {
        for target in &mut self.targets {
            let due = target.next_at.unwrap_or(self.created_at);
            *target = Target::new(target.account, target.platform, due, target.first_state == State::Held);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_tells_what_is_left() {
        use State::{Canceled, Failed, Held, Published, Scheduled, Sending, Unconfirmed};
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
        ] {
            assert_eq!(PostStatus::of(&states), status, "{states:?}");
        }
    }
}
