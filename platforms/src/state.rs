//! The state of a publish in its stored form.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Reads what [`store`] wrote.
pub(super) fn restore<T: DeserializeOwned>(state: &Value) -> T {
    T::deserialize(state).expect("a publish's state is what its adapter stored")
}

pub(super) fn store(state: impl Serialize) -> Value {
    serde_json::to_value(state).expect("a state of texts, numbers and JSON is JSON")
}
