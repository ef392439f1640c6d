//! The ids of the supported social networks.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A social network. [`crate::adapter`] matches it exhaustively, so that a new variant does not compile without an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Platform", description = "A social network.")]
pub enum PlatformId {
    Bluesky,
    Instagram,
    TikTok,
    X,
}

impl PlatformId {
    pub const ALL: [Self; 4] = [Self::Bluesky, Self::Instagram, Self::TikTok, Self::X];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bluesky => "bluesky",
            Self::Instagram => "instagram",
            Self::TikTok => "tiktok",
            Self::X => "x",
        }
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the id of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known platform")]
pub struct UnknownPlatform;

impl FromStr for PlatformId {
    type Err = UnknownPlatform;

    fn from_str(text: &str) -> Result<Self, UnknownPlatform> {
        Self::ALL.into_iter().find(|platform| platform.as_str() == text).ok_or(UnknownPlatform)
    }
}
