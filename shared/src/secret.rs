//! A text that must not be seen: it has no `Debug`, `Display` or `Serialize`, so it cannot reach a log, an
//! answer or an error by accident.

/// A token, a client secret or an API key.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Every call is a place where a secret leaves its wrapping: to be sealed, or to be sent to
    /// the one server that it belongs to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
