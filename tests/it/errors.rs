//! Every status with which a request can be refused.

use bytes::Bytes;
use http::{Method, Request};
use platforms::{FaultCode, PlatformId};
use serde_json::{Value, json};
use shared::{
    api::Code,
    id::AgencyId,
    store::Limits,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use crate::world::{Browser, SANDBOX, World};

fn problem(answer: &TestResponse, status: u16, code: &str) -> Value {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/errors/{code}"));
    assert_eq!(problem["correlationId"].as_str(), answer.header("x-correlation-id"));
    for field in ["title", "category", "detail", "remediation"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
    }
    problem
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let world = World::new().await;
    let none = Limits { reads: 0, writes: 0 };
    let limited = world.agency_with(AgencyId::random(), Mode::Live, none, |_| {}).await;
    let no_scope = world.agency_with(AgencyId::random(), Mode::Live, none, |record| record.scopes.clear()).await;
    let good = || Ask::post("/v1/clients", &json!({ "name": "A" })).key(&world.key);
    let large = format!("{{\"name\":\"{}\"}}", "a".repeat(256 * 1024));
    for (status, code, ask) in [
        (400, "malformed_json", good().body("{\"name\":")),
        (400, "malformed_json", good().body("")),
        (400, "idempotency_key_required", good().without("idempotency-key")),
        (400, "idempotency_key_invalid", good().idempotency_key(" ")),
        (
            400,
            "cursor_invalid",
            Ask::get(&format!("/v1/accounts?clientId={}&cursor=x", world.client("C").await)).key(&world.key),
        ),
        (400, "ambiguous_credentials", good().header("x-api-key", "other")),
        (401, "unauthenticated", good().without("authorization")),
        (403, "insufficient_scope", good().key(&no_scope)),
        (404, "not_found", Ask::get("/v1/clients/nobody").key(&world.key)),
        (404, "not_found", Ask::get("/nowhere")),
        (405, "method_not_allowed", Ask::new(Method::PUT, "/v1/clients").key(&world.key)),
        (413, "payload_too_large", good().body(large)),
        (415, "unsupported_media_type", good().header("content-type", "text/plain")),
        (415, "unsupported_media_type", good().without("content-type")),
        (422, "validation_failed", good().body("{}")),
        (429, "rate_limited", good().key(&limited)),
    ] {
        problem(&world.ask(ask).await, status, code);
    }
    let allowed = world.ask(Ask::new(Method::PUT, "/v1/posts/x")).await;
    assert_eq!(allowed.header("allow"), Some("DELETE, GET, PATCH"));
}

#[tokio::test]
async fn one_answer_names_every_faulty_field() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    let faults = async |path: &str, body: Value| -> Vec<String> {
        let answer = world.ask(Ask::post(path, &body).key(&world.key)).await;
        let problem = problem(&answer, 422, "validation_failed");
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(faults("/v1/clients", json!({ "type": "pet", "extra": 1 })).await, ["name", "type", "extra"]);
    assert_eq!(faults("/v1/clients", json!([])).await, [""]);
    assert_eq!(faults("/v1/clients", json!({ "name": "a".repeat(201) })).await, ["name"]);
    let invites = format!("/v1/clients/{client}/connect-invites");
    let body = json!({ "platforms": ["x", "myspace", "x"], "expiresInHours": 169 });
    assert_eq!(faults(&invites, body).await, ["platforms[1]", "platforms[2]", "expiresInHours"]);
    assert_eq!(faults(&invites, json!({ "platforms": [] })).await, ["platforms"]);
    assert_eq!(faults(&invites, json!({ "platforms": ["x"], "expiresInHours": 0 })).await, ["expiresInHours"]);
    assert_eq!(faults(&invites, json!({ "platforms": ["x"], "expiresInHours": 1.5 })).await, ["expiresInHours"]);
    let body = json!({
        "clientId": "cl_1", "content": 5, "targets": { "mode": "selection", "accountIds": ["x", "y"] },
        "schedule": { "type": "at", "scheduledAt": "tomorrow", "zone": "UTC" },
    });
    assert_eq!(
        faults("/v1/posts", body).await,
        [
            "clientId",
            "content",
            "targets.accountIds[0]",
            "targets.accountIds[1]",
            "schedule.scheduledAt",
            "schedule.zone"
        ]
    );
    assert_eq!(faults("/v1/posts", json!({})).await, ["clientId", "content", "targets", "schedule"]);
}

#[tokio::test]
async fn test_mode_offers_only_platforms_with_a_simulator() {
    let mut world = World::new().await;
    let key = world.agency(world.agency, Mode::Test).await;
    let client = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&key)).await.data();
    let path = format!("/v1/clients/{}/connect-invites", client["id"].as_str().unwrap());
    let ask = |platforms: Value| Ask::post(&path, &json!({ "platforms": platforms })).key(&key);
    assert_eq!(world.ask(ask(json!(["x"]))).await.status, 201);
    assert_eq!(world.ask(ask(json!(PlatformId::ALL))).await.status, 201);
    for platform in PlatformId::ALL {
        let feed = Request::get(format!("{SANDBOX}/feed/{platform}")).header("accept", "application/json");
        let answer = world.network.sandbox(feed.body(Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200, "{platform} has no simulator: see CONTRIBUTING.md");
    }
    world.functions.mint_invite.offered.at = None;
    let refused = problem(&world.ask(ask(json!(["x", "bluesky"]))).await, 422, "validation_failed");
    assert_eq!(refused["errors"][0]["path"], "platforms[1]");
    world.functions.mint_invite.offered.sandbox = None;
    let refused = problem(&world.ask(ask(json!(["x"]))).await, 422, "validation_failed");
    assert_eq!(refused["errors"][0]["path"], "platforms[0]");
}

#[tokio::test]
async fn every_code_has_its_page() {
    let world = World::new().await;
    for &code in Code::ALL {
        let page = world.ask(Ask::get(&format!("/errors/{}", code.as_str()))).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(code.as_str()) && page.text.contains(code.title()), "{}", page.text);
    }
    for code in FaultCode::ALL {
        let page = world.ask(Ask::get(&format!("/errors/{code}"))).await;
        assert_eq!(page.status, 200, "{code}");
        let first = code.happened().split('`').find(|words| words.len() > 3).unwrap();
        assert!(page.text.contains(code.as_str()) && page.text.contains(&first[1..]), "{}", page.text);
    }
    assert_eq!(world.ask(Ask::get("/errors/no_such_code")).await.status, 404);
}

/// Codes that share a row have the same words.
#[test]
fn the_document_has_the_table_of_the_codes() {
    let document = include_str!("../../docs/target-errors.md");
    let written: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
    let same_row = |a: &FaultCode, b: &FaultCode| (a.category(), a.happened()) == (b.category(), b.happened());
    let rows: Vec<String> = FaultCode::ALL
        .chunk_by(same_row)
        .map(|codes| {
            let names: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
            format!("| {} | {} | {} |", names.join(", "), codes[0].category().as_str(), codes[0].happened())
        })
        .collect();
    assert_eq!(written, rows);
}

/// An agency that reads "not published" may publish the post by other means.
#[tokio::test]
async fn the_pages_of_unconfirmed_outcomes_do_not_say_that_nothing_is_published() {
    let world = World::new().await;
    for (code, heading) in [
        ("outcome_unknown", "Nobody knows yet whether a post is published on an account"),
        ("not_asked", "Nobody knows yet whether a post is published on an account"),
        ("not_published", "A post is not published on an account"),
    ] {
        let page = world.ask(Ask::get(&format!("/errors/{code}"))).await;
        assert!(page.text.contains(&format!("<h1>{heading}</h1>")), "{}", page.text);
    }
}

#[tokio::test]
async fn a_panic_answers_500() {
    let answer = shared::lambda::respond(&(), |(), _| async { panic!("a bug") }, Ask::get("/").build()).await;
    let answer = TestResponse::read(answer);
    let problem = problem(&answer, 500, "internal");
    assert!(!problem.to_string().contains("a bug"), "the answer does not show the cause");
}

#[tokio::test]
async fn a_page_of_accounts_has_the_next_pages_cursor() {
    let world = World::new().await;
    let client = world.client("Autoloom").await;
    for account in ["demo_shop", "demo_cafe", "busy_shop"] {
        let link = world.link(&client, &["x"]).await;
        // One link connects one account of a platform.
        Browser::default().connect_x(&world, &link, account).await;
        world.clock.advance(chrono::Duration::seconds(1));
    }
    let page = async |query: &str| {
        let path = format!("/v1/accounts?clientId={client}&{query}");
        world.ask(Ask::get(&path).key(&world.key)).await.json()
    };
    let first = page("limit=2").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert_eq!(first["page"]["hasMore"], true);
    let second = page(&format!("limit=2&cursor={}", first["page"]["nextCursor"].as_str().unwrap())).await;
    assert_eq!(second["data"].as_array().unwrap().len(), 1);
    assert_eq!((&second["page"]["hasMore"], &second["page"]["nextCursor"]), (&json!(false), &Value::Null));
    assert_eq!(page("limit=0").await["code"], "validation_failed");
    assert_eq!(page("limit=101").await["code"], "validation_failed");
}
