//! `POST /v1/clients` `{name, type?}`: creates a client, a customer for whom the agency posts.
//!
//! Safe to repeat: the client's id is derived from the idempotency key, and a name is unique per tenant. The response is
//! 201 for a new client, and 200 with the existing client for a known name.
//!
//! Errors: 400, 401, 403 (also for a key that is bound to a client), 409 `idempotency_key_reused`, 409 `state_conflict`
//! (known name, other type), 413, 415, 422, 429.

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::Value;
use shared::{
    api::{
        self, Code, Error, Fields, Request, Response,
        contract::Operation,
        fields::{one_of, text},
        idempotency::Identity,
        object,
        request::json,
    },
    client::{Client, ClientName, ClientType},
    clock::Clock,
    deps,
    id::ClientId,
    scope::Scope,
    store::{Created, Gate, Store},
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
    Operation::post("/v1/clients", "createClient", "Clients", "Create a client")
        .describe(
            "A client is a customer of the agency, for whom it posts. Creation is also idempotent by name: a known name returns \
             the existing client. A key that is bound to a client cannot create clients.",
        )
        .scope(Scope::ClientsManage)
        .body::<Asked>()
        .one::<object::Client>(StatusCode::CREATED, "The new client.")
        .one::<object::Client>(StatusCode::OK, "The existing client with this name.")
        .idempotent()
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let caller = api::admit(&deps.gate, &request, Scope::ClientsManage, now).await?;
    if caller.client.is_some() {
        return Err(Error::bound("A key that is bound to a client cannot create clients."));
    }

    let body = json(&request)?;
    let identity = Identity::of(&request, &caller, &body)?;
    let Asked { name, kind } = read(body)?;
    let kind = kind.unwrap_or_default();
    let client = Client { id: ClientId::derive(&identity.parts()), name, kind, created_at: now };

    match deps.store.create_client(caller.tenant, &client, &identity.origin).await? {
        Created::New => Ok(Response::one(StatusCode::CREATED, object::client(&client))),
        Created::Replayed { client, known: false } => {
            Ok(Response::one(StatusCode::CREATED, object::client(&client)).replayed(true))
        }
        Created::Replayed { client, known: true } => standing(&client, kind).map(|answer| answer.replayed(true)),
        Created::Known(client) => standing(&client, kind),
        Created::KeyReused => Err(Error::key_reused()),
    }
}

#[derive(JsonSchema)]
#[schemars(rename = "AskedClient", description = "A client to create.")]
struct Asked {
    name: ClientName,
    /// `brand` by default.
    #[schemars(rename = "type")]
    kind: Option<ClientType>,
}

fn read(body: Value) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let name = fields.required("name", |value| ClientName::parse(&text(value)?));
    let kind = fields.optional("type", one_of);
    fields.done()?;
    let name = name.ok_or_else(|| Error::internal("done() let a missing name pass"))?;
    Ok(Asked { name, kind })
}

/// The existing client with the name, if it has the requested type.
fn standing(client: &Client, wanted: ClientType) -> Result<Response, Error> {
    if client.kind != wanted {
        let detail = format!("A client with this name and another type exists: {}.", client.id);
        return Err(Error::new(Code::StateConflict, detail));
    }
    Ok(Response::one(StatusCode::OK, object::client(client)))
}
