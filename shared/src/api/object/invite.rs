use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::time;
use crate::{
    invite::{Closed, Invite},
    secret::Secret,
};

/// As it was minted, with its link: what minting answers, and a replay of it again.
#[must_use]
pub fn minted_invite(invite: &Invite, token: Option<&Secret>, public_url: &Url) -> Value {
    let mut object = json!({ "object": "connect_invite", "inviteId": invite.id });
    link(&mut object, token, public_url);
    object["platformsRequested"] = json!(invite.platforms);
    object["expiresAt"] = json!(time(invite.expires_at));
    if let Some(return_url) = &invite.return_url {
        object["returnUrl"] = json!(return_url);
    }
    object
}

/// As it stands at `now`, without its link: for lists.
#[must_use]
pub fn invite(invite: &Invite, now: DateTime<Utc>) -> Value {
    let connected: Vec<_> =
        invite.platforms.iter().filter(|platform| invite.connected.contains_key(platform)).collect();
    let mut object = json!({
        "object": "connect_invite",
        "inviteId": invite.id,
        "clientId": invite.client,
        "status": match invite.open(now) {
            Ok(()) => "open",
            Err(Closed::Expired) => "expired",
            Err(Closed::Revoked) => "revoked",
        },
        "platformsRequested": invite.platforms,
        "platformsConnected": connected,
        "createdAt": time(invite.created_at),
        "expiresAt": time(invite.expires_at),
    });
    if let Some(return_url) = &invite.return_url {
        object["returnUrl"] = json!(return_url);
    }
    object
}

/// As it stands at `now`, with its link. One whose link nobody can make any more has expired.
#[must_use]
pub fn invite_with_link(standing: &Invite, now: DateTime<Utc>, token: Option<&Secret>, public_url: &Url) -> Value {
    let mut object = invite(standing, now);
    if token.is_none() && object["status"] == "open" {
        object["status"] = json!("expired");
    }
    link(&mut object, token, public_url);
    object
}

fn link(object: &mut Value, token: Option<&Secret>, public_url: &Url) {
    let url = token.map(|token| {
        let mut url = public_url.clone();
        url.set_path(&format!("/invite/{}", token.expose()));
        url
    });
    object["url"] = json!(url);
    object["token"] = json!(token.map(Secret::expose));
}
