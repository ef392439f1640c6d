//! The API's resources as JSON. A resource has the same format in every response.

mod account;
mod action;
mod agency;
mod api_key;
mod client;
mod event;
mod invite;
mod post;

pub use account::{Account, account};
pub use action::{Resolution, Retry, resolution, retry};
pub use agency::{Agency, agency};
pub use api_key::{ApiKey, NewApiKey, RevokedApiKey, api_key, new_api_key};
pub use client::{Client, client};
pub use event::{Event, EventTypes, event};
pub use invite::{Invite, InviteWithLink, MintedInvite, invite, invite_with_link, minted_invite};
pub use post::{Post, post};
