//! Publishing end to end: the API's answer for a post is compared with the sandbox's feed. Also the helpers that these tests
//! share with those of crashes, refreshes and the schedule.

mod accounts;
mod claim;
mod connection;
mod integrity;
mod load;
mod long_posts;
mod network;
pub(crate) mod saving;
mod shape;
mod unreadable;
mod wire;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shared::{
    account::Account,
    net::{HttpClient, Request, Response, Transport},
    post::TargetName,
    queue::Message,
    store::{Claimed, Grant},
    tenant::{Mode, Tenant},
    testing::{Ask, TestResponse},
};

use crate::world::{LEASE, World};

pub(crate) use wire::{Dated, Held};

/// An upper bound of the leaps until every target has finished.
const MAX_LEAPS: usize = 40;

/// A schedule that is due at once.
pub(crate) fn now() -> Value {
    json!({ "type": "now" })
}

/// The first agency, live.
pub(crate) fn tenant(world: &World) -> Tenant {
    Tenant { agency: world.agency, mode: Mode::Live }
}

/// The message that announces a post.
pub(crate) fn message(world: &World, post: &Value) -> Message {
    Message::new(tenant(world), post["id"].as_str().unwrap().parse().unwrap(), None)
}

/// The messages that announce the post's targets.
pub(crate) fn target_messages(world: &World, post: &Value) -> Vec<Message> {
    let name = |target: &Value| TargetName {
        platform: target["platform"].as_str().unwrap().parse().unwrap(),
        account: target["accountId"].as_str().unwrap().parse().unwrap(),
    };
    let targets = post["targets"].as_array().unwrap().iter();
    targets.map(|target| Message { target: Some(name(target)), ..message(world, post) }).collect()
}

/// The message that announces the post's first target.
pub(crate) fn target_message(world: &World, post: &Value) -> Message {
    target_messages(world, post).remove(0)
}

/// Opens a post that is due. Returns the message that announces its first target; those that the opening sent are lost.
pub(crate) async fn opened(world: &World, post: &Value) -> Message {
    let others = world.waiting();
    world.take(message(world, post)).await;
    world.lose_messages();
    world.restore(others);
    target_message(world, post)
}

/// Claims the target that a message announces.
pub(crate) async fn claim(world: &World, message: Message, lease: Duration) -> Claimed {
    let name = (message.tenant, message.post_id, message.target.unwrap());
    world.publish(world.store.claim_target(name, world.now(), world.now() + lease)).await.unwrap()
}

/// A worker that reaches the platforms by `transport`.
pub(crate) fn worker(world: &World, transport: impl Transport + 'static) -> publish_target::Deps {
    let own = &world.functions.publish_target;
    publish_target::Deps {
        store: own.store.clone(),
        vault: own.vault.clone(),
        sites: own.sites.clone(),
        http: HttpClient::new(transport, LEASE / 3),
        queue: own.queue.clone(),
        clock: own.clock.clone(),
        lease: own.lease,
    }
}

/// Requests a post, with `change` merged into its body.
pub(crate) async fn ask_post(world: &World, client: &str, account: &str, change: Value) -> TestResponse {
    let mut body = json!({
        "clientId": client,
        "content": "Hello",
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": now(),
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    world.ask(Ask::post("/v1/posts", &body).key(&world.key)).await
}

/// A client's accounts as stored.
pub(crate) async fn stored(world: &World, client: &str) -> Vec<Account> {
    let found = world.store.find_client_with_accounts(tenant(world), client.parse().unwrap()).await.unwrap();
    found.unwrap().1
}

/// The grant of a client's only account.
pub(crate) async fn grant(world: &World, client: &str) -> Grant {
    let account = stored(world, client).await.remove(0);
    world.functions.publish_target.vault.find(tenant(world), &account).await.unwrap().unwrap()
}

/// The earliest time in the due index.
pub(crate) async fn next_due(world: &World) -> Option<DateTime<Utc>> {
    let mut first: Option<DateTime<Utc>> = None;
    for shard in 0..shared::store::keys::DUE_SHARDS {
        let page = world.store.due(shard, world.now() + Duration::days(3650), None).await.unwrap();
        first = first.into_iter().chain(page.due.into_iter().map(|due| due.at)).min();
    }
    first
}

/// Advances to the next due time with all earlier messages lost, so that a tick finds the post. Returns whether anything was
/// due.
pub(crate) async fn leap(world: &World) -> bool {
    let Some(at) = next_due(world).await else { return false };
    world.clock.set(at.max(world.now()));
    world.lose_messages();
    world.tick().await;
    world.deliver().await;
    true
}

/// Leaps until nothing is due.
pub(crate) async fn settle(world: &World) {
    for _ in 0..MAX_LEAPS {
        if !leap(world).await {
            return;
        }
    }
    panic!("after {MAX_LEAPS} leaps there still is something to do");
}

/// Lets minutes pass, each with a tick.
pub(crate) async fn minutes(world: &World, minutes: u32) {
    for _ in 0..minutes {
        world.pass(Duration::minutes(1)).await;
        world.tick().await;
        world.deliver().await;
    }
}

/// A platform's answer for a hook.
pub(crate) fn answer(status: u16, body: &Value) -> Response {
    http::Response::builder().status(status).body(body.to_string().into()).unwrap()
}

pub(crate) fn is_commit(request: &Request) -> bool {
    request.method() == http::Method::POST && request.uri().path().ends_with("/2/tweets")
}

pub(crate) fn is_refresh(request: &Request) -> bool {
    request.uri().path().ends_with("/2/oauth2/token")
}

/// The numbers of commits, refreshes and read-backs since this was last called.
pub(crate) fn calls(world: &World) -> [usize; 3] {
    let seen = world.network.seen();
    let count = |wanted: fn(&str) -> bool| seen.iter().filter(|call| wanted(call)).count();
    [
        count(|call| call.starts_with("POST") && call.ends_with("/2/tweets")),
        count(|call| call.ends_with("/2/oauth2/token")),
        count(|call| call.starts_with("GET") && call.ends_with("/tweets")),
    ]
}
