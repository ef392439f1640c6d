//! A request of an adapter, and what somebody could see of it.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Request;

/// A request and what may follow if its answer is lost.
#[derive(Debug)]
pub struct Call {
    pub request: Request,
    pub effect: Effect,
    /// Its body is a piece of a file: then the address was named by the platform's own reply, and no credential is sent.
    pub upload: Option<Upload>,
}

impl Call {
    #[must_use]
    pub const fn new(request: Request, effect: Effect) -> Self {
        Self { request, effect, upload: None }
    }
}

/// Which bytes of which of the post's media are the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub media: usize,
    pub range: Range<u64>,
    /// The file's length.
    pub total: u64,
}

/// What a request does that somebody could see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Step", description = "What a request to the platform does that somebody could see.")]
pub enum Effect {
    /// Nothing visible: may be repeated.
    Prepare,
    /// The one visible call: never repeated blindly, only read back.
    Commit,
    /// A read: may be repeated.
    Confirm,
}
