//! Least privilege. Every AWS call in these tests is made in the role of the calling function, and refused unless
//! `template.yaml` allows it, so all tests together check that no permission is missing. This module checks that no
//! permission is unused.

mod iam;
mod policy;

use std::collections::BTreeSet;

use chrono::Duration;
use http::Method;
use platforms::PlatformId;
use serde_json::{Value, json};
use shared::{api::contract::Access, id::PostId, net::SendError, store::Open, tenant::Mode, testing::Ask};

pub(crate) use iam::{Iam, aside};
pub(crate) use policy::{Permission, Policies};

use crate::{
    agency::{change, png},
    contract::{examples, operations},
    gate::{forged::forged, of},
    publish::{is_commit, now, tenant},
    template::{functions, parts_of, queue_of, resources},
    world::{Browser, World},
};

/// Sends a request that has to succeed.
async fn ask(world: &World, ask: Ask) -> Value {
    let answer = world.ask(ask.key(&world.key)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.data()
}

fn delete(path: &str, thing: &Value) -> Ask {
    Ask::new(Method::DELETE, &format!("{path}/{}", thing.as_str().unwrap()))
}

#[tokio::test]
async fn a_policy_allows_what_its_function_uses_and_nothing_else() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    agencies(&world).await;
    clients(&world, &client).await;
    posts(&world, &client, &account).await;
    reconnects(&world, &client).await;
    ask(&world, delete("/v1/accounts", &json!(account))).await;
    keys(&world, &client).await;
    unknown_keys(&world).await;

    let (allowed, mut used) = (policy::policies(), world.iam.used());
    for (function, permissions) in examples::record().await.used {
        used.entry(function).or_default().extend(permissions);
    }
    for function in functions() {
        used.entry(function.clone()).or_default().extend(elsewhere(&function));
    }
    used.values_mut().for_each(sends_to_every_platform);
    let mut wrong = Vec::new();
    for (function, policy) in &allowed {
        let used = &used[function];
        wrong.extend(used.difference(policy).map(|permission| format!("{function}: {permission} is missing")));
        wrong.extend(policy.difference(used).map(|permission| format!("{function}: {permission} is unused")));
    }
    assert!(wrong.is_empty(), "policies of template.yaml:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_scanned_and_the_page_reads_no_tokens() {
    let policies = policy::policies();
    for (function, policy) in &policies {
        let broad = policy.iter().find(|it| it.action.contains('*') || it.action.ends_with(":Scan"));
        assert_eq!(broad, None, "{function}");
    }
    let vault = policies["redeem-invite"].iter().filter(|it| it.resource == "VaultTable");
    let vault: Vec<_> = vault.map(|it| it.action.as_str()).collect();
    assert_eq!(vault, ["dynamodb:DeleteItem", "dynamodb:PutItem"], "it stores a grant and deletes the replaced one");
}

/// Every function reads the keys of the agency for an unknown key that comes soon after another.
async fn unknown_keys(world: &World) {
    for _ in 0..2 {
        assert_eq!(world.ask(Ask::get("/v1/agency").key(&forged(tenant(world)))).await.status, 401);
    }
    for (_, operation) in operations::all() {
        if matches!(operation.access, Access::Credential(_)) {
            world.clock.advance(Duration::seconds(1));
            assert_eq!(world.ask(of(&operation, &forged(tenant(world)))).await.status, 401, "{}", operation.id);
        }
    }
}

/// Permissions used outside of a function's handler: for making its parts and receiving its messages.
fn elsewhere(function: &str) -> Vec<Permission> {
    let secrets = parts_of(function).flat_map(|part| part.secrets);
    let mut done: Vec<_> = secrets.map(|secret| Permission::new("secretsmanager:GetSecretValue", secret)).collect();
    let all = resources();
    let name = &all.iter().find(|(_, it)| it["Metadata"]["BuildProperties"]["Binary"] == function).unwrap().0;
    for (_, mapping) in all.iter().filter(|(_, it)| it["Type"] == "AWS::Lambda::EventSourceMapping") {
        if policy::named(&mapping["Properties"]["FunctionName"]) == [name.as_str()] {
            let queue = &policy::named(&mapping["Properties"]["EventSourceArn"])[0];
            let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
            done.extend(actions.map(|action| Permission::new(action, queue)));
        }
    }
    done
}

/// A function that sends messages to the queue of one platform has to be allowed those of all.
fn sends_to_every_platform(used: &mut BTreeSet<Permission>) {
    let queues = PlatformId::ALL.map(|platform| Permission::new("sqs:SendMessage", &queue_of(platform)));
    if queues.iter().any(|queue| used.contains(queue)) {
        used.extend(queues);
    }
}

async fn agencies(world: &World) {
    ask(world, Ask::get("/v1/agency")).await;
    change(world, &world.key, json!({ "logo": png(), "returnUrls": ["https://app.example.com/"] })).await;
    change(world, &world.key, json!({ "logo": null })).await;
}

async fn clients(world: &World, client: &str) {
    assert_eq!(world.client("Client of short_lived").await, client, "a known name");
    ask(world, Ask::get(&format!("/v1/clients/{client}"))).await;
    let invites = format!("/v1/clients/{client}/connect-invites");
    let body = json!({ "platforms": ["x"], "returnUrl": "https://app.example.com/done" });
    let invite = ask(world, Ask::post(&invites, &body)).await["inviteId"].clone();
    ask(world, Ask::get(&invites)).await;
    ask(world, Ask::get(&format!("/v1/connect-invites/{}", invite.as_str().unwrap()))).await;
    ask(world, delete("/v1/connect-invites", &invite)).await;
    let bound = world.bound_key(Mode::Live, client.parse().unwrap()).await;
    for list in ["/v1/clients", "/v1/accounts"] {
        ask(world, Ask::get(list)).await;
        assert_eq!(world.ask(Ask::get(list).key(&bound)).await.status, 200);
    }
}

async fn posts(world: &World, client: &str, account: &str) {
    let later = json!({ "type": "at", "scheduledAt": world.now() + Duration::hours(1) });
    let post = world.post(client, &[account], "Later", later.clone()).await;
    let path = format!("/v1/posts/{}", post["id"].as_str().unwrap());
    let edit = Ask::new(Method::PATCH, &path).header("content-type", "application/json");
    ask(world, edit.body(json!({ "content": "Soon", "schedule": now() }).to_string())).await;
    ask(world, Ask::get(&format!("/v1/posts?clientId={client}"))).await;
    ask(world, Ask::get("/v1/posts")).await;
    ask(world, Ask::new(Method::DELETE, &path)).await;
    // A refused insert is looked up, because an earlier request may have created the post in time.
    let late = json!({
        "clientId": client, "content": "Late", "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": { "type": "at", "scheduledAt": "2020-01-01T00:00:00Z" },
    });
    assert_eq!(world.ask(Ask::post("/v1/posts", &late).key(&world.key)).await.status, 422);
    let valid = json!({ "clientId": client, "content": "Valid", "targets": late["targets"], "schedule": later });
    ask(world, Ask::post("/v1/posts/validate", &valid)).await;

    // The expired token is refreshed.
    world.clock.advance(Duration::minutes(2));
    let post = world.post(client, &[account], "Now", now()).await;
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("short_lived").await, ["Now"]);
    fails_and_is_in_doubt(world).await;
    is_overtaken(world, client, account).await;
}

/// Changes come between the first write of an opening and its targets.
async fn is_overtaken(world: &World, client: &str, account: &str) {
    let store = &world.functions.open_post.store;
    let open = async |post: &Value| match store.open_post(tenant(world), id(post), world.now()).await.unwrap() {
        Open::Yes(opening) => opening,
        other => panic!("it is due: {other:?}"),
    };
    let post = world.post(client, &[account], "Edited", now()).await;
    let opening = open(&post).await;
    let path = format!("/v1/posts/{}", post["id"].as_str().unwrap());
    let later = json!({ "type": "at", "scheduledAt": world.now() + Duration::hours(1) });
    for content in ["Edited once", "Edited twice"] {
        let edit = Ask::new(Method::PATCH, &path).header("content-type", "application/json");
        ask(world, edit.body(json!({ "content": content, "schedule": later }).to_string())).await;
    }
    // A worker removes the target that is left over.
    for target in &opening.targets {
        store.add_target(&opening, target.clone()).await.unwrap();
    }
    world.tick().await;
    world.deliver().await;

    let post = world.post(client, &[account], "Canceled", now()).await;
    open(&post).await;
    ask(world, delete("/v1/posts", &post["id"])).await;
}

fn id(post: &Value) -> PostId {
    post["id"].as_str().unwrap().parse().unwrap()
}

async fn fails_and_is_in_doubt(world: &World) {
    let (client, suspended) = world.connected("suspended").await;
    let failed = world.post(&client, &[&suspended], "Failed", now()).await;
    world.deliver().await;
    let path = format!("/v1/posts/{}", failed["id"].as_str().unwrap());
    ask(world, Ask::post(&format!("{path}/retry"), &json!({}))).await;
    world.deliver().await;

    let (client, account) = world.connected("demo_shop").await;
    let doubtful = world.post(&client, &[&account], "Was it?", now()).await;
    world.network.hook(|request| is_commit(request).then(|| Err(SendError::OutcomeUnknown("lost".into()))));
    world.deliver().await;
    world.network.unhook();
    let path = format!("/v1/posts/{}/targets/{account}/resolve", doubtful["id"].as_str().unwrap());
    ask(world, Ask::post(&path, &json!({ "as": "not_published" }))).await;
}

/// Replaces the first grant by another.
async fn reconnects(world: &World, client: &str) {
    let link = world.link(client, &["x"]).await;
    let page = Browser::default().connect_x(world, &link, "short_lived").await;
    assert_eq!(page.status, 200, "{}", page.text);
}

async fn keys(world: &World, client: &str) {
    let body = json!({ "label": "short", "scopes": ["posts.read"], "expiresInDays": 1, "clientId": client });
    let create = || Ask::post("/v1/api-keys", &body).idempotency_key("short");
    let key = ask(world, create()).await["id"].clone();
    ask(world, Ask::get("/v1/api-keys")).await;
    ask(world, delete("/v1/api-keys", &key)).await;
    // The tombstone of a revoked key is read.
    ask(world, create()).await;
    ask(world, delete("/v1/api-keys", &key)).await;
    // The maximum number of keys. Expired keys are removed to make room.
    while world.ask(Ask::post("/v1/api-keys", &body).key(&world.key)).await.status == 201 {}
    world.clock.advance(Duration::days(2));
    ask(world, Ask::post("/v1/api-keys", &body)).await;
}
