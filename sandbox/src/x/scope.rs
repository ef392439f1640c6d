//! X's OAuth 2.0 scopes.

/// Every scope that X knows.
pub(crate) const KNOWN: &[&str] = &[
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.email",
    "users.read",
    "follows.read",
    "follows.write",
    "offline.access",
    "space.read",
    "mute.read",
    "mute.write",
    "like.read",
    "like.write",
    "list.read",
    "list.write",
    "block.read",
    "block.write",
    "bookmark.read",
    "bookmark.write",
    "dm.read",
    "dm.write",
    "media.write",
];

/// Without it there is no refresh token.
pub(crate) const OFFLINE: &str = "offline.access";

/// Whether a granted list has all of these.
pub(crate) fn covers(granted: &str, needed: &[&str]) -> bool {
    needed.iter().all(|scope| granted.split(' ').any(|granted| granted == *scope))
}
