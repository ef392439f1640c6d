//! The deadlines of calls to AWS. By default the SDK limits only the time of connecting, so a server that accepts a request and
//! never answers would hold a function until Lambda ends it.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

/// One attempt, from the connection to the last byte of the answer. DynamoDB and SQS answer within tens of milliseconds.
pub const ATTEMPT: Duration = Duration::from_secs(2);
/// A call with all its attempts. The SDK makes at most three.
pub const OPERATION: Duration = Duration::from_secs(8);

/// The deadlines for the settings of every SDK client.
#[must_use]
pub fn deadlines() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build()
}

#[cfg(test)]
mod tests;
