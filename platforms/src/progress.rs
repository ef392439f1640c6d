//! The progress of a publish.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::FaultCode;

/// What follows a successful response.
#[derive(Debug, PartialEq)]
pub enum Progress {
    /// Take the next step from this state at once.
    Proceed(Value),
    /// Take the next step from this state, but not before `after` has passed.
    Wait { after: Duration, state: Value },
    /// The post is public. The next step from this state only asks for its id or address; whatever that yields, the
    /// post stays published.
    Visible { published: Published, after: Duration, state: Value },
    /// The post is public and nothing is left to ask.
    Done(Published),
    /// The platform had accepted the post, and now reports that it will not publish it.
    Failed { code: FaultCode, message: String },
}

/// The published post, as far as the platform identifies it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub platform_post_id: Option<String>,
    pub url: Option<String>,
}
