//! The Graph API's address and ids.

/// Meta supports a version for two years.
pub(super) const GRAPH: &str = "https://graph.instagram.com/v25.0";

/// Whether the text is an id: a decimal number. Ids are used in paths.
pub(super) fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
