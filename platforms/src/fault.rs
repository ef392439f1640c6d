//! Why a post is not published on an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What has to be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TargetErrorCategory")]
pub enum Category {
    Auth,
    Content,
    Media,
    Quota,
    Account,
    Platform,
    Network,
}
