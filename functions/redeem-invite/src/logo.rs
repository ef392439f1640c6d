//! The agency's logo, for a link that is open. Errors are problem documents, because the logo is requested by a page.

use http::header;
use shared::api::{Error, Response};

use super::{Deps, open::invite_of};

/// # Errors
/// 404 if the link is not open or the agency has no logo.
pub(super) async fn show(deps: &Deps, token: &str) -> Result<Response, Error> {
    let none = || Error::not_found("logo");
    let id = invite_of(deps, token).map_err(|_| none())?;
    let invite = deps.store.find_invite(id).await?.ok_or_else(none)?;
    invite.open(deps.clock.now()).map_err(|_| none())?;
    let file = deps.gate.logo(invite.tenant).await?.ok_or_else(none)?;
    // Opened as a document, it must not run anything that a browser finds in its bytes.
    Ok(Response::file(file.logo.format.content_type(), file.bytes)
        .with(header::CONTENT_SECURITY_POLICY, "default-src 'none'")
        .with(header::CACHE_CONTROL, "private, max-age=300"))
}
