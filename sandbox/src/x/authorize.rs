//! `/x.com/i/oauth2/authorize`: the authorization request, checked to the letter, and consent.

use bytes::Bytes;
use http::Request;

use super::{X, scope};
use crate::{
    Sandbox,
    fields::Fields,
    oauth::{
        authorize::{Asking, Dialog, required},
        code, consent,
    },
    reply::{Reply, Stop},
};

pub(super) const DIALOG: Dialog = Dialog {
    path: "/x.com/i/oauth2/authorize",
    parameters: &[
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ],
    client: "client_id",
    scopes: scope::KNOWN,
    separator: ' ',
    may_withhold: false,
    further,
};

/// RFC 7636: a SHA-256 in base64url without padding has exactly this many characters.
const CHALLENGE_LENGTH: usize = 43;
/// X's documented limit.
const STATE_LIMIT: usize = 500;

fn further<'a>(fields: &'a Fields, asking: &mut Asking<'a>) -> Result<(), String> {
    if asking.state.chars().count() > STATE_LIMIT {
        return Err(format!("The parameter state has more than {STATE_LIMIT} characters."));
    }
    let challenge = required(fields, "code_challenge")?;
    if required(fields, "code_challenge_method")? != "S256" {
        return Err("The parameter code_challenge_method must be S256.".to_owned());
    }
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if challenge.len() != CHALLENGE_LENGTH || !challenge.chars().all(base64url) {
        return Err(format!(
            "The parameter code_challenge is not a SHA-256 in base64url: {CHALLENGE_LENGTH} characters, no padding."
        ));
    }
    asking.challenge = Some(challenge);
    Ok(())
}

/// `POST`: the consent form, which carries the request and one of `account` (a username) and `cancel`.
pub(super) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(sandbox, request)?;
    let (asking, account) = consent::decided::<X>(sandbox, &fields)?;
    let answer = match account {
        Some(account) => ("code", code::issue::<X>(sandbox, &asking, account.id, &asking.scopes.join(" ")).await?),
        None => ("error", "access_denied".to_owned()),
    };
    Ok(consent::back(asking.redirect_uri, &[("state", asking.state), (answer.0, &answer.1)], None)?)
}
