//! The state of a publish in its stored form.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Error;

/// A stored state from which its adapter cannot make a request.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableState {
    #[error("the stored state of the publish cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// An address of a server that the state names is no URI, or is too long for one.
    #[error("the next request of the publish cannot be made: {0}")]
    Request(#[from] http::Error),
    /// What every such state has is not there.
    #[error("the stored state of the publish lacks {0}")]
    Lacks(&'static str),
}

impl From<UnreadableState> for Error {
    fn from(unreadable: UnreadableState) -> Self {
        Self::OutcomeUnknown(unreadable.to_string())
    }
}

/// Reads what [`store`] wrote.
pub(super) fn restore<T: DeserializeOwned>(state: &Value) -> Result<T, UnreadableState> {
    Ok(T::deserialize(state)?)
}

pub(super) fn store(state: impl Serialize) -> Value {
    #[expect(clippy::expect_used, reason = "our own states have string keys and no failing serializer")]
    serde_json::to_value(state).expect("a state of texts, numbers and JSON is JSON")
}
