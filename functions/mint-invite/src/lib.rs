//! `POST /v1/clients/{clientId}/connect-invites` `{platforms, expiresInHours?, returnUrl?}`: mints a connect link for
//! a client.
//!
//! Safe to repeat: the invite's id is derived from the idempotency key, and its token from the id, so a replay returns
//! the same link although no link is stored.
//!
//! Errors: 400, 401, 403, 404, 409, 413, 415, 422 (also for a platform that is not offered in this mode, and for a return
//! URL that is not of an origin on the agency's list), 429.

mod asked;

use std::collections::BTreeMap;

use http::StatusCode;
use shared::{
    api::{
        self, Code, Error, Request, Response,
        contract::Operation,
        idempotency::Identity,
        object,
        request::{json, path_id, public_url},
    },
    clock::Clock,
    deps,
    id::{ClientId, InviteId},
    invite::Invite,
    scope::Scope,
    secrets::LinkKeys,
    site::Sites,
    store::{Gate, Inserted, Store},
};
use url::Url;

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub link_keys: LinkKeys,
        pub offered: Sites,
        pub clock: Clock,
        pub public_url: Option<Url>,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    const PATH: &str = "/v1/clients/{clientId}/connect-invites";
    Operation::post(PATH, "mintInvite", "Connect invites", "Mint a connect link for a client")
        .describe(
            "The customer opens the link and authorizes their own accounts, one on each of the link's platforms. A replay returns \
             the same link.",
        )
        .scope(Scope::AccountsConnect)
        .path::<ClientId>("clientId", "The client's id.")
        .body::<asked::Asked>()
        .one::<object::MintedInvite>(StatusCode::CREATED, "The invite with its link.")
        .idempotent()
        .error(Code::NotFound)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let id: Result<ClientId, Error> = path_id(&request, "clientId", "client");
    // The agency is read in parallel with the client, and only for an invite with a return URL.
    let body = json(&request);
    let returns = body.as_ref().is_ok_and(|body| body.get(asked::RETURN_URL).is_some());
    let read = async {
        let tenant = asking.claimed_tenant();
        let agency = async { if returns { deps.gate.agency(tenant).await } else { Ok(None) } };
        Ok::<_, Error>(tokio::try_join!(deps.store.find_client(tenant, id?), agency)?)
    };
    let (caller, found) = asking.admit(Scope::AccountsConnect, now, read).await?;

    let (found, agency) = found?;
    let body = body?;
    let identity = Identity::of(&request, &caller, &body)?;
    let asked = asked::read(body)?;
    let id = InviteId::derive(&identity.parts());

    let allowed = match found {
        Some(client) => caller
            .require_client(client.id, "client")
            .and_then(|()| asked.is_allowed(&deps.offered, caller.tenant.mode, agency.as_ref()))
            .map(|()| client),
        None => Err(Error::not_found("client")),
    };
    let (invite, replayed) = match allowed {
        Ok(client) => {
            let lifetime = asked.lifetime();
            let invite = Invite {
                id,
                tenant: caller.tenant,
                client: client.id,
                platforms: asked.platforms,
                // Truncated to whole seconds, so that the response has the stored time.
                expires_at: chrono::DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now) + lifetime,
                revoked: false,
                created_at: now,
                link_version: deps.link_keys.version(),
                connected: BTreeMap::new(),
                return_url: asked.return_url,
            };
            match deps.store.insert_invite(&invite, &identity.origin).await? {
                Inserted::New => (invite, false),
                Inserted::Replayed(invite) => (invite, true),
                Inserted::KeyReused => return Err(Error::key_reused()),
            }
        }
        // The request may have succeeded before and be refused now because settings have changed: then replay it.
        Err(refusal) => match deps.store.replay_invite(id, &identity.origin).await? {
            Some(Inserted::KeyReused) => return Err(Error::key_reused()),
            Some(Inserted::Replayed(invite)) => (invite, true),
            Some(Inserted::New) | None => return Err(refusal),
        },
    };

    let token = deps.link_keys.token_of(&invite).map_err(Error::internal)?;
    let public = public_url(&request, deps.public_url.as_ref())?;
    Ok(Response::one(StatusCode::CREATED, object::minted_invite(&invite, token.as_ref(), &public)).replayed(replayed))
}
