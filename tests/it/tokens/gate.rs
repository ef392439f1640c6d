//! Tokens at the gate: they share limits and counters with keys.

use serde_json::json;
use shared::{id::AgencyId, tenant::Mode, testing::Ask};

use super::{FEW, claims, with, world};

#[tokio::test]
async fn keys_and_tokens_share_one_limit() {
    let (world, issuer) = world().await;
    let agency = AgencyId::random();
    let key = world.agency_with(agency, Mode::Live, FEW, |_| {}).await;
    let token = issuer.token(&with(claims(&world), "agency", json!(agency)));
    let another = issuer.token(&with(with(claims(&world), "agency", json!(agency)), "sub", "another"));
    for (by, remaining) in [(&key, "2"), (&token, "1"), (&another, "0")] {
        let answer = world.ask(Ask::get("/v1/agency").key(by)).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit-remaining")), (200, Some(remaining)));
    }
    for by in [&token, &key] {
        let over = world.ask(Ask::get("/v1/agency").key(by)).await;
        assert_eq!((over.status.as_u16(), over.header("retry-after").is_some()), (429, true));
    }
    let write = Ask::post("/v1/clients", &json!({ "name": "A" })).key(&token);
    assert_eq!(
        world.ask(write).await.header("ratelimit-remaining"),
        Some("2"),
        "reads and writes are counted separately"
    );
}

#[tokio::test]
async fn of_a_hundred_concurrent_requests_a_limit_of_three_admits_three() {
    let (world, issuer) = world().await;
    let agency = AgencyId::random();
    world.agency_with(agency, Mode::Live, FEW, |_| {}).await;
    let token = issuer.token(&with(claims(&world), "agency", json!(agency)));
    let answers = futures_util::future::join_all((0..100).map(|_| super::agency(&world, &token))).await;
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    let limited = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((admitted, limited), (3, 97));
}

#[tokio::test]
async fn a_missing_scope_is_403_names_the_scope_and_is_not_counted() {
    let (world, issuer) = world().await;
    let token = issuer.token(&with(claims(&world), "scope", "clients.read posts.write Clients.Manage"));
    let refused = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&token)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "insufficient_scope"));
    assert!(refused.text.contains("clients.manage"), "{}", refused.text);
    assert_eq!(refused.header("ratelimit-remaining"), Some("100000"), "the refusal has the remaining requests");
    let all = issuer.token(&claims(&world));
    let created = world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&all)).await;
    assert_eq!(created.header("ratelimit-remaining"), Some("99999"), "the refused request was not counted");
}

#[tokio::test]
async fn no_token_and_no_subject_is_stored() {
    let (world, issuer) = world().await;
    let token = issuer.token(&with(claims(&world), "sub", "kim@example.com"));
    assert_eq!(world.ask(Ask::post("/v1/clients", &json!({ "name": "A" })).key(&token)).await.status, 201);
    let items = format!("{:?}", world.engine.items().await);
    let signature = token.rsplit('.').next().unwrap();
    assert!(!items.contains("kim@example.com") && !items.contains(signature));
}
