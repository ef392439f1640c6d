//! The state of a target, as the API names it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The state of a target for the agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TargetStatus", description = "The state of a post on one account.")]
pub enum Status {
    /// The post has no publishing time yet.
    Draft,
    #[schemars(description = "It waits for its publishing time or for a retry.")]
    Scheduled,
    /// Publishing has begun: a request is in flight, or the platform is processing the post.
    Sending,
    /// The post is public on the account.
    Published,
    /// The platform or Onbehalf refused the post for good.
    Failed,
    #[schemars(description = "It was sent, and the network's response is not known.")]
    Unconfirmed,
    /// The account has to be connected again first.
    Held,
    /// Canceled before it was published.
    Canceled,
}

impl Status {
    /// The status for a post's summary, which does not tell apart what still goes on.
    #[must_use]
    pub const fn summarized(self) -> Self {
        match self {
            Self::Draft | Self::Sending => Self::Scheduled,
            other => other,
        }
    }
}
