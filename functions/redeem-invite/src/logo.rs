//! The agency's logo, for whoever has an open link. It is asked for by a page, so what fails is no page.

use http::header;
use shared::api::{Error, Response};

use super::{Deps, link};

/// # Errors
/// 404, whatever is not there: a link of ours that is open, or a logo.
pub(super) async fn show(deps: &Deps, token: &str) -> Result<Response, Error> {
    let none = || Error::not_found("logo");
    let id = link::invite_of(deps, token).map_err(|_| none())?;
    let invite = deps.store.find_invite(id).await?.ok_or_else(none)?;
    invite.open(deps.clock.now()).map_err(|_| none())?;
    let file = deps.gate.logo(invite.tenant).await?.ok_or_else(none)?;
    // Opened by itself it is an image and nothing else, whatever a browser might find in its bytes.
    Ok(Response::file(file.logo.format.content_type(), file.bytes)
        .with(header::CONTENT_SECURITY_POLICY, "default-src 'none'")
        .with(header::CACHE_CONTROL, "private, max-age=300"))
}
