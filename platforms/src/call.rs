//! A request that an adapter built, with its visible effect.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Request;

/// A request, and what its effect is if the response is lost.
#[derive(Debug)]
pub struct Call {
    pub request: Request,
    pub effect: Effect,
    /// Set if the body is a part of a media file. The platform's previous response named the address, so the request
    /// carries no credential.
    pub upload: Option<Upload>,
}

impl Call {
    #[must_use]
    pub const fn new(request: Request, effect: Effect) -> Self {
        Self { request, effect, upload: None }
    }
}

/// The part of a media file that is a request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Index into the post's media.
    pub media: usize,
    /// Bytes of the file.
    pub range: Range<u64>,
    /// The file's length in bytes.
    pub total: u64,
}

/// The publicly visible effect of a request.
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
