//! A text that must not leak: it has no `Debug`, `Display` or `Serialize`, so it cannot reach a log, an answer or an
//! error by accident.

/// A token, a client secret or an API key.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text. Call it only to seal the secret or to send it to the server that it belongs to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
