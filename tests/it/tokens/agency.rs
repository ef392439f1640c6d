//! `tokensNotBefore`: an agency ends all its earlier tokens at once.

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};
use shared::{tenant::Mode, testing::Ask};

use super::{agency, claims, with, world};
use crate::{agency::patch, world::World};

fn text(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

async fn end(world: &World, value: Value) -> shared::testing::TestResponse {
    world.ask(patch(&json!({ "tokensNotBefore": value })).key(&world.key)).await
}

#[tokio::test]
async fn tokens_issued_before_the_end_are_refused_at_their_next_request() {
    let (world, issuer) = world().await;
    let old = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &old).await.data()["tokensNotBefore"], json!(null));
    world.clock.advance(Duration::milliseconds(1500));
    let now = text(world.now());
    let ended = end(&world, json!(now)).await;
    assert_eq!((ended.status.as_u16(), &ended.data()["tokensNotBefore"]), (200, &json!(now)), "{}", ended.text);

    let refused = agency(&world, &old).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    let lacking = issuer.token(&with(with(claims(&world), "iat", world.now().timestamp() - 2), "scope", ""));
    let path = "/v1/clients/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(
        world.ask(Ask::get(path).key(&lacking)).await.status,
        401,
        "an ended token is 401, also where it lacks the scope"
    );
    // `iat` has whole seconds: a token of the end's second may have been issued before the end.
    assert_eq!(agency(&world, &issuer.token(&claims(&world))).await.status, 401);
    world.clock.advance(Duration::seconds(1));
    let new = agency(&world, &issuer.token(&claims(&world))).await;
    assert_eq!((new.status.as_u16(), &new.data()["tokensNotBefore"]), (200, &json!(now)));
    assert_eq!(agency(&world, &world.key).await.status, 200, "keys still work");
}

/// `iat` has whole seconds: a token of the end's second may have been issued before the end.
#[tokio::test]
async fn every_token_issued_in_the_second_of_the_end_is_ended() {
    for (end_at, fraction) in [(0, ""), (0, ".7"), (999, ""), (500, ".7")] {
        let (world, issuer) = world().await;
        world.clock.advance(Duration::milliseconds(end_at));
        let issued: Value = format!("{}{fraction}", world.now().timestamp()).parse().unwrap();
        let token = issuer.token(&with(claims(&world), "iat", issued.clone()));
        assert_eq!(agency(&world, &token).await.status, 200);
        let now = text(world.now());
        assert_eq!(end(&world, json!(now)).await.status, 200);
        assert_eq!(agency(&world, &token).await.status, 401, "ended at {now}, issued at {issued}");
        let next = issuer.token(&with(claims(&world), "iat", world.now().timestamp() + 1));
        assert_eq!(agency(&world, &next).await.status, 200, "a token of the next second is accepted");
    }
}

#[tokio::test]
async fn the_end_cannot_be_in_the_future_or_moved_back() {
    let (world, _) = world().await;
    let now = world.now();
    for value in [json!(text(now + Duration::seconds(1))), json!("2026-01-01"), json!(0), Value::Null] {
        let refused = end(&world, value.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "validation_failed"), "{value}");
        assert_eq!(refused.json()["errors"][0]["path"], "tokensNotBefore");
    }
    assert_eq!(end(&world, json!(text(now))).await.status, 200);
    assert_eq!(end(&world, json!(text(now))).await.status, 200, "repeating it is accepted");
    let back = json!({ "tokensNotBefore": text(now - Duration::milliseconds(1)), "name": "Other", "color": "#0b5fd9" });
    let refused = world.ask(patch(&back).key(&world.key)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
    assert!(refused.text.contains(&text(now)), "{}", refused.text);
    let current = agency(&world, &world.key).await.data();
    assert_eq!(
        (&current["name"], &current["color"]),
        (&json!("Acme Agency"), &Value::Null),
        "the refused change changed nothing"
    );
    assert_eq!(current["tokensNotBefore"], json!(text(now)));
}

#[tokio::test]
async fn the_end_is_per_mode() {
    let (world, issuer) = world().await;
    world.agency(world.agency, Mode::Test).await;
    let token = issuer.token(&with(claims(&world), "mode", "test"));
    world.clock.advance(Duration::seconds(1));
    assert_eq!(end(&world, json!(text(world.now()))).await.status, 200);
    assert_eq!(agency(&world, &token).await.status, 200);
}

#[tokio::test]
async fn a_token_with_agency_manage_can_end_itself() {
    let (world, issuer) = world().await;
    let token = issuer.token(&claims(&world));
    world.clock.advance(Duration::seconds(1));
    let body = json!({ "tokensNotBefore": text(world.now()), "name": "Renamed" });
    let ended = world.ask(patch(&body).key(&token)).await;
    assert_eq!((ended.status.as_u16(), &ended.data()["name"]), (200, &json!("Renamed")), "{}", ended.text);
    assert_eq!(agency(&world, &token).await.status, 401);
}
