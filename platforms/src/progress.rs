//! What follows a platform's answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::FaultCode;

/// What follows an answer.
#[derive(Debug, PartialEq)]
pub enum Progress {
    /// Another step, from this state.
    Proceed(Value),
    /// Another step, from this state, but not yet.
    Wait {
        after: Duration,
        state: Value,
    },
    /// It is public; from this state more can be asked about where. Whatever becomes of that, it stays published.
    Visible {
        published: Published,
        after: Duration,
        state: Value,
    },
    Done(Published),
    /// It was taken, and the platform now says that it will not be published.
    Failed {
        code: FaultCode,
        message: String,
    },
}

/// Where the post stands on the platform, as far as the platform says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub platform_post_id: Option<String>,
    pub url: Option<String>,
}
