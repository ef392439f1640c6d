//! Publishing, end to end: the API's answer for a post beside what the sandbox's feed has. And what these tests, and
//! those of crashes, refreshes and the clock, share.

mod accounts;
mod claim;
mod load;
mod network;
mod shape;
mod wire;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shared::{
    account::Account,
    net::{Engine, Request, Response, Transport},
    queue::Message,
    store::Grant,
    tenant::{Mode, Tenant},
    testing::{Answer as Ours, Ask},
};

use crate::world::{LEASE, World};

pub(crate) use wire::{Dated, Held};

/// More leaps than any target makes on its way to an end, and fewer than a minute of them.
const MAX_LEAPS: usize = 40;

/// At once.
pub(crate) fn now() -> Value {
    json!({ "type": "now" })
}

/// The first agency, live.
pub(crate) fn tenant(world: &World) -> Tenant {
    Tenant { agency: world.agency, mode: Mode::Live }
}

/// The message that announces a post.
pub(crate) fn message(world: &World, post: &Value) -> Message {
    Message::new(tenant(world), post["id"].as_str().unwrap().parse().unwrap())
}

/// Another worker beside the world's own, which reaches the platforms by `transport`.
pub(crate) fn worker(world: &World, transport: impl Transport + 'static) -> publish_post::Deps {
    let own = &world.functions.publish_post;
    publish_post::Deps {
        store: own.store.clone(),
        vault: own.vault.clone(),
        sites: own.sites.clone(),
        engine: Engine::new(transport, LEASE / 3),
        queue: own.queue.clone(),
        clock: own.clock.clone(),
        lease: own.lease,
    }
}

/// Asks for a post whose body `change` makes another one.
pub(crate) async fn ask_post(world: &World, client: &str, account: &str, change: Value) -> Ours {
    let mut body = json!({
        "clientId": client,
        "content": "Hello",
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": now(),
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    world.ask(Ask::post("/v1/posts", &body).key(&world.key)).await
}

/// A client's accounts as they are stored.
pub(crate) async fn stored(world: &World, client: &str) -> Vec<Account> {
    let found = world.store.find_client_with_accounts(tenant(world), client.parse().unwrap()).await.unwrap();
    found.unwrap().1
}

/// The grant that a client's one account stands on.
pub(crate) async fn grant(world: &World, client: &str) -> Grant {
    let account = stored(world, client).await.remove(0);
    world.functions.publish_post.vault.find(tenant(world), account.grant).await.unwrap().unwrap()
}

/// When the due index next has something to do.
pub(crate) async fn next_due(world: &World) -> Option<DateTime<Utc>> {
    let mut first: Option<DateTime<Utc>> = None;
    for shard in 0..shared::store::keys::DUE_SHARDS {
        let (due, _) = world.store.due(shard, world.now() + Duration::days(3650), None).await.unwrap();
        first = first.into_iter().chain(due.into_iter().map(|due| due.at)).min();
    }
    first
}

/// Moves the clock to the next thing that is due, and has it found by the clock alone: every message before is lost.
/// Whether there was one.
pub(crate) async fn leap(world: &World) -> bool {
    let Some(at) = next_due(world).await else { return false };
    world.clock.set(at.max(world.now()));
    world.lose_messages();
    world.tick().await;
    world.deliver().await;
    true
}

/// Leaps until nothing is left to do.
pub(crate) async fn settle(world: &World) {
    for _ in 0..MAX_LEAPS {
        if !leap(world).await {
            return;
        }
    }
    panic!("after {MAX_LEAPS} leaps there still is something to do");
}

/// Lets minutes pass, each with its tick.
pub(crate) async fn minutes(world: &World, minutes: u32) {
    for _ in 0..minutes {
        world.pass(Duration::minutes(1)).await;
        world.tick().await;
        world.deliver().await;
    }
}

/// An answer that a test writes itself.
pub(crate) fn answer(status: u16, body: &Value) -> Response {
    http::Response::builder().status(status).body(body.to_string().into()).unwrap()
}

pub(crate) fn is_commit(request: &Request) -> bool {
    request.method() == http::Method::POST && request.uri().path().ends_with("/2/tweets")
}

pub(crate) fn is_refresh(request: &Request) -> bool {
    request.uri().path().ends_with("/2/oauth2/token")
}

/// How often each of the calls was made since this was last asked: posts, refreshes, looks.
pub(crate) fn calls(world: &World) -> [usize; 3] {
    let seen = world.network.seen();
    let count = |wanted: fn(&str) -> bool| seen.iter().filter(|call| wanted(call)).count();
    [
        count(|call| call.starts_with("POST") && call.ends_with("/2/tweets")),
        count(|call| call.ends_with("/2/oauth2/token")),
        count(|call| call.starts_with("GET") && call.ends_with("/tweets")),
    ]
}
