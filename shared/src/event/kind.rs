//! The types of events, and the choice of some of them.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[schemars(description = "What happened. More types may follow: ignore those that you do not know.")]
        pub enum EventType {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl EventType {
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$kind),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A post was created, as a draft or with a time.
    PostCreated "post.created",
    /// A post was edited. `changed` names its fields.
    PostUpdated "post.updated",
    /// Each target of a post was canceled.
    PostCanceled "post.canceled",
    /// A post was published on each account that was not canceled.
    PostPublished "post.published",
    /// A post was published on some accounts, and failed on the others.
    PostPartiallyPublished "post.partially_published",
    /// A post failed on each account that was not canceled.
    PostFailed "post.failed",
    /// A target of a post is held or unconfirmed.
    PostNeedsAttention "post.needs_attention",
    /// A post is public on an account.
    TargetPublished "target.published",
    /// A post was refused for an account, for good.
    TargetFailed "target.failed",
    /// A post waits until its account is connected again.
    TargetHeld "target.held",
    /// A post was sent to an account, and it is not known whether it was published.
    TargetUnconfirmed "target.unconfirmed",
    /// A person set the outcome of an unconfirmed target.
    TargetResolved "target.resolved",
}

impl FromStr for EventType {
    type Err = UnknownType;

    fn from_str(name: &str) -> Result<Self, UnknownType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownType)
    }
}

/// No event has this type.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownType;

/// Some types of events, in the order of [`EventType::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Vec<EventType>);

impl Filter {
    #[must_use]
    pub fn all() -> Self {
        Self(EventType::ALL.to_vec())
    }

    #[must_use]
    pub fn admits(&self, kind: EventType) -> bool {
        self.0.contains(&kind)
    }
}

impl FromStr for Filter {
    type Err = UnknownType;

    /// Parses a list such as `post.*,target.failed`: exact names, or all that begin alike.
    fn from_str(list: &str) -> Result<Self, UnknownType> {
        let mut chosen = Vec::new();
        for name in list.split(',').map(str::trim) {
            match name.strip_suffix(".*") {
                Some(thing) => {
                    let before = chosen.len();
                    let of = |kind: &EventType| kind.as_str().split_once('.').is_some_and(|(of, _)| of == thing);
                    chosen.extend(EventType::ALL.into_iter().filter(of));
                    if chosen.len() == before {
                        return Err(UnknownType);
                    }
                }
                None => chosen.push(name.parse()?),
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(Self(chosen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_name_in_json() {
        for kind in EventType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }

    #[test]
    fn a_filter_takes_names_and_families() {
        use EventType::{PostFailed, TargetFailed, TargetResolved};
        let filter: Filter = "post.failed, target.*".parse().unwrap();
        assert_eq!(filter.0.len(), 6);
        assert!([PostFailed, TargetFailed, TargetResolved].into_iter().all(|kind| filter.admits(kind)));
        assert!(!filter.admits(EventType::PostCreated));
        for unknown in ["", "post", "posts.*", "post.failed,", "*", ".*"] {
            assert_eq!(unknown.parse::<Filter>(), Err(UnknownType), "{unknown}");
        }
    }
}
