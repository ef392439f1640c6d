//! The subset of the document's types and fields that the client uses.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Platform {
    Bluesky,
    Instagram,
    TikTok,
    X,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MintedInvite {
    /// Always present for a new invite. A replay has none if the version of the secret that made the link is gone.
    pub(super) url: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) platform: Platform,
    pub(super) handle: String,
    pub(super) status: AccountStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AccountStatus {
    Connected,
    ReconnectRequired,
    Disconnected,
}

/// The body that creates a post.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPost<'a> {
    pub(super) client_id: &'a str,
    pub(super) content: &'a str,
    pub(super) targets: Targets<'a>,
    pub(super) schedule: Schedule,
}

#[derive(Debug, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(super) enum Targets<'a> {
    Selection { account_ids: &'a [&'a str] },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(super) enum Schedule {
    At { scheduled_at: DateTime<Utc> },
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Post {
    pub(super) id: String,
    pub(super) status: PostStatus,
    pub(super) targets: Vec<Target>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PostStatus {
    Draft,
    Scheduled,
    Publishing,
    Published,
    PartiallyPublished,
    Failed,
    NeedsAttention,
    Canceled,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub(super) status: TargetStatus,
    pub(super) url: Option<String>,
    pub(super) error: Option<TargetError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TargetStatus {
    Draft,
    Scheduled,
    Sending,
    Published,
    Failed,
    Unconfirmed,
    Held,
    Canceled,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "shown when a test fails")]
pub(super) struct TargetError {
    code: String,
    message: String,
    retryable: bool,
    platform_response: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) next_cursor: Option<String>,
    pub(super) has_more: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    pub(super) code: ErrorCode,
    pub(super) status: u16,
    pub(super) retryable: bool,
    #[serde(default)]
    pub(super) errors: Vec<FieldError>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct FieldError {
    pub(super) path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ErrorCode {
    MalformedJson,
    IdempotencyKeyRequired,
    IdempotencyKeyInvalid,
    CursorInvalid,
    CursorExpired,
    AmbiguousCredentials,
    Unauthenticated,
    InsufficientScope,
    NotFound,
    MethodNotAllowed,
    SignatureInvalid,
    IdempotencyKeyReused,
    StateConflict,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    RateLimited,
    Internal,
    Unavailable,
}
