//! A request that an adapter built, with its visible effect.

use std::ops::Range;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Request;

/// A request, what authenticates it, and what its effect is if the response is lost.
#[derive(Debug)]
pub struct Call {
    pub request: Request,
    pub effect: Effect,
    pub credential: Credential,
    /// Set if the body carries a part of a media file. `request` then has an empty body, and a `Content-Length` for the
    /// whole.
    pub upload: Option<Upload>,
}

impl Call {
    /// A request with the account's grant and its whole body.
    #[must_use]
    pub const fn new(request: Request, effect: Effect) -> Self {
        Self { request, effect, credential: Credential::Grant, upload: None }
    }
}

/// What authenticates a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The account's access token.
    Grant,
    /// Nothing: the platform's previous response named an address that is a credential itself, or the request reads a page
    /// of a third party. If such a page cannot be reached, [`Adapter::read`](crate::Adapter::read) gets an empty response
    /// with status 504.
    None,
    /// A token for one method of another service, which the account's server issues just before the request. It is never
    /// stored. A service that cannot be reached gives the response of [`Self::None`], and a refusal of the token by the
    /// account's server is the response. <https://docs.bsky.app/docs/api/com-atproto-server-get-service-auth>
    Service {
        /// The DID of the service that accepts the token.
        audience: String,
        /// The method that the token is for.
        method: &'static str,
    },
}

/// The part of a file in a request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub source: Source,
    /// Bytes of the file.
    pub range: Range<u64>,
    /// The file's length in bytes.
    pub total: u64,
    pub frame: Frame,
}

/// Where the bytes of an upload come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Index into the post's media.
    Media(usize),
    /// An address that a page of a third party named.
    Page(String),
}

/// The bytes of a body before and after those of a file, as the parts of a multipart form have them. Mostly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    pub before: Bytes,
    pub after: Bytes,
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
    /// A read: may be repeated. Or an addition to a post that is public already, such as a comment.
    Confirm,
}
