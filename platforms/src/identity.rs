//! The owner of an account, as the platform names them.

/// An account's identity, from the platform's own response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The immutable id. A handle can be given to another account.
    pub user_id: String,
    /// The id of the same person for our app alone, where the platform has both.
    pub app_user_id: Option<String>,
    pub handle: String,
    pub display_name: String,
    /// As [`Abilities::max_text`](crate::Abilities::max_text).
    pub max_text: Option<usize>,
}
