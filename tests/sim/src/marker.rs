//! Every text that the simulation posts names its post, the version of its content and its account, so that a publication can be
//! told from any other.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Marker {
    pub(crate) post: usize,
    /// Incremented by each edit of the content.
    pub(crate) version: usize,
    /// Index of the fixture's account. The content of a post names its first one; each account has an override.
    pub(crate) account: usize,
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of characters that no encoding changes.
        write!(f, "sim-p{}-v{}-a{}-end", self.post, self.version, self.account)
    }
}

impl Marker {
    /// The first marker in `text`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let (post, rest) = text.split_once("sim-p")?.1.split_once("-v")?;
        let (version, account) = rest.split_once("-end")?.0.split_once("-a")?;
        Some(Self { post: post.parse().ok()?, version: version.parse().ok()?, account: account.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_in_a_text() {
        let marker = Marker { post: 3, version: 12, account: 7 };
        assert_eq!(Marker::find(&format!("Hello {marker}!")), Some(marker));
        assert_eq!(Marker::find("Hello sim-p3-v1-end"), None);
    }
}
