//! How long the tokens of a grant are valid.

pub(crate) struct Lifetimes {
    /// Of an access token, in seconds.
    pub(crate) access: i64,
    pub(crate) refresh: RefreshLifetime,
}

pub(crate) enum RefreshLifetime {
    /// No refresh token is issued.
    NotIssued,
    /// Valid until it is used.
    UntilUsed,
    /// Valid for this many seconds, or until it is used.
    Seconds(i64),
}
