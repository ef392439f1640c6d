//! Faults of the sandbox itself.

/// A fault of the sandbox. It is answered with a 500 and never as an error of a simulated platform.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the request to the sandbox's table failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("an item of the sandbox's table cannot be decoded")]
    Corrupt(#[from] serde_dynamo::Error),
    #[error("concurrent requests kept changing the same item")]
    Busy,
    #[error("the system's random number generator failed")]
    NoRandomness,
    #[error("a value cannot be written as a header")]
    Header(#[from] http::header::InvalidHeaderValue),
}
