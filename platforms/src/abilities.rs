//! What an account may do beyond, or short of, other accounts of its platform.

use serde::{Deserialize, Serialize};

/// Read when the account is connected, and stored with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// The scopes that the customer granted. `None` for an account that was connected before they were stored: the
    /// platform then decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The most characters of a text, counted as the platform counts, if this account may write more than others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_text: Option<usize>,
}

impl Abilities {
    /// Those of `scopes` that the customer did not grant.
    #[must_use]
    pub fn missing(&self, scopes: &[&'static str]) -> Vec<&'static str> {
        let Some(granted) = &self.scopes else { return Vec::new() };
        scopes.iter().copied().filter(|scope| !granted.iter().any(|has| has == scope)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_are_not_known_are_not_missing() {
        let unknown = Abilities::default();
        let some = Abilities { scopes: Some(vec!["read".into()]), max_text: None };
        assert!(unknown.missing(&["read", "write"]).is_empty());
        assert_eq!(some.missing(&["read", "write"]), ["write"]);
    }
}
