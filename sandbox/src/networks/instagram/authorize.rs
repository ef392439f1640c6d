//! `/www.instagram.com/oauth/authorize`: the consent form.

use bytes::Bytes;
use http::Request;

use super::oauth::{BASIC, OAUTH};
use crate::{
    context::Context,
    oauth::{code, consent},
    reply::{Reply, Stop},
};

/// `POST`: the decision, with the parameters of the request.
pub(super) async fn decide(context: &Context, http_request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(context, http_request)?;
    let (request, account) = consent::decided(context, &OAUTH, &fields)?;
    // Instagram appends this fragment. It is not part of the last parameter.
    let fragment = Some("_");
    Ok(match account {
        Some(account) => {
            let left = consent::granted(&fields, &request.scopes);
            let granted: Vec<&str> =
                request.scopes.iter().copied().filter(|scope| *scope == BASIC || left.contains(scope)).collect();
            let code = code::issue(context, &OAUTH.tokens, &request, account.id, &granted.join(",")).await?;
            consent::redirect(request.redirect_uri, &[("code", &code), ("state", request.state)], fragment)?
        }
        None => {
            let declined = [
                ("error", "access_denied"),
                ("error_reason", "user_denied"),
                ("error_description", "The user denied your request."),
                ("state", request.state),
            ];
            consent::redirect(request.redirect_uri, &declined, fragment)?
        }
    })
}
