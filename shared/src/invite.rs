//! A connect invite: for a while, its link lets a customer connect the platforms it names.

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
    /// The version of the link secret that its token is derived from.
    pub link_version: u8,
    /// The platform identity (its immutable user id) that this link connected, per platform: from then on the link
    /// only reconnects that one.
    pub connected: std::collections::BTreeMap<PlatformId, String>,
    /// Where the customer goes on to when all is connected, if the agency still lists its origin then.
    pub return_url: Option<ReturnUrl>,
}

/// Why a link opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Revoked,
    Expired,
}

impl Invite {
    /// # Errors
    /// Why it does not admit anyone at `now`.
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
