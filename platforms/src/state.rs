//! The state of a publish in its stored form.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Error;

/// A stored state that its adapter cannot read.
#[derive(Debug, thiserror::Error)]
#[error("the stored state of the publish cannot be read: {0}")]
pub struct UnreadableState(#[from] serde_json::Error);

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
    serde_json::to_value(state).expect("a state of texts, numbers and JSON is JSON")
}
