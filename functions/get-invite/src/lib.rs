//! `GET /v1/connect-invites/{inviteId}`: a connect invite with its link, which is derived again, as it is stored nowhere.
//!
//! Errors: 401, 403, 404 (also for another agency's invite, or another client's than the key is bound to), 429.

use http::StatusCode;
use shared::{
    api::{
        self, Code, Error, Request, Response,
        contract::Operation,
        object,
        request::{path_id, public_url},
    },
    clock::Clock,
    deployment::{self, Deployment},
    id::InviteId,
    scope::Scope,
    secrets::LinkKeys,
    store::{Gate, Store},
};
use url::Url;

pub struct Deps {
    pub gate: Gate,
    pub store: Store,
    pub link_keys: LinkKeys,
    pub clock: Clock,
    pub public_url: Option<Url>,
}

impl Deps {
    /// # Errors
    /// The environment's and the secret's.
    pub async fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self {
            gate: deployment.gate()?,
            store: deployment.store()?,
            link_keys: deployment.link_keys().await?,
            clock: deployment.clock.clone(),
            public_url: deployment.config.public_url.clone(),
        })
    }
}

/// How it stands in `openapi.json`.
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
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let id: Result<InviteId, Error> = path_id(&request, "inviteId", "connect invite");
    let read = async { Ok::<_, Error>(deps.store.find_invite(id?).await?) };
    let (caller, found) = api::admit(&deps.gate, &request, &asking, Scope::AccountsConnect, now, read).await?;

    let invite = caller.require_invite(found?)?;
    let token = deps.link_keys.token_of(&invite).map_err(Error::internal)?;
    let public = public_url(&request, deps.public_url.as_ref())?;
    Ok(Response::one(StatusCode::OK, object::invite_with_link(&invite, now, token.as_ref(), &public)))
}
