//! The DynamoDB calls of each request, as in the table of ARCHITECTURE.md, and how many of them are sequential.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::{api::contract::Access, id::AgencyId, store::Limits, tenant::Mode, testing::Ask};

use crate::{
    agency::{patch, png},
    connect::reply,
    contract::{examples, operations},
    world::World,
};

/// Sends a request and counts its calls.
pub(crate) async fn calls(world: &World, ask: Ask, status: u16) -> BTreeMap<String, usize> {
    let _ = world.engine.calls();
    let answer = world.ask(ask).await;
    assert_eq!(answer.status, status, "{}", answer.text);
    world.engine.calls()
}

pub(crate) fn of<const N: usize>(calls: [(&str, usize); N]) -> BTreeMap<String, usize> {
    calls.map(|(operation, count)| (operation.to_owned(), count)).into()
}

#[tokio::test]
async fn every_request_costs_what_the_table_says() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let key = world.key.clone();
    let at = world.now() + chrono::Duration::hours(1);
    let body = json!({
        "clientId": client, "content": "Hello", "schedule": { "type": "at", "scheduledAt": at },
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let post = |body: &Value| Ask::post("/v1/posts", body).idempotency_key("p").key(&key);
    let invites = format!("/v1/clients/{client}/connect-invites");
    let invite = || Ask::post(&invites, &json!({ "platforms": ["x"] })).idempotency_key("i").key(&key);
    let new = |name: &str, k: &str| Ask::post("/v1/clients", &json!({ "name": name })).idempotency_key(k).key(&key);

    // Two calls in one round trip: the gate and the read run in parallel.
    let read = of([("GetItem", 1), ("UpdateItem", 1)]);
    let query = of([("Query", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, Ask::get(&format!("/v1/clients/{client}")).key(&key), 200).await, read);
    assert_eq!(calls(&world, Ask::get(&format!("/v1/accounts?clientId={client}")).key(&key), 200).await, query);

    // A list: keys from the index, then items by their keys, in parallel with the gate.
    let list = of([("BatchGetItem", 1), ("Query", 1), ("UpdateItem", 1)]);
    let invites_list = of([("BatchGetItem", 1), ("GetItem", 1), ("Query", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, Ask::get("/v1/clients").key(&key), 200).await, list);
    assert_eq!(calls(&world, Ask::get("/v1/accounts").key(&key), 200).await, list);
    assert_eq!(calls(&world, Ask::get(&invites).key(&key), 200).await, invites_list);
    // The bound client is known only after authentication: one more read.
    let bound = world.bound_key(Mode::Live, client.parse().unwrap()).await;
    assert_eq!(calls(&world, Ask::get("/v1/clients").key(&bound), 200).await, invites_list);
    let twice = of([("BatchGetItem", 1), ("Query", 2), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, Ask::get("/v1/accounts").key(&bound), 200).await, twice);

    // Two calls in two round trips.
    let create = of([("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, new("New", "c"), 201).await, create);
    assert_eq!(calls(&world, new("New", "c"), 201).await, create, "a replay");
    let known = of([("GetItem", 1), ("PutItem", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, new("New", "d"), 200).await, known);

    // Three calls in two round trips.
    let mint = of([("GetItem", 1), ("PutItem", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, invite(), 201).await, mint);
    assert_eq!(calls(&world, invite(), 201).await, mint, "a replay");
    let compose = of([("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, post(&body), 201).await, compose);
    let replay = of([("GetItem", 1), ("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, post(&body), 201).await, replay, "a replay");

    // The agency: a read in parallel with the gate; with a return URL, one more read in parallel with both.
    assert_eq!(calls(&world, Ask::get("/v1/agency").key(&key), 200).await, query);
    let settings = json!({ "color": "#0b5fd9", "logo": png(), "returnUrls": ["https://app.example.com/"] });
    let change = of([("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, patch(&settings).key(&key), 200).await, change);
    let rename = of([("Query", 1), ("UpdateItem", 2)]);
    assert_eq!(calls(&world, patch(&json!({ "name": "Acme" })).key(&key), 200).await, rename);
    let returns = json!({ "platforms": ["x"], "returnUrl": "https://app.example.com/done" });
    let mint = of([("GetItem", 1), ("PutItem", 1), ("Query", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, Ask::post(&invites, &returns).key(&key), 201).await, mint);

    // An invite: one read. Withdrawing it, and repeating that.
    let id = world.ask(invite()).await.data()["inviteId"].as_str().unwrap().to_owned();
    let one = format!("/v1/connect-invites/{id}");
    let delete = |path: &str| Ask::new(http::Method::DELETE, path).key(&key);
    assert_eq!(calls(&world, Ask::get(&one).key(&key), 200).await, read);
    assert_eq!(calls(&world, delete(&one), 200).await, of([("GetItem", 1), ("UpdateItem", 2)]));
    assert_eq!(calls(&world, delete(&one), 200).await, read, "again");
    // Posts: the index, then the heads, then the contents and targets.
    let list = |query: &str| Ask::get(&format!("/v1/posts?{query}")).key(&key);
    let listed = of([("BatchGetItem", 2), ("Query", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, list("limit=1"), 200).await, listed);
    let listed = of([("BatchGetItem", 2), ("GetItem", 1), ("Query", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, list(&format!("clientId={client}")), 200).await, listed);

    assert_eq!(calls(&world, Ask::post("/v1/posts/validate", &body).key(&key), 200).await, query);

    // Editing: the post in parallel with the gate, then its client, then the write.
    let edited = world.post(&client, &[&account], "Edited", body["schedule"].clone()).await;
    let path = format!("/v1/posts/{}", edited["id"].as_str().unwrap());
    let edit = || {
        Ask::new(http::Method::PATCH, &path)
            .header("content-type", "application/json")
            .body("{\"content\":\"B\"}")
            .key(&key)
    };
    let change = of([("Query", 2), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, edit(), 200).await, change);
    assert_eq!(calls(&world, edit(), 200).await, change, "again");

    // Retrying: the post in parallel with the gate, then one transaction; a replay writes nothing.
    let (bad, suspended) = world.connected("suspended").await;
    let failed = world.post(&bad, &[&suspended], "Failed", json!({ "type": "now" })).await;
    world.deliver().await;
    let path = format!("/v1/posts/{}/retry", failed["id"].as_str().unwrap());
    let retry = || Ask::post(&path, &json!({})).idempotency_key("r").key(&key);
    let act = of([("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, retry(), 200).await, act);
    assert_eq!(calls(&world, retry(), 200).await, query, "a replay");

    // Canceling before the post opens: the post in parallel with the gate, then the write with its event.
    let change = of([("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    let other = world.post(&client, &[&account], "Other", body["schedule"].clone()).await;
    let path = format!("/v1/posts/{}", other["id"].as_str().unwrap());
    assert_eq!(calls(&world, Ask::new(http::Method::DELETE, &path).key(&key), 200).await, change);
    assert_eq!(calls(&world, Ask::new(http::Method::DELETE, &path).key(&key), 200).await, query, "canceled already");

    let id = world.ask(post(&body)).await.data()["id"].as_str().unwrap().to_owned();
    assert_eq!(calls(&world, Ask::get(&format!("/v1/posts/{id}")).key(&key), 200).await, query);

    // An account: its pointer, the account, its grant; then one transaction on both tables.
    let one = format!("/v1/accounts/{account}");
    // The sandbox's own calls would be counted, too.
    world.network.hook(|_| Some(Ok(reply(200, &json!({ "revoked": true })))));
    let disconnect = of([("GetItem", 3), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, delete(&one), 200).await, disconnect);
    assert_eq!(calls(&world, delete(&one), 200).await, of([("GetItem", 2), ("UpdateItem", 1)]), "again");
}

/// Every GET of the examples makes one write, in the gate; the other calls are reads.
#[tokio::test]
async fn a_get_makes_the_gate_call_and_few_reads() {
    let recorded = examples::record().await;
    let mut seen = 0;
    for (_, operation) in operations::all() {
        if operation.method != http::Method::GET || operation.access == Access::Everyone {
            continue;
        }
        let mut calls = recorded.calls[operation.id].clone();
        assert_eq!(calls.remove("UpdateItem"), Some(1), "{}: the gate", operation.id);
        let reads: usize = ["GetItem", "Query", "BatchGetItem"].iter().filter_map(|read| calls.remove(*read)).sum();
        assert!(calls.is_empty(), "{}: also {calls:?}", operation.id);
        let most = match operation.id {
            // Heads, then contents and targets.
            "listPosts" => 4,
            _ if operation.path.ends_with('}') => 2,
            _ => 3,
        };
        assert!(reads <= most, "{}: {reads} reads", operation.id);
        seen += 1;
    }
    assert!(seen > 8, "{seen} operations");
}

#[tokio::test]
async fn keys_cost_what_the_table_says() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    let key = world.key.clone();
    let create = |k: &str, by: &str| {
        let body = json!({ "label": k, "scopes": ["keys.manage"] });
        Ask::post("/v1/api-keys", &body).idempotency_key(k).key(by)
    };
    let delete = |id: &Value, query: &str| {
        let path = format!("/v1/api-keys/{}{query}", id.as_str().unwrap());
        Ask::new(http::Method::DELETE, &path).key(&key)
    };
    let first = of([("GetItem", 1), ("UpdateItem", 2)]);
    assert_eq!(calls(&world, create("a", &key), 201).await, first);
    // The gate's write returns all keys that are not revoked.
    let gate = of([("UpdateItem", 1)]);
    assert_eq!(calls(&world, create("a", &key), 201).await, gate, "a replay");
    assert_eq!(calls(&world, Ask::get("/v1/api-keys").key(&key), 200).await, gate);
    let bound = json!({ "label": "b", "scopes": ["keys.manage"], "clientId": client });
    let bound = Ask::post("/v1/api-keys", &bound).idempotency_key("b").key(&key);
    assert_eq!(calls(&world, bound, 201).await, of([("GetItem", 2), ("UpdateItem", 2)]));

    let parent = world.ask(create("c", &key)).await.data();
    let child = world.ask(create("d", parent["key"].as_str().unwrap())).await.data();
    world.ask(create("e", child["key"].as_str().unwrap())).await;
    let revoke = of([("TransactWriteItems", 1), ("UpdateItem", 2)]);
    assert_eq!(calls(&world, delete(&child["id"], ""), 200).await, revoke);
    let past_one = of([("GetItem", 1), ("TransactWriteItems", 1), ("UpdateItem", 2)]);
    assert_eq!(calls(&world, delete(&parent["id"], "?minted=true"), 200).await, past_one, "with a revoked key between");
    let gone = of([("GetItem", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, delete(&parent["id"], ""), 200).await, gone, "a revoked key");
    assert_eq!(calls(&world, create("c", &key), 201).await, gone, "a replay for a revoked key");
}

#[tokio::test]
async fn a_token_costs_the_same_as_a_key_and_an_unverified_token_nothing() {
    let (world, issuer) = crate::tokens::world().await;
    let client = world.client("Autoloom").await;
    let ask = |claims: &Value| Ask::get(&format!("/v1/clients/{client}")).key(&issuer.token(claims));
    let good = crate::tokens::claims(&world);
    let read = of([("GetItem", 1), ("UpdateItem", 1)]);
    assert_eq!(calls(&world, ask(&good), 200).await, read);
    let mut other = good.clone();
    other["aud"] = json!("https://other.test");
    assert_eq!(calls(&world, ask(&other), 401).await, of([]));
    let mut lacking = good.clone();
    lacking["scope"] = json!("");
    let refused = calls(&world, ask(&lacking), 403).await;
    assert_eq!(refused.get("UpdateItem"), Some(&1), "and possibly the parallel read");
    let mut unknown = good;
    unknown["agency"] = json!(AgencyId::random());
    assert_eq!(calls(&world, ask(&unknown), 401).await.get("UpdateItem"), Some(&1));
    assert_eq!(calls(&world, ask(&unknown), 401).await.get("UpdateItem"), None, "refused a moment ago");
}

#[tokio::test]
async fn a_refusal_costs_one_call_or_none() {
    let world = World::new().await;
    let none = Limits { reads: 0, writes: 0 };
    let limited = world.agency_with(AgencyId::random(), Mode::Live, none, |_| {}).await;
    let foreign = World::new().await.key;
    let ask = |key: &str| Ask::post("/v1/clients", &json!({ "name": "A" })).key(key);
    assert_eq!(calls(&world, ask("obh_live_mistyped"), 401).await, of([]));
    assert_eq!(calls(&world, ask(&foreign), 401).await, of([("UpdateItem", 1)]));
    assert_eq!(calls(&world, ask(&foreign), 401).await, of([]), "refused a moment ago");
    assert_eq!(calls(&world, ask(&limited), 429).await, of([("UpdateItem", 1)]));
    assert_eq!(calls(&world, Ask::get("/nowhere"), 404).await, of([]));
}

#[tokio::test]
async fn a_refusal_drops_the_parallel_read() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    let no_scope =
        world.agency_with(AgencyId::random(), Mode::Live, Limits::default(), |record| record.scopes.clear()).await;
    let refused = world.ask(Ask::get(&format!("/v1/clients/{client}")).key(&no_scope)).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.text.contains("Autoloom"));
}
