//! A connect invite: until it expires, its link lets a customer connect the platforms that it names.

use chrono::{DateTime, Utc};

use crate::{
    agency::ReturnUrl,
    id::{ClientId, InviteId},
    tenant::Tenant,
};
use platforms::PlatformId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pub id: InviteId,
    pub tenant: Tenant,
    pub client: ClientId,
    pub platforms: Vec<PlatformId>,
    pub expires_at: DateTime<Utc>,
    pub revoked: bool,
    pub created_at: DateTime<Utc>,
    /// The version of the link secret from which the token is derived.
    pub link_version: u8,
    /// Per platform, the immutable user id that was connected through this link. From then on the link can only
    /// reconnect that one.
    pub connected: std::collections::BTreeMap<PlatformId, String>,
    /// Where the customer is sent after connecting everything, if its origin is still on the agency's list.
    pub return_url: Option<ReturnUrl>,
}

/// Why an invite's link is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Revoked,
    Expired,
}

impl Invite {
    /// # Errors
    /// If it has expired at `now` or was revoked.
    pub fn open(&self, now: DateTime<Utc>) -> Result<(), Closed> {
        if self.revoked {
            Err(Closed::Revoked)
        } else if self.expires_at <= now {
            Err(Closed::Expired)
        } else {
            Ok(())
        }
    }
}
