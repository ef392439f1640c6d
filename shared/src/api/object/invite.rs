use serde_json::{Value, json};
use url::Url;

use super::time;
use crate::{invite::Invite, secret::Secret};

/// With its link: for whoever minted it.
#[must_use]
pub fn invite(invite: &Invite, token: &Secret, public_url: &Url) -> Value {
    let mut url = public_url.clone();
    url.set_path(&format!("/invite/{}", token.expose()));
    let mut object = json!({
        "object": "connect_invite",
        "inviteId": invite.id,
        "url": url,
        "token": token.expose(),
        "platformsRequested": invite.platforms,
        "expiresAt": time(invite.expires_at),
    });
    if let Some(return_url) = &invite.return_url {
        object["returnUrl"] = json!(return_url);
    }
    object
}
