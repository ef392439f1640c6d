//! The things of the API as JSON, each in one shape wherever it is answered.

mod account;
mod agency;
mod api_key;
mod client;
mod invite;
mod post;

pub use account::account;
pub use agency::agency;
pub use api_key::api_key;
pub use client::client;
pub use invite::{invite, invite_with_link, minted_invite};
pub use post::{post, resolution, retry};

use chrono::{DateTime, SecondsFormat, Utc};

/// RFC 3339 in UTC; milliseconds only where there are some.
fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
