//! Boundary values of request fields: numbers, lists and dates on both sides of each limit, and texts of every kind.

mod pages;
mod texts;
mod times;

use chrono::{Duration, SecondsFormat};
use http::Method;
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use crate::{posts::faulty_paths, world::World};

/// The paths of the faults that an answer names; none for a success.
fn faults(answer: &TestResponse) -> Vec<String> {
    if answer.status.is_success() { Vec::new() } else { faulty_paths(answer) }
}

/// Sends `base` with each row's change, and compares the faulty paths of the answer with the row's.
async fn check(world: &World, method: Method, path: &str, base: Value, rows: &[(Value, &[&str])]) {
    for (change, paths) in rows {
        let mut body = base.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let ask = Ask::post(path, &body).key(&world.key);
        let ask = match method {
            Method::POST => ask,
            _ => Ask::new(method.clone(), path)
                .header("content-type", "application/json")
                .body(body.to_string())
                .key(&world.key),
        };
        let answer = world.ask(ask).await;
        assert_eq!(faults(&answer), *paths, "{path} {change}: {}", answer.text);
    }
}

#[tokio::test]
async fn fields_of_clients_and_invites_have_exact_limits() {
    let world = World::new().await;
    let name = |length| json!({ "name": "é".repeat(length) });
    let rows: &[(Value, &[&str])] = &[
        (name(1), &[]),
        (name(200), &[]),
        (name(201), &["name"]),
        (json!({ "name": format!("  {}\n", "e\u{301}".repeat(200)) }), &[]),
        (json!({ "name": "" }), &["name"]),
        (json!({ "name": " \t\u{a0}" }), &["name"]),
        (json!({ "name": null, "type": null }), &["name", "type"]),
        (json!({ "name": 1, "type": "Brand", "zz": 1, "aa": 1 }), &["name", "type", "zz", "aa"]),
    ];
    check(&world, Method::POST, "/v1/clients", json!({}), rows).await;

    let path = format!("/v1/clients/{}/connect-invites", world.client("A").await);
    let hours = |hours: Value| json!({ "expiresInHours": hours });
    let long = |length: usize| json!({ "returnUrl": format!("https://app.example/{}", "a".repeat(length - 20)) });
    let rows: &[(Value, &[&str])] = &[
        (hours(json!(0)), &["expiresInHours"]),
        (hours(json!(1)), &[]),
        (hours(json!(168)), &[]),
        (hours(json!(168.0)), &[]),
        (hours(json!(169)), &["expiresInHours"]),
        (hours(json!(1.5)), &["expiresInHours"]),
        (hours(json!(-1)), &["expiresInHours"]),
        (hours(json!(1e30)), &["expiresInHours"]),
        (hours(json!(u64::MAX)), &["expiresInHours"]),
        (hours(json!("1")), &["expiresInHours"]),
        (hours(json!(true)), &["expiresInHours"]),
        (hours(Value::Null), &["expiresInHours"]),
        (json!({ "platforms": [] }), &["platforms"]),
        (json!({ "platforms": "x" }), &["platforms"]),
        (json!({ "platforms": ["x", "x"] }), &["platforms[1]"]),
        (json!({ "platforms": ["X", "x", null] }), &["platforms[0]", "platforms[2]"]),
        (long(2_048), &[]),
        (long(2_049), &["returnUrl"]),
        (json!({ "returnUrl": "http://app.example/" }), &["returnUrl"]),
        (json!({ "returnUrl": "/done" }), &["returnUrl"]),
        (json!({ "returnUrl": "https://other.example/" }), &["returnUrl"]),
    ];
    check(&world, Method::PATCH, "/v1/agency", json!({ "returnUrls": ["https://app.example/"] }), &[(json!({}), &[])])
        .await;
    check(&world, Method::POST, &path, json!({ "platforms": ["x"] }), rows).await;
}

#[tokio::test]
async fn fields_of_keys_have_exact_limits() {
    let world = World::new().await;
    let at = |after: Duration| {
        let at = world.now() + Duration::days(365) + after;
        json!({ "expiresAt": at.to_rfc3339_opts(SecondsFormat::Millis, true) })
    };
    let rows: &[(Value, &[&str])] = &[
        (json!({ "label": "é".repeat(64) }), &[]),
        (json!({ "label": "é".repeat(65) }), &["label"]),
        (json!({ "label": " " }), &["label"]),
        (json!({ "expiresInDays": 0 }), &["expiresInDays"]),
        (json!({ "expiresInDays": 1 }), &[]),
        (json!({ "expiresInDays": 365 }), &[]),
        (json!({ "expiresInDays": 366 }), &["expiresInDays"]),
        (json!({ "expiresInDays": "1" }), &["expiresInDays"]),
        (at(Duration::zero()), &[]),
        (at(Duration::seconds(1)), &["expiresAt"]),
        (json!({ "expiresAt": world.now() }), &["expiresAt"]),
        (json!({ "expiresAt": world.now() + Duration::seconds(1) }), &[]),
        (json!({ "expiresAt": "2026-07-02T12:00:00" }), &["expiresAt"]),
        (json!({ "scopes": [] }), &["scopes"]),
        (json!({ "scopes": ["posts.read", "posts.read", "Posts.read"] }), &["scopes[1]", "scopes[2]"]),
    ];
    check(&world, Method::POST, "/v1/api-keys", json!({ "label": "a", "scopes": ["posts.read"] }), rows).await;
}

#[tokio::test]
async fn fields_of_posts_have_exact_limits() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let base = json!({
        "clientId": client, "content": "Hello", "schedule": { "type": "draft" },
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let to = |ids: Vec<String>| json!({ "targets": { "mode": "selection", "accountIds": ids } });
    let unknown = |many: usize| (0..many).map(|_| shared::id::AccountId::random().to_string()).collect::<Vec<_>>();
    let fifty: Vec<String> = (0..50).map(|n| format!("targets.accountIds[{n}]")).collect();
    let fifty: Vec<&str> = fifty.iter().map(String::as_str).collect();
    let media = |many: usize| json!({ "media": vec![json!({ "url": "https://files.example/a.jpg" }); many] });
    let alt =
        |length: usize| json!({ "media": [{ "url": "https://files.example/a.jpg", "altText": "é".repeat(length) }] });
    let rows: &[(Value, &[&str])] = &[
        (json!({ "content": "a".repeat(65_535) }), &[]),
        (json!({ "content": "a".repeat(65_536) }), &[]),
        (json!({ "content": "é".repeat(32_768) }), &[]),
        (json!({ "content": "a".repeat(65_537) }), &["content"]),
        (json!({ "content": format!("a{}", "é".repeat(32_768)) }), &["content"]),
        (to(Vec::new()), &["targets.accountIds"]),
        (to(unknown(50)), &fifty),
        (to(unknown(51)), &["targets.accountIds"]),
        (to(vec![account.clone(), account.clone()]), &["targets.accountIds[1]"]),
        // Beside an invalid mode, accounts are still checked by themselves.
        (json!({ "targets": { "accountIds": [account] } }), &["targets.mode"]),
        (json!({ "targets": { "mode": "some", "accountIds": [account] } }), &["targets.mode"]),
        (
            json!({ "targets": { "accountIds": ["x"], "a": 1 } }),
            &["targets.mode", "targets.accountIds[0]", "targets.a"],
        ),
        (json!({ "targets": { "mode": "all", "accountIds": [account] } }), &["targets.accountIds"]),
        (media(0), &[]),
        (media(35), &[]),
        (media(36), &["media"]),
        (json!({ "media": [{ "url": "https://files.example/a.jpg" }], "media[0]": 1 }), &["media[0]"]),
        (alt(0), &["media[0].altText"]),
        (alt(1_000), &[]),
        (alt(1_001), &["media[0].altText"]),
        (json!({ "overrides": { account.clone(): {}, "acc_x": {} } }), &["overrides.acc_x"]),
        (
            json!({ "clientId": 1, "content": null, "media": {}, "targets": [], "schedule": "now", "publishBefore": 1, "b": 1, "a": 1 }),
            &["clientId", "content", "media", "targets", "schedule", "publishBefore", "b", "a"],
        ),
    ];
    check(&world, Method::POST, "/v1/posts", base, rows).await;
}

#[tokio::test]
async fn the_first_of_two_limit_parameters_counts() {
    let world = World::new().await;
    for name in ["A", "B"] {
        world.client(name).await;
    }
    let page = world.ask(Ask::get("/v1/clients?limit=1&limit=2").key(&world.key)).await;
    assert_eq!(page.data().as_array().unwrap().len(), 1);
}

/// The remediation mentions an idempotency key only for a POST.
#[tokio::test]
async fn only_the_remediation_of_a_post_mentions_its_idempotency_key() {
    let world = World::new().await;
    let remedy = async |ask: Ask| {
        let answer = world.ask(ask.key(&world.key)).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answer.json()["remediation"].as_str().unwrap().to_owned()
    };
    let patch = Ask::new(Method::PATCH, "/v1/agency").header("content-type", "application/json").body("{\"name\":1}");
    for ask in [patch, Ask::get("/v1/clients?limit=0")] {
        assert_eq!(remedy(ask).await, "Correct the fields named in errors.");
    }
    let post = remedy(Ask::post("/v1/clients", &json!({}))).await;
    assert_eq!(post, "Correct the fields named in errors. The idempotency key may be used again.");
}

/// The gateway has no route for HEAD.
#[tokio::test]
async fn head_is_refused_on_every_path() {
    let world = World::new().await;
    for route in shared::routes::Routes::of_this_build().routes {
        let answer = world.ask(Ask::new(Method::HEAD, &route.path).key(&world.key)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method_not_allowed"), "{}", route.path);
        assert!(answer.header("allow").unwrap().split(", ").any(|method| method == route.method), "{}", route.path);
    }
}
