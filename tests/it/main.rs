//! Flows that cross functions, on a real DynamoDB engine and the sandbox, in this process. One module a subject.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod flow;
mod world;
