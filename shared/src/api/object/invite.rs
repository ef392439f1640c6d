use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use crate::{
    agency::ReturnUrl,
    id::{ClientId, InviteId},
    invite::{self, Closed},
    secret::Secret,
};
use platforms::PlatformId;

/// A newly minted connect invite, with its link.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MintedInvite<'a> {
    #[schemars(extend("const" = "connect_invite"))]
    object: &'static str,
    invite_id: InviteId,
    /// The link for the customer. Anyone who has it can connect accounts for the client, so send it over a secure channel. `null` if the secret it was derived from has been rotated and removed.
    url: Option<Url>,
    /// The secret part of the link.
    #[schemars(regex(pattern = "^inv_"))]
    token: Option<&'a str>,
    /// The platforms on which the customer can connect one account each.
    platforms_requested: &'a [PlatformId],
    expires_at: DateTime<Utc>,
    /// Where the customer is sent after connecting all accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<&'a ReturnUrl>,
}

/// The current state of a connect invite, without its link.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invite<'a> {
    #[schemars(extend("const" = "connect_invite"))]
    object: &'static str,
    invite_id: InviteId,
    client_id: ClientId,
    status: InviteStatus,
    /// The platforms on which the customer can connect one account each.
    platforms_requested: &'a [PlatformId],
    /// The accounts connected by this link.
    platforms_connected: Vec<PlatformId>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Where the customer is sent after connecting all accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<&'a ReturnUrl>,
}

/// The current state of a connect invite, with its link.
#[derive(Serialize, JsonSchema)]
pub struct InviteWithLink<'a> {
    #[serde(flatten)]
    invite: Invite<'a>,
    /// The link for the customer. Anyone who has it can connect accounts for the client, so send it over a secure channel. `null` if the secret it was derived from has been rotated and removed.
    url: Option<Url>,
    /// The secret part of the link.
    #[schemars(regex(pattern = "^inv_"))]
    token: Option<&'a str>,
}

/// Whether its link works.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum InviteStatus {
    Open,
    Expired,
    Revoked,
}

/// The state when it was minted, with its link: the response to minting and to a replay.
#[must_use]
pub fn minted_invite<'a>(invite: &'a invite::Invite, token: Option<&'a Secret>, public_url: &Url) -> MintedInvite<'a> {
    MintedInvite {
        object: "connect_invite",
        invite_id: invite.id,
        url: link(token, public_url),
        token: token.map(Secret::expose),
        platforms_requested: &invite.platforms,
        expires_at: invite.expires_at,
        return_url: invite.return_url.as_ref(),
    }
}

/// The state at `now`, without its link, for lists.
#[must_use]
pub fn invite(invite: &invite::Invite, now: DateTime<Utc>) -> Invite<'_> {
    let is_connected = |platform: &PlatformId| invite.connected.contains_key(platform);
    Invite {
        object: "connect_invite",
        invite_id: invite.id,
        client_id: invite.client,
        status: match invite.open(now) {
            Ok(()) => InviteStatus::Open,
            Err(Closed::Expired) => InviteStatus::Expired,
            Err(Closed::Revoked) => InviteStatus::Revoked,
        },
        platforms_requested: &invite.platforms,
        platforms_connected: invite.platforms.iter().copied().filter(is_connected).collect(),
        created_at: invite.created_at,
        expires_at: invite.expires_at,
        return_url: invite.return_url.as_ref(),
    }
}

/// The state at `now`, with its link. An invite whose link can no longer be derived has expired.
#[must_use]
pub fn invite_with_link<'a>(
    standing: &'a invite::Invite,
    now: DateTime<Utc>,
    token: Option<&'a Secret>,
    public_url: &Url,
) -> InviteWithLink<'a> {
    let mut invite = invite(standing, now);
    if token.is_none() && invite.status == InviteStatus::Open {
        invite.status = InviteStatus::Expired;
    }
    InviteWithLink { invite, url: link(token, public_url), token: token.map(Secret::expose) }
}

fn link(token: Option<&Secret>, public_url: &Url) -> Option<Url> {
    let mut url = public_url.clone();
    url.set_path(&format!("/invite/{}", token?.expose()));
    Some(url)
}
