//! Scopes: what a credential may do.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

macro_rules! scopes {
    ($($scope:ident $name:literal,)*) => {
        /// A permission. The list is closed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[schemars(description = "One permission.")]
        pub enum Scope {
            $(#[serde(rename = $name)] $scope,)*
        }

        impl Scope {
            /// All scopes.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$scope),*];

            /// The scopes of a key for which no others are named: all but `keys.admin`, which has to be asked for.
            #[must_use]
            pub fn default_set() -> Vec<Self> {
                Self::ALL.into_iter().filter(|scope| *scope != Self::KeysAdmin).collect()
            }

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$scope => $name,)*
                }
            }
        }
    };
}

scopes! {
    ClientsRead "clients.read",
    ClientsManage "clients.manage",
    AccountsRead "accounts.read",
    AccountsConnect "accounts.connect",
    PostsRead "posts.read",
    PostsCompose "posts.compose",
    EventsRead "events.read",
    KeysManage "keys.manage",
    KeysAdmin "keys.admin",
    AgencyManage "agency.manage",
}

/// Parses the known scopes and skips the others: keys of earlier versions have scopes that were never used, such as
/// `media.write`.
///
/// # Errors
/// The value is not a list of strings.
pub fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Scope>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let known = |name: &String| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    Ok(names.iter().filter_map(known).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_name_in_json() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }

    #[test]
    fn keys_admin_is_never_given_by_default() {
        let given = Scope::default_set();
        assert_eq!(given.len(), Scope::ALL.len() - 1);
        assert!(!given.contains(&Scope::KeysAdmin));
    }

    #[test]
    fn a_scope_of_an_earlier_version_is_skipped() {
        let stored = serde_json::json!(["media.write", "posts.read", "clients.read", "webhooks.manage"]);
        assert_eq!(known(stored).unwrap(), [Scope::PostsRead, Scope::ClientsRead]);
    }
}
