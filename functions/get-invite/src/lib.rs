//! `GET /v1/connect-invites/{inviteId}`: a connect invite with its link, which is derived again because it is not stored.
//!
//! Errors: 401, 403, 404 (also for another agency's invite, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object, request::public_url},
    clock::Clock,
    deps,
    id::InviteId,
    scope::Scope,
    secrets::LinkKeys,
    store::{Gate, Store},
};
use url::Url;

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub link_keys: LinkKeys,
        pub clock: Clock,
        pub public_url: Option<Url>,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    const PATH: &str = "/v1/connect-invites/{inviteId}";
    Operation::get(PATH, "getInvite", "Connect invites", "Get a connect invite with its link")
        .scope(Scope::AccountsConnect)
        .path::<InviteId>("inviteId", "The invite's id.")
        .one::<object::InviteWithLink>(StatusCode::OK, "The invite with its link.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_invite_of(tenant, id);
    let (_, invite) = api::find(&deps.gate, &request, Scope::AccountsConnect, now, read).await?;
    let token = deps.link_keys.token_of(&invite).map_err(Error::internal)?;
    let public = public_url(&request, deps.public_url.as_ref())?;
    Ok(Response::one(StatusCode::OK, object::invite_with_link(&invite, now, token.as_ref(), &public)))
}
