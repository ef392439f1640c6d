//! `/x.com/i/oauth2/authorize`: the consent form.

use bytes::Bytes;
use http::Request;

use super::{oauth::OAUTH, scope};
use crate::{
    behavior::Behavior,
    context::Context,
    oauth::{code, consent},
    reply::{Reply, Stop},
};

/// `POST`: the decision, with the parameters of the request.
pub(super) async fn decide(context: &Context, http_request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(context, http_request)?;
    let (request, account) = consent::decided(context, &OAUTH, &fields)?;
    let answer = match account {
        Some(account) => {
            let withheld = if account.behavior == Behavior::WithholdsMedia { scope::MEDIA } else { "" };
            let scopes: Vec<&str> = request.scopes.iter().copied().filter(|scope| *scope != withheld).collect();
            ("code", code::issue(context, &OAUTH.tokens, &request, account.id, &scopes.join(" ")).await?)
        }
        None => ("error", "access_denied".to_owned()),
    };
    Ok(consent::redirect(request.redirect_uri, &[("state", request.state), (answer.0, &answer.1)], None)?)
}
