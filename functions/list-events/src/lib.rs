//! `GET /v1/events?cursor=&since=&types=&clientId=`: the log of what happened to the agency's posts, oldest first. A key that is
//! bound to a client gets only that client's events.
//!
//! The end of the log is a place to continue from: `nextCursor` is never `null`, and a page may be empty. The last 30 seconds are
//! left out, so that nothing is ever stored in front of a cursor.
//!
//! Errors: 400 `cursor_invalid`, `cursor_expired`, 401, 403, 404 (no such client), 422 (`limit`, `since`, `types`, an unknown
//! parameter), 429.

use chrono::{DateTime, Utc};
use shared::{
    api::{self, Code, Error, FieldError, Request, Response, contract::Operation, object, page, request::query},
    clock::Clock,
    deps,
    event::Filter,
    id::{ClientId, InvalidId},
    scope::Scope,
    store::{Gate, Position, Store},
};

/// The list's name in its cursors.
const LIST: &str = "events";

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
    Operation::get("/v1/events", "listEvents", "Events", "List events")
        .describe(
            "What happened to the agency's posts, oldest first. Read it from cursor to cursor: `nextCursor` is never `null`, \
             and at the end of the log it is a place to continue from. An event appears about 30 seconds after it happened, and is \
             kept for 30 days unless the deployment says otherwise. A cursor may be used with other `types`. Ignore types that \
             you do not know. A key that is bound to a client gets only that client's events.",
        )
        .scope(Scope::EventsRead)
        .query::<DateTime<Utc>>(
            "since",
            "Where to begin if there is no `cursor`. Without both, the log is read from its beginning.",
        )
        .query::<object::EventTypes>(
            "types",
            "Only these types, separated by commas: exact names, or families such as `post.*`.",
        )
        .query::<ClientId>("clientId", "Only this client's events.")
        .pages::<object::Event>("A page of events.")
        .error(Code::NotFound)
        .error(Code::CursorExpired)
}

/// # Errors
/// 400, 401, 403, 404, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let asking = api::asking(&deps.gate, &request)?;
    let client = query(&request, "clientId").map(str::parse).transpose();
    let known = async {
        match client {
            Ok(Some(client)) => Ok(deps.store.find_client(asking.claimed_tenant(), client).await?.is_some()),
            Ok(None) => Ok(true),
            Err(InvalidId) => Ok::<_, Error>(false),
        }
    };
    let (caller, known) = asking.admit(Scope::EventsRead, now, known).await?;

    let asked = page::asked(&request, LIST, &["since", "types", "clientId"])?;
    let (since, types) = chosen(&request)?;
    if !known? {
        return Err(Error::not_found("client"));
    }
    let client = client.ok().flatten();
    if let Some(client) = client {
        caller.require_client(client, "client")?;
    }
    let from = begin(asked.after.as_deref(), since, deps.store.log_begins(now))?;
    let chosen = (client.or(caller.client), &types);
    let page = deps.store.list_events(caller.tenant, chosen, from, asked.limit, now).await?;
    let events = page.events.iter().map(|event| object::event(caller.tenant, event));
    Ok(page::part_of_log(LIST, &asked, events, &page.next.to_string(), page.more))
}

/// `since` and `types`.
fn chosen(request: &Request) -> Result<(Option<DateTime<Utc>>, Filter), Error> {
    let since = query(request, "since").map(str::parse).transpose();
    let types = query(request, "types").map_or_else(|| Ok(Filter::all()), str::parse);
    if let (Ok(since), Ok(types)) = (&since, &types) {
        return Ok((*since, types.clone()));
    }
    let fault = |path: &str, message: &str| FieldError { path: path.into(), message: message.into() };
    let since = since.err().map(|_| fault("since", "must be a time such as 2026-07-01T12:00:00Z"));
    let types = types
        .err()
        .map(|_| fault("types", "must be types of events, separated by commas, such as post.published,target.*"));
    Err(Error::invalid(since.into_iter().chain(types).collect()))
}

/// Where to begin. `first` is the oldest moment that is kept.
fn begin(cursor: Option<&str>, since: Option<DateTime<Utc>>, first: DateTime<Utc>) -> Result<Position, Error> {
    let Some(cursor) = cursor else { return Ok(Position::at(since.unwrap_or(first).max(first))) };
    let position = Position::parse(cursor);
    let position =
        position.ok_or_else(|| Error::new(Code::CursorInvalid, "The cursor does not belong to this list."))?;
    if position.time() < first {
        let message = "Events after this cursor are no longer kept. Read the posts, and continue the log with since.";
        return Err(Error::new(Code::CursorExpired, message));
    }
    Ok(position)
}
