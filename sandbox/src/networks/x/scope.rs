//! X's OAuth 2.0 scopes.

pub(crate) const ALL: &[&str] = &[
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
    MEDIA,
];

pub(crate) const MEDIA: &str = "media.write";

/// X issues a refresh token only with this scope.
pub(crate) const OFFLINE: &str = "offline.access";

/// Whether the granted scopes, separated by spaces, include all of `needed`.
pub(crate) fn covers(granted: &str, needed: &[&str]) -> bool {
    needed.iter().all(|scope| granted.split(' ').any(|granted| granted == *scope))
}
