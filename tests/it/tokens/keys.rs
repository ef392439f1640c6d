//! The issuer's keys: rotation, caching, and outages of the issuer.

use chrono::Duration;

use super::{agency, claims, with, world};

#[tokio::test]
async fn a_new_key_is_accepted_within_a_minute_and_a_removed_one_refused() {
    let (world, issuer) = world().await;
    let old = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &old).await.status, 200);
    issuer.rotate("ES256");
    let new = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &new).await.status, 401, "the issuer was called less than a minute ago");
    world.clock.advance(Duration::minutes(1));
    assert_eq!(agency(&world, &new).await.status, 200);
    assert_eq!(agency(&world, &old).await.status, 401, "its key is removed");
}

#[tokio::test]
async fn tokens_with_unknown_keys_cause_one_call_of_the_issuer_per_minute() {
    let (world, issuer) = world().await;
    let good = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &good).await.status, 200);
    let asked = ["oauth-authorization-server", "openid-configuration"].map(|name| format!("/.well-known/{name}"));
    let asked: Vec<_> =
        asked.into_iter().chain(["/keys".into()]).map(|path| format!("GET {}{path}", super::ISSUER)).collect();
    assert_eq!(world.network.seen(), asked);
    for minute in 0..3 {
        for n in 0..20 {
            let header = serde_json::json!({ "kid": format!("{minute}-{n}") });
            assert_eq!(agency(&world, &issuer.token_with(&header, &claims(&world))).await.status, 401);
        }
        let seen = world.network.seen();
        assert_eq!(seen, if minute == 0 { vec![] } else { asked.clone() }, "minute {minute}");
        world.clock.advance(Duration::minutes(1));
    }
    // A token with wrong claims causes no call.
    for name in ["iss", "aud"] {
        assert_eq!(agency(&world, &issuer.token(&with(claims(&world), name, "other"))).await.status, 401);
    }
    assert!(world.network.seen().is_empty());
}

#[tokio::test]
async fn while_the_issuer_is_down_known_keys_work_and_unknown_ones_are_503() {
    let (world, issuer) = world().await;
    issuer.down(true);
    let token = issuer.token(&claims(&world));
    let _ = world.engine.calls();
    let answer = agency(&world, &token).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "unavailable"));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert!(world.engine.calls().is_empty(), "the store was not called");
    world.clock.advance(Duration::seconds(20));
    issuer.down(false);
    assert_eq!(agency(&world, &token).await.header("retry-after"), Some("40"));
    // A token with wrong claims is 401, also during the outage.
    assert_eq!(agency(&world, &issuer.token(&with(claims(&world), "exp", 1))).await.status, 401);
    world.clock.advance(Duration::seconds(40));
    assert_eq!(agency(&world, &token).await.status, 200);

    issuer.down(true);
    world.clock.advance(Duration::hours(23));
    assert_eq!(agency(&world, &issuer.token(&claims(&world))).await.status, 200);
    world.clock.advance(Duration::hours(1));
    assert_eq!(agency(&world, &issuer.token(&claims(&world))).await.status, 503);
}
