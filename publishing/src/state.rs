//! The states of a target, and the transitions between them.

use chrono::{DateTime, Utc};
use platforms::Published;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// Where a target is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// The post has no publishing time yet.
    Draft,
    /// Nothing was sent.
    Waiting,
    /// It has a plan, and no commit is in flight. `since`: when the first commit was sent whose outcome is not known; the
    /// next one repeats it.
    Preparing {
        since: Option<DateTime<Utc>>,
    },
    /// A commit is on record and may be in flight. `since`: as in `Preparing`, before this commit.
    Committing {
        since: Option<DateTime<Utc>>,
    },
    /// The platform has taken the post and may publish it at any time.
    Taken,
    /// The post is public; its id or address is still to be asked for.
    Visible {
        post: Published,
    },
    /// The outcome of the commits since `since` is not known. It is read back.
    Doubt {
        since: DateTime<Utc>,
        looks: u32,
        then: Then,
    },
    /// The outcome is not known, and no read-back will tell: a person decides.
    Unconfirmed,
    /// Nothing was sent. The account has to be connected again first.
    Held,
    Published {
        post: Published,
    },
    Failed {
        absence: Absence,
    },
    Canceled {
        absence: Absence,
    },
}

/// What follows once it is proven that no commit took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is sent again.
    Repeat,
    /// It is sent again after one read-back: a person has looked and did not find it.
    RepeatAsTold,
    Fail(Fault),
}

/// Why a target that failed or was canceled is not on the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Nothing was sent, or the platform said that it did not take it.
    Proven,
    /// It was not found, and a late write would have landed by now. It is looked for again; `looks` is how often it was.
    Inferred { looks: u32 },
    /// A person looked.
    Told,
}

/// The name of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    Draft,
    Waiting,
    Preparing,
    Committing,
    Taken,
    Visible,
    Doubt,
    Unconfirmed,
    Held,
    Published,
    Failed,
    Canceled,
}

impl Name {
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Waiting,
        Self::Preparing,
        Self::Committing,
        Self::Taken,
        Self::Visible,
        Self::Doubt,
        Self::Unconfirmed,
        Self::Held,
        Self::Published,
        Self::Failed,
        Self::Canceled,
    ];

    /// The states that may follow this one; staying is always legal. An edit replaces a target and is no transition.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        use Name::{
            Canceled, Committing, Doubt, Failed, Held, Preparing, Published, Taken, Unconfirmed, Visible, Waiting,
        };
        match self {
            Self::Draft => &[Canceled],
            Self::Waiting => &[Preparing, Held, Failed, Canceled],
            Self::Held => &[Waiting, Preparing, Failed, Canceled],
            // Taken, visible, published: the platform knew the post already, from an earlier commit; or a person found it.
            Self::Preparing => &[Committing, Taken, Visible, Published, Doubt, Held, Failed, Canceled, Unconfirmed],
            // A cancel during a commit is applied after the answer to it, or after the worker is gone.
            Self::Committing => &[Preparing, Taken, Visible, Published, Doubt, Failed],
            // Preparing: the platform took the post and then dropped it.
            Self::Taken => &[Preparing, Visible, Published, Doubt, Unconfirmed, Failed, Canceled],
            Self::Visible => &[Published],
            Self::Doubt => &[Preparing, Taken, Visible, Published, Unconfirmed, Failed, Canceled],
            Self::Unconfirmed => &[Published, Failed],
            Self::Published => &[],
            // A late write landed after all; or the agency retries, or had canceled before it failed.
            Self::Failed => &[Waiting, Doubt, Taken, Visible, Published, Canceled],
            Self::Canceled => &[Taken, Visible, Published],
        }
    }
}

impl State {
    #[must_use]
    pub const fn name(&self) -> Name {
        match self {
            Self::Draft => Name::Draft,
            Self::Waiting => Name::Waiting,
            Self::Preparing { .. } => Name::Preparing,
            Self::Committing { .. } => Name::Committing,
            Self::Taken => Name::Taken,
            Self::Visible { .. } => Name::Visible,
            Self::Doubt { .. } => Name::Doubt,
            Self::Unconfirmed => Name::Unconfirmed,
            Self::Held => Name::Held,
            Self::Published { .. } => Name::Published,
            Self::Failed { .. } => Name::Failed,
            Self::Canceled { .. } => Name::Canceled,
        }
    }
}
