//! `/www.instagram.com/oauth/authorize`: the authorization request, checked to the letter, and consent.

use bytes::Bytes;
use http::Request;

use super::Instagram;
use crate::{
    Sandbox,
    oauth::{authorize::Dialog, code, consent},
    reply::{Reply, Stop},
};

/// Without it nothing else is granted.
const BASIC: &str = "instagram_business_basic";
pub(super) const PUBLISH: &str = "instagram_business_content_publish";

pub(super) const DIALOG: Dialog = Dialog {
    path: "/www.instagram.com/oauth/authorize",
    parameters: &["client_id", "redirect_uri", "response_type", "scope", "state"],
    client: "client_id",
    scopes: &[
        BASIC,
        PUBLISH,
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
        "instagram_business_manage_messages",
    ],
    separator: ',',
    may_withhold: false,
    further: |_, asking| {
        if !asking.scopes.contains(&BASIC) {
            return Err(format!("The parameter scope must have {BASIC}."));
        }
        Ok(())
    },
};

/// `POST`: the consent form, which carries the request and one of `account` (a username) and `cancel`.
pub(super) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(sandbox, request)?;
    let (asking, account) = consent::decided::<Instagram>(sandbox, &fields)?;
    // Instagram appends this fragment, which is no part of the last parameter.
    let fragment = Some("_");
    Ok(match account {
        Some(account) => {
            let code = code::issue::<Instagram>(sandbox, &asking, account.id, &asking.scopes.join(",")).await?;
            consent::back(asking.redirect_uri, &[("code", &code), ("state", asking.state)], fragment)?
        }
        None => {
            let declined = [
                ("error", "access_denied"),
                ("error_reason", "user_denied"),
                ("error_description", "The user denied your request."),
                ("state", asking.state),
            ];
            consent::back(asking.redirect_uri, &declined, fragment)?
        }
    })
}
