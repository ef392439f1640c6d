//! The progress of a publish.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::FaultCode;

/// What follows an answer.
#[derive(Debug, PartialEq)]
pub enum Progress {
    /// The platform has not taken the post. Take the next step from this state at once.
    Proceed(Value),
    /// The platform has not taken the post. Take the next step from this state when `after` has passed.
    Wait { after: Duration, state: Value },
    /// What was prepared is of no more use, for a reason that may pass. Start over from this state when `after` has passed.
    StartOver { after: Duration, state: Value, code: FaultCode, message: String },
    /// The platform has taken the post and may publish it at any time. The next steps from this state only ask for its
    /// status.
    Taken { after: Duration, state: Value },
    /// The post is public. The next step from this state only asks for its id or address; whatever that yields, the
    /// post stays published.
    Visible { published: Published, after: Duration, state: Value },
    /// The post is public and nothing is left to ask.
    Done(Published),
    /// The platform had accepted the post, and now reports that it will not publish it.
    Failed { code: FaultCode, message: String },
}

/// What a read-back says of a commit without an answer.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// The outcome is known.
    Known(Progress),
    /// There is no such post yet. [`Spec::absence`](crate::Spec::absence) says when that proves anything; from then on, the
    /// next step is from the state `again`.
    Missing { again: Value },
    /// The platform says that the commit will never take effect. The next step is from the state `again`.
    Absent { again: Value },
}

/// The published post, as far as the platform identifies it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub platform_post_id: Option<String>,
    pub url: Option<String>,
}
