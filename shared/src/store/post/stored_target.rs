//! A target in its stored form. One that cannot be read is an error of that target, not of its post.

use platforms::{FaultCode, PlatformId};
use publishing::{Fault, Target};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Error;
use crate::id::{AccountId, PostId};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum StoredTarget {
    Readable(Box<Target>),
    Unreadable(Value),
}

impl From<Target> for StoredTarget {
    fn from(target: Target) -> Self {
        Self::Readable(Box::new(target))
    }
}

impl StoredTarget {
    pub(super) fn is(&self, target: &Target) -> bool {
        matches!(self, Self::Readable(stored) if **stored == *target)
    }

    /// The target; one that cannot be read is unconfirmed, because it may have been published.
    ///
    /// # Errors
    /// Not even its platform can be read.
    pub(super) fn read(self, post: PostId, account: AccountId) -> Result<Target, Error> {
        let stored = match self {
            Self::Readable(target) => return Ok(*target),
            Self::Unreadable(stored) => stored,
        };
        tracing::error!(%post, %account, "the stored state of a target cannot be read");
        let platform = PlatformId::deserialize(&stored["platform"])
            .map_err(|error| Error::Corrupt(format!("{post} has a target without a platform: {error}")))?;
        let message =
            "What was stored about this target cannot be read. Look at the account and decide whether it is published.";
        Ok(Target::unreadable(account, platform, Fault::new(FaultCode::StateUnreadable, message)))
    }
}
