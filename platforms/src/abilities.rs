//! What an account may do beyond, or short of, other accounts of its platform.

use serde::{Deserialize, Serialize};

use crate::Spec;

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
    pub fn missing(&self, spec: &Spec, scopes: &[&'static str]) -> Vec<&'static str> {
        self.scopes.as_ref().map_or_else(Vec::new, |granted| spec.missing(scopes, granted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PlatformId;

    #[test]
    fn scopes_that_are_not_known_are_not_missing() {
        let unknown = Abilities::default();
        let some = Abilities { scopes: Some(vec!["read".into()]), max_text: None };
        let spec = crate::spec(PlatformId::X);
        assert!(unknown.missing(spec, &["read", "write"]).is_empty());
        assert_eq!(some.missing(spec, &["read", "write"]), ["write"]);
    }

    #[test]
    fn the_scopes_of_an_older_server_permit_all() {
        let granted = |scopes: &[&str]| Abilities {
            scopes: Some(scopes.iter().map(ToString::to_string).collect()),
            max_text: None,
        };
        let spec = crate::spec(PlatformId::Bluesky);
        assert!(granted(&["atproto", "transition:generic"]).missing(spec, spec.scopes).is_empty());
        assert_eq!(granted(&["atproto", "transition:email"]).missing(spec, &["blob:*/*"]), ["blob:*/*"]);
        let plain = granted(&["transition:generic"]).missing(crate::spec(PlatformId::X), &["tweet.read"]);
        assert_eq!(plain, ["tweet.read"], "a network without older servers");
    }
}
