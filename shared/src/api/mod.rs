//! The HTTP contract: authentication, requests, and the format of every response.

pub mod auth;
pub mod code;
pub mod contract;
pub mod error;
pub mod fields;
pub mod idempotency;
pub mod object;
pub mod page;
pub mod request;
pub mod resource;
pub mod response;
mod unique;

pub use auth::{Caller, admit, admit_with_keys, asking};
pub use code::Code;
pub use error::{Error, FieldError};
pub use fields::Fields;
pub use request::Request;
pub use resource::{find, look_up};
pub use response::Response;
