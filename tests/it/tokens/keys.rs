//! The issuer's keys: they change, they are asked for seldom, and the issuer may be down.

use chrono::Duration;

use super::{agency, claims, with, world};

#[tokio::test]
async fn a_new_key_is_learned_within_a_minute_and_an_old_one_forgotten() {
    let (world, issuer) = world().await;
    let old = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &old).await.status, 200);
    issuer.rotate("ES256");
    let new = issuer.token(&claims(&world));
    assert_eq!(agency(&world, &new).await.status, 401, "the issuer was asked a moment ago");
    world.clock.advance(Duration::minutes(1));
    assert_eq!(agency(&world, &new).await.status, 200);
    assert_eq!(agency(&world, &old).await.status, 401, "its key is withdrawn");
}

#[tokio::test]
async fn strangers_make_us_ask_the_issuer_once_a_minute() {
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
    // What is refused for itself asks nobody.
    for name in ["iss", "aud"] {
        assert_eq!(agency(&world, &issuer.token(&with(claims(&world), name, "other"))).await.status, 401);
    }
    assert!(world.network.seen().is_empty());
}

#[tokio::test]
async fn while_the_issuer_is_down_nobody_can_tell_and_known_keys_serve() {
    let (world, issuer) = world().await;
    issuer.down(true);
    let token = issuer.token(&claims(&world));
    let _ = world.engine.calls();
    let answer = agency(&world, &token).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "unavailable"));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert!(world.engine.calls().is_empty(), "nothing was read for it");
    world.clock.advance(Duration::seconds(20));
    issuer.down(false);
    assert_eq!(agency(&world, &token).await.header("retry-after"), Some("40"));
    // A token that cannot be one is 401 all the same.
    assert_eq!(agency(&world, &issuer.token(&with(claims(&world), "exp", 1))).await.status, 401);
    world.clock.advance(Duration::seconds(40));
    assert_eq!(agency(&world, &token).await.status, 200);

    issuer.down(true);
    world.clock.advance(Duration::hours(23));
    assert_eq!(agency(&world, &issuer.token(&claims(&world))).await.status, 200);
    world.clock.advance(Duration::hours(1));
    assert_eq!(agency(&world, &issuer.token(&claims(&world))).await.status, 503);
}
