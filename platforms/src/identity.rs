//! The person behind an account, as a platform names them.

/// Who somebody is on a platform, in the platform's own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The immutable id; never the handle, which can change hands.
    pub user_id: String,
    pub handle: String,
    pub display_name: String,
}
