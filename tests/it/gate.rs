//! The gate: which callers are admitted, how often, and what a refusal costs.

pub(crate) mod forged;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::json;
use shared::{
    api::contract::{Access, Operation},
    id::AgencyId,
    scope::Scope,
    store::Limits,
    tenant::{Mode, Tenant},
    testing::Ask,
};

use crate::{contract::operations, world::World};

const FEW: Limits = Limits { reads: 30, writes: 2 };

fn read(key: &str) -> Ask {
    Ask::get("/v1/clients/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa").key(key)
}

fn write(key: &str) -> Ask {
    Ask::post("/v1/clients", &json!({})).key(key)
}

#[tokio::test]
async fn of_a_hundred_concurrent_requests_a_limit_of_thirty_admits_thirty() {
    let world = World::new().await;
    let key = world.agency_with(AgencyId::random(), Mode::Live, FEW, |_| {}).await;
    let answers = join_all((0..100).map(|_| world.ask(read(&key)))).await;
    let admitted = answers.iter().filter(|answer| answer.status == 404).count();
    let limited = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((admitted, limited), (30, 70));
}

#[tokio::test]
async fn a_function_with_a_slow_clock_counts_in_the_later_hour() {
    let world = World::new().await;
    let key = world.agency_with(AgencyId::random(), Mode::Live, FEW, |_| {}).await;
    world.clock.advance(Duration::hours(1));
    assert_eq!(world.ask(write(&key)).await.status, 422);
    world.clock.advance(Duration::seconds(-1));
    assert_eq!(world.ask(write(&key)).await.header("ratelimit-remaining"), Some("0"));
    assert_eq!(world.ask(write(&key)).await.status, 429);
}

#[tokio::test]
async fn counters_of_old_hours_are_removed() {
    let world = World::new().await;
    let agency = AgencyId::random();
    let key = world.agency_with(agency, Mode::Live, FEW, |_| {}).await;
    for _ in 0..60 {
        // A longer pause than a request cleans up by itself.
        world.clock.advance(Duration::hours(30));
        assert_eq!(world.ask(read(&key)).await.status, 404);
    }
    let gate = world.engine.item(&format!("T#{}", Tenant { agency, mode: Mode::Live }), "GATE").await;
    let used = gate["used"].as_m().unwrap().len();
    assert!(used <= 22, "{used} counters");
}

#[tokio::test]
async fn every_invalid_key_gets_the_same_401() {
    let world = World::new().await;
    let expired =
        world.agency_with(AgencyId::random(), Mode::Live, FEW, |record| record.expires_at = 1_700_000_000).await;
    let foreign = World::new().await.key;
    let mut bodies = Vec::new();
    let invalid = "Bearer error=\"invalid_token\"";
    for (key, challenge) in [(expired.as_str(), invalid), (&foreign, invalid), ("obh_live_no", invalid), ("", "Bearer")]
    {
        let answer = world.ask(read(key)).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
        let mut body = answer.json();
        body["correlationId"] = json!("");
        bodies.push(body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_its_next_request() {
    let world = World::new().await;
    assert_eq!(world.ask(read(&world.key)).await.status, 404);
    world.revoke(&world.key).await;
    assert_eq!(world.ask(read(&world.key)).await.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_403_names_the_scope_and_is_not_counted() {
    let world = World::new().await;
    let key =
        world.agency_with(AgencyId::random(), Mode::Live, FEW, |record| record.scopes = vec![Scope::ClientsRead]).await;
    let refused = world.ask(write(&key)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "insufficient_scope"));
    assert_eq!(refused.header("www-authenticate"), Some("Bearer error=\"insufficient_scope\""));
    assert!(refused.text.contains("clients.manage"), "{}", refused.text);
    assert_eq!(refused.header("ratelimit-limit"), Some("2"));
    assert_eq!(refused.header("ratelimit-remaining"), Some("2"), "the refusal has the remaining requests");
    assert_eq!(world.ask(read(&key)).await.header("ratelimit-remaining"), Some("29"));
}

/// A request for an operation with arbitrary ids: the gate decides before anything is looked up.
pub(crate) fn of(operation: &Operation, key: &str) -> Ask {
    let named = |part| if str::starts_with(part, '{') { "x" } else { part };
    let path = operation.path.split('/').map(named).collect::<Vec<_>>().join("/");
    let ask = if operation.body.is_some() { Ask::post(&path, &json!({})) } else { Ask::get(&path) };
    ask.with_method(operation.method.clone()).key(key)
}

#[tokio::test]
async fn each_operation_needs_exactly_its_scope() {
    let world = World::new().await;
    let mut seen = 0;
    for (_, operation) in operations::all() {
        let Access::Credential(Some(scope)) = operation.access else { continue };
        let with = async |scopes: Vec<Scope>| {
            let agency = AgencyId::random();
            let key = world.agency_with(agency, Mode::Live, FEW, |record| record.scopes = scopes).await;
            world.ask(of(&operation, &key)).await
        };
        let lacking = with(Scope::ALL.into_iter().filter(|held| *held != scope).collect()).await;
        assert_eq!((lacking.status.as_u16(), lacking.code().as_str()), (403, "insufficient_scope"), "{}", operation.id);
        let detail = lacking.json()["detail"].clone();
        assert_eq!(detail, format!("The credential lacks the scope {}.", scope.as_str()), "{}", operation.id);
        let alone = with(vec![scope]).await;
        assert!(alone.header("ratelimit-limit").is_some(), "{}: {}", operation.id, alone.text);
        assert_ne!(alone.status, 403, "{}", operation.id);
        seen += 1;
    }
    assert!(seen > 20, "{seen} operations");
}

#[tokio::test]
async fn a_client_bound_key_sees_no_other_client() {
    let world = World::new().await;
    let (own, account) = world.connected("demo_shop").await;
    let (other, foreign) = world.connected("demo_cafe").await;
    let key = world.bound_key(Mode::Live, own.parse().unwrap()).await;
    let status = |ask: Ask| async { world.ask(ask.key(&key)).await.status.as_u16() };
    let post = |client: &str, account: &str| {
        let targets = json!({ "mode": "selection", "accountIds": [account] });
        Ask::post(
            "/v1/posts",
            &json!({ "clientId": client, "content": "Hi", "targets": targets, "schedule": { "type": "now" } }),
        )
    };
    let invite =
        |client: &str| Ask::post(&format!("/v1/clients/{client}/connect-invites"), &json!({ "platforms": ["x"] }));
    let foreign_post = world.post(&other, &[&foreign], "Theirs", json!({ "type": "now" })).await;
    let foreign_post = format!("/v1/posts/{}", foreign_post["id"].as_str().unwrap());

    assert_eq!(status(Ask::get(&format!("/v1/clients/{own}"))).await, 200);
    assert_eq!(status(Ask::get(&format!("/v1/accounts?clientId={own}"))).await, 200);
    assert_eq!(status(invite(&own)).await, 201);
    assert_eq!(status(post(&own, &account)).await, 201);

    assert_eq!(status(Ask::get(&format!("/v1/clients/{other}"))).await, 404);
    assert_eq!(status(Ask::get(&format!("/v1/accounts?clientId={other}"))).await, 404);
    assert_eq!(status(Ask::get(&foreign_post)).await, 404);
    assert_eq!(status(invite(&other)).await, 404);
    assert_eq!(status(post(&other, &foreign)).await, 404);
    assert_eq!(status(post(&own, &foreign)).await, 422, "another client's account is unknown to this one");
    let create = world.ask(Ask::post("/v1/clients", &json!({ "name": "New" })).key(&key)).await;
    let remediation = "Use a credential that is not bound to a client.";
    assert_eq!((create.status.as_u16(), &create.json()["remediation"]), (403, &json!(remediation)));
}

#[tokio::test]
async fn modes_and_agencies_do_not_see_each_others_data() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Hello", json!({ "type": "now" })).await;
    let post = format!("/v1/posts/{}", post["id"].as_str().unwrap());
    for key in [world.agency(world.agency, Mode::Test).await, world.agency(AgencyId::random(), Mode::Live).await] {
        for path in [&format!("/v1/clients/{client}"), &format!("/v1/accounts?clientId={client}"), &post] {
            let foreign = world.ask(Ask::get(path).key(&key)).await;
            assert_eq!((foreign.status.as_u16(), foreign.code().as_str()), (404, "not_found"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_refused_key_costs_no_call_for_half_a_minute() {
    let world = World::new().await;
    let foreign = World::new().await.key;
    let calls = async |key: &str| {
        let _ = world.engine.calls();
        // A path without a read beside the gate.
        assert_eq!(world.ask(write(key)).await.status, 401);
        world.engine.calls().values().sum::<usize>()
    };
    assert_eq!(calls("obh_live_mistyped").await, 0, "a key with a wrong checksum is refused without a call");
    assert_eq!(calls(&foreign).await, 1);
    assert_eq!(calls(&foreign).await, 0, "remembered");
    world.clock.advance(Duration::seconds(30));
    assert_eq!(calls(&foreign).await, 1, "and forgotten");
}

#[tokio::test]
async fn a_key_is_accepted_in_either_header_and_two_different_keys_are_refused() {
    let world = World::new().await;
    let path = "/v1/clients/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(world.ask(Ask::get(path).header("x-api-key", &world.key)).await.status, 404);
    let two = world.ask(Ask::get(path).key(&world.key).header("X-API-KEY", "other")).await;
    assert_eq!((two.status.as_u16(), two.code().as_str()), (400, "ambiguous_credentials"));
}
