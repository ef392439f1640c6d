//! Every text that the simulation posts names its post and the version of its content, so that a publication can be told from
//! any other.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Marker {
    pub(crate) post: usize,
    /// Incremented by each edit of the content.
    pub(crate) version: usize,
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of characters that no encoding changes.
        write!(f, "sim-p{}-v{}-end", self.post, self.version)
    }
}

impl Marker {
    /// The first marker in `text`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let (post, rest) = text.split_once("sim-p")?.1.split_once("-v")?;
        let version = rest.split_once("-end")?.0;
        Some(Self { post: post.parse().ok()?, version: version.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_in_a_text() {
        let marker = Marker { post: 3, version: 12 };
        assert_eq!(Marker::find(&format!("Hello {marker}!")), Some(marker));
        assert_eq!(Marker::find("Hello sim-p3-v"), None);
    }
}
