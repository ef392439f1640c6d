//! `DELETE /v1/connect-invites/{inviteId}`: withdraws a connect link. The link stops working at once, and a connection in
//! progress fails. Accounts that it has connected stay connected.
//!
//! Safe to repeat: withdrawing a withdrawn link changes nothing.
//!
//! Errors: 401, 403, 404 (also for another agency's invite, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{self, Code, Error, Request, Response, contract::Operation, object},
    clock::Clock,
    deps,
    id::InviteId,
    invite::Invite,
    scope::Scope,
    store::{Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    const PATH: &str = "/v1/connect-invites/{inviteId}";
    Operation::delete(PATH, "revokeInvite", "Connect invites", "Withdraw a connect link")
        .describe(
            "The link stops working at once, and a connection in progress fails. Accounts that it has connected stay \
             connected. Safe to repeat.",
        )
        .scope(Scope::AccountsConnect)
        .path::<InviteId>("inviteId", "The invite's id.")
        .one::<object::Invite>(StatusCode::OK, "The withdrawn invite.")
        .error(Code::NotFound)
}

/// # Errors
/// 401, 403, 404, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_invite_of(tenant, id);
    let (_, invite) = api::find(&deps.gate, &request, Scope::AccountsConnect, now, read).await?;
    if !invite.revoked {
        deps.store.revoke_invite(invite.id).await?;
    }
    Ok(Response::one(StatusCode::OK, object::invite(&Invite { revoked: true, ..invite }, now)))
}
