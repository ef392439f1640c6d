//! `POST /v1/clients/{clientId}/connect-invites` `{platforms, expiresInHours?}`: mints a connect link for a client.
//!
//! Safe to repeat: the invite's id is derived from the idempotency key, and its token from the id, so a replay answers
//! with the same link although no link is stored.
//!
//! Errors: 400, 401, 403, 404, 409, 413, 415, 422 (also for a platform that is not offered in this mode), 429.

use std::collections::BTreeMap;

use chrono::Duration;
use http::StatusCode;
use serde_json::Value;
use shared::{
    api::{
        self, Error, FieldError, Fields, Request, Response,
        fields::whole,
        idempotency::Identity,
        object,
        request::{json, path_id, public_url},
    },
    clock::Clock,
    deployment::{self, Deployment},
    id::{ClientId, InviteId},
    invite::Invite,
    platform::Sites,
    platform_id::PlatformId,
    scope::Scope,
    secrets::LinkKeys,
    store::{Gate, Inserted, Store},
    tenant::Mode,
};
use url::Url;

const DEFAULT_HOURS: u64 = 48;
const MAX_HOURS: u64 = 168;

pub struct Deps {
    pub gate: Gate,
    pub store: Store,
    pub link_keys: LinkKeys,
    pub sites: Sites,
    pub clock: Clock,
    pub public_url: Option<Url>,
}

impl Deps {
    /// # Errors
    /// The environment's and the secrets'.
    pub async fn new(deployment: &Deployment) -> Result<Self, deployment::Error> {
        Ok(Self {
            gate: deployment.gate()?,
            store: deployment.store()?,
            link_keys: deployment.link_keys().await?,
            sites: deployment.sites().await?,
            clock: deployment.clock.clone(),
            public_url: deployment.config.public_url.clone(),
        })
    }
}

/// # Errors
/// As the module says.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&request)?;
    let id: Result<ClientId, Error> = path_id(&request, "clientId", "client");
    let read = async { Ok::<_, Error>(deps.store.find_client(asking.claimed_tenant(), id?).await?) };
    let (caller, found) = api::admit(&deps.gate, &request, &asking, Scope::AccountsConnect, now, read).await?;

    let found = found?;
    let body = json(&request)?;
    let identity = Identity::of(&request, &caller, &body)?;
    let (platforms, hours) = read_body(body)?;
    let id = InviteId::derive(&identity.parts());

    let allowed = match found {
        Some(client) => caller
            .require_client(client.id, "client")
            .and_then(|()| offered(&deps.sites, caller.tenant.mode, &platforms))
            .map(|()| client),
        None => Err(Error::not_found("client")),
    };
    let (invite, replayed) = match allowed {
        Ok(client) => {
            let invite = Invite {
                id,
                tenant: caller.tenant,
                client: client.id,
                platforms,
                // Cut to whole seconds: the time that is answered is the time that is kept.
                expires_at: chrono::DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now)
                    + Duration::hours(hours),
                revoked: false,
                created_at: now,
                link_version: deps.link_keys.version(),
                connected: BTreeMap::new(),
            };
            match deps.store.insert_invite(&invite, &identity.origin).await? {
                Inserted::New => (invite, false),
                Inserted::Replayed(invite) => (invite, true),
                Inserted::KeyReused => return Err(Error::key_reused()),
            }
        }
        // Time may have changed what was allowed: this very request may have been answered before.
        Err(refusal) => match deps.store.replay_invite(id, &identity.origin).await? {
            Some(Inserted::KeyReused) => return Err(Error::key_reused()),
            Some(Inserted::Replayed(invite)) => (invite, true),
            Some(Inserted::New) | None => return Err(refusal),
        },
    };

    let token = deps
        .link_keys
        .token(invite.link_version, invite.id)
        .ok_or_else(|| Error::internal("the link secret's version of this invite is gone"))?;
    let public = public_url(&request, deps.public_url.as_ref())?;
    Ok(Response::one(StatusCode::CREATED, object::invite(&invite, &token, &public)).replayed(replayed))
}

fn read_body(body: Value) -> Result<(Vec<PlatformId>, i64), Error> {
    let mut fields = Fields::of(body)?;
    let mut platforms = Vec::new();
    if let Some(names) = fields.required("platforms", list) {
        if names.is_empty() {
            fields.fault("platforms", "must name at least one platform");
        }
        for (n, name) in names.iter().enumerate() {
            match name.as_str().and_then(|name| name.parse::<PlatformId>().ok()) {
                None => fields.fault(&format!("platforms[{n}]"), format!("must be one of {}", known())),
                Some(platform) if platforms.contains(&platform) => {
                    fields.fault(&format!("platforms[{n}]"), "is named twice");
                }
                Some(platform) => platforms.push(platform),
            }
        }
    }
    let hours = fields.optional("expiresInHours", whole(1..=MAX_HOURS));
    fields.done()?;
    let hours = i64::try_from(hours.unwrap_or(DEFAULT_HOURS)).expect("the range is small");
    Ok((platforms, hours))
}

fn list(value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(list) => Ok(list),
        _ => Err("must be a list of platforms".into()),
    }
}

fn known() -> String {
    PlatformId::ALL.map(PlatformId::as_str).join(", ")
}

fn offered(sites: &Sites, mode: Mode, platforms: &[PlatformId]) -> Result<(), Error> {
    let faults: Vec<FieldError> = platforms
        .iter()
        .enumerate()
        .filter(|(_, platform)| sites.site(mode, **platform).is_none())
        .map(|(n, platform)| FieldError {
            path: format!("platforms[{n}]"),
            message: match mode {
                Mode::Live => format!("{platform} is not offered here: this deployment has no credentials for it"),
                Mode::Test => format!("{platform} is not offered in test mode: it has no simulator"),
            },
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}
