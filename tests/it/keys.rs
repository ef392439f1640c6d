//! Managing keys by the API: a key is shown once, has at most its minter's permissions, and stays revoked.

mod bounds;
mod crash;
mod escalation;
mod races;
mod replay;
mod revoke;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Duration, Utc};
use http::Method;
use serde_json::{Value, json};
use shared::{
    id::AgencyId,
    key::ApiKey,
    scope::Scope,
    store::{Admitted, Credential, Denied, Gate, Limits, Use},
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use crate::world::World;

/// A request that creates a key with a label and these fields; the scopes default to `clients.read`.
fn create(key: &str, fields: Value) -> Ask {
    let mut body = json!({ "label": "minted", "scopes": ["clients.read", "keys.manage"] });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Ask::post("/v1/api-keys", &body).key(key)
}

/// Creates a key with these fields; returns its object, including the key itself.
async fn minted(world: &World, key: &str, fields: Value) -> Value {
    let answer = world.ask(create(key, fields)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.data()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn id(key: &str) -> String {
    ApiKey::parse(key).unwrap().id.to_string()
}

async fn list(world: &World, key: &str) -> Vec<Value> {
    let answer = world.ask(Ask::get("/v1/api-keys").key(key)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data().as_array().unwrap().clone()
}

async fn revoke(world: &World, key: &str, id: &Value, query: &str) -> TestResponse {
    world.ask(Ask::new(Method::DELETE, &format!("/v1/api-keys/{}{query}", text(id))).key(key)).await
}

/// Whether the gate admits a key, given the answer of its creation.
async fn works(world: &World, minted: &Value) -> bool {
    let status = world.ask(Ask::get("/v1/agency").key(text(&minted["key"]))).await.status;
    assert!([200, 401].contains(&status.as_u16()), "{status}");
    status == 200
}

fn code(answer: &TestResponse) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_at_once() {
    let world = World::new().await;
    let answer = world.ask(create(&world.key, json!({ "label": "  Reports ", "expiresInDays": 90 }))).await;
    assert_eq!((answer.status.as_u16(), answer.header("idempotent-replayed")), (201, None));
    let mut key = answer.data();
    let secret = text(&key["key"]).to_owned();
    assert!(secret.starts_with("obh_live_"), "{secret}");
    assert_eq!(key["id"], id(&secret));
    assert!(works(&world, &key).await);

    let fields = key.as_object_mut().unwrap();
    fields.shift_remove("key");
    assert_eq!(
        key,
        json!({
            "object": "api_key", "id": id(&secret), "label": "Reports", "scopes": ["clients.read", "keys.manage"],
            "clientId": null, "status": "active", "createdAt": "2026-07-01T12:00:00Z",
            "expiresAt": "2026-09-29T12:00:00Z", "lastUsedOn": null, "mintedBy": id(&world.key),
        })
    );
    let listed = list(&world, &world.key).await;
    let mut used = key.clone();
    used["lastUsedOn"] = json!("2026-07-01");
    assert_eq!(listed[1], used);
    assert!(!json!(listed).to_string().contains("obh_"), "the list does not show keys");
}

#[tokio::test]
async fn keys_are_not_stored_in_plain_text() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    let gone = minted(&world, &world.key, json!({})).await;
    assert_eq!(revoke(&world, &world.key, &gone["id"], "").await.status, 200);
    let stored = format!("{:?}", world.engine.items().await);
    assert!(stored.contains(text(&key["id"])) && stored.contains(text(&gone["id"])), "both keys have a record");
    for secret in [&world.key, text(&key["key"]), text(&gone["key"])] {
        assert!(!stored.contains(secret) && !stored.contains(&secret[40..]), "no key is stored");
    }
}

#[tokio::test]
async fn keys_are_listed_in_order_of_creation_with_their_last_use() {
    let world = World::new().await;
    let mut ids = vec![id(&world.key)];
    let mut last = Value::Null;
    for _ in 0..5 {
        world.clock.advance(Duration::seconds(1));
        last = minted(&world, &world.key, json!({})).await;
        ids.push(text(&last["id"]).to_owned());
    }
    world.clock.advance(Duration::days(2));
    assert!(works(&world, &last).await);
    world.clock.advance(Duration::days(1));
    let _ = world.engine.calls();
    let listed = list(&world, &world.key).await;
    assert_eq!(world.engine.calls().values().sum::<usize>(), 1, "listing needs only the gate's own call");
    assert_eq!(listed.iter().map(|key| text(&key["id"]).to_owned()).collect::<Vec<_>>(), ids);
    let used: Vec<Value> = listed.iter().map(|key| key["lastUsedOn"].clone()).collect();
    let never = Value::Null;
    assert_eq!(used, [json!("2026-07-04"), never.clone(), never.clone(), never.clone(), never, json!("2026-07-03")]);
    assert_eq!(
        (&listed[0]["createdAt"], &listed[0]["mintedBy"]),
        (&Value::Null, &Value::Null),
        "a key that was set up has no minter"
    );
}

#[tokio::test]
async fn pages_of_keys_are_stable_while_keys_are_created_and_revoked() {
    let world = World::new().await;
    let mut made = Vec::new();
    // Two keys per moment.
    for seconds in [0, 1, 0, 1] {
        world.clock.advance(Duration::seconds(seconds));
        made.push(minted(&world, &world.key, json!({})).await["id"].clone());
    }
    let page = async |cursor: &Value| {
        let cursor = cursor.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let answer = world.ask(Ask::get(&format!("/v1/api-keys?limit=2{cursor}")).key(&world.key)).await.json();
        let ids: Vec<Value> = answer["data"].as_array().unwrap().iter().map(|key| key["id"].clone()).collect();
        (ids, answer["page"].clone())
    };
    let (first, page_one) = page(&Value::Null).await;
    assert_eq!((&page_one["cursor"], &page_one["hasMore"]), (&Value::Null, &json!(true)));
    assert_eq!(revoke(&world, &world.key, &first[1], "").await.status, 200);
    world.clock.advance(Duration::seconds(1));
    let last = minted(&world, &world.key, json!({})).await["id"].clone();
    let (second, page_two) = page(&page_one["nextCursor"]).await;
    assert_eq!(page_two["cursor"], page_one["nextCursor"]);
    let (third, page_three) = page(&page_two["nextCursor"]).await;
    assert_eq!((&page_three["nextCursor"], &page_three["hasMore"]), (&Value::Null, &json!(false)));
    let mut all = [first, second, third].concat();
    assert_eq!((all.remove(0), all.pop()), (json!(id(&world.key)), Some(last)));
    assert!(all.len() == made.len() && made.iter().all(|id| all.contains(id)), "each once");
}

#[tokio::test]
async fn a_key_can_be_replaced_by_another_and_revoke_itself() {
    let world = World::new().await;
    let next = minted(&world, &world.key, json!({ "scopes": Scope::ALL })).await;
    let old = world.key.clone();
    for key in [&old, text(&next["key"])] {
        assert_eq!(world.ask(Ask::get("/v1/agency").key(key)).await.status, 200);
    }
    let ended = revoke(&world, &old, &json!(id(&old)), "").await;
    assert_eq!((ended.status.as_u16(), &ended.data()["status"]), (200, &json!("revoked")));
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&old)).await.status, 401);
    assert!(works(&world, &next).await);
    assert_eq!(list(&world, text(&next["key"])).await.len(), 1);
}

/// Passes a gate as a request does that writes.
pub(crate) async fn admit(gate: &Gate, credential: Credential<'_>, now: DateTime<Utc>) -> Result<Admitted, Denied> {
    let screened = gate.screen(credential, now).await.unwrap()?;
    gate.admit(screened, None, Use::Write, now).await.unwrap()
}

#[tokio::test]
async fn a_revoked_key_is_refused_by_functions_that_admitted_it_before() {
    let world = World::new().await;
    let key = minted(&world, &world.key, json!({})).await;
    let parsed = ApiKey::parse(text(&key["key"])).unwrap();
    let gates = [Gate::new(world.store.clone()), Gate::new(world.store.clone())];
    for gate in &gates {
        assert!(admit(gate, Credential::Key(&parsed), world.now()).await.is_ok());
    }
    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    for gate in &gates {
        assert_eq!(admit(gate, Credential::Key(&parsed), world.now()).await, Err(Denied::Unauthenticated));
    }
}

#[tokio::test]
async fn each_operation_on_keys_needs_its_scope() {
    let world = World::new().await;
    let without: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::KeysManage).collect();
    let limits = Limits { reads: 10, writes: 10 };
    let key = world.agency_with(AgencyId::random(), Mode::Live, limits, |record| record.scopes = without).await;
    let own = json!(id(&key));
    for answer in [
        world.ask(create(&key, json!({}))).await,
        world.ask(Ask::get("/v1/api-keys").key(&key)).await,
        revoke(&world, &key, &own, "").await,
    ] {
        assert_eq!(code(&answer), (403, "insufficient_scope".into()));
        assert!(answer.text.contains("keys.manage"), "{}", answer.text);
    }
    assert_eq!(world.ask(Ask::get("/v1/agency").key(&key)).await.status, 200, "the key was not revoked");
}

#[tokio::test]
async fn a_gate_item_of_an_older_version_still_works() {
    let world = World::new().await;
    let pk = format!("T#{}.live", world.agency);
    let strip = world.engine.client.update_item().table_name("main").update_expression("REMOVE #removed");
    let strip = strip.key("pk", AttributeValue::S(pk)).key("sk", AttributeValue::S("GATE".into()));
    strip.expression_attribute_names("#removed", "removed").send().await.unwrap();
    let key = minted(&world, &world.key, json!({})).await;
    assert_eq!(revoke(&world, &world.key, &key["id"], "").await.status, 200);
    assert!(!works(&world, &key).await);
    assert_eq!(list(&world, &world.key).await.len(), 1);
}
