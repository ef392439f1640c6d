//! Canceling a post: targets of which nothing was sent are canceled, others keep their status.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use shared::{tenant::Mode, testing::Ask};

use super::{cancel, path, statuses};
use crate::{
    publish::{answer, next_due, now, opened, settle},
    world::{Browser, World},
};

fn in_an_hour(world: &World) -> Value {
    json!({ "type": "at", "scheduledAt": world.now() + Duration::hours(1) })
}

#[tokio::test]
async fn a_canceled_post_is_never_sent_and_stays_readable() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", in_an_hour(&world)).await;
    let canceled = cancel(&world, &post).await;
    assert_eq!(canceled.status, 200, "{}", canceled.text);
    assert_eq!((canceled.data()["status"].as_str(), statuses(&canceled.data())), (Some("canceled"), vec!["canceled"]));
    assert_eq!(next_due(&world).await, None, "the post is not in the due index");
    assert_eq!(world.read(&post).await, canceled.data());

    // Neither the schedule nor an earlier message leads to a call.
    world.clock.advance(Duration::hours(2));
    world.tick().await;
    world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &post).await)).await.unwrap();
    settle(&world).await;
    assert!(world.feed("demo_shop").await.is_empty());
    assert_eq!(world.read(&post).await["status"], "canceled");
}

#[tokio::test]
async fn canceling_again_gets_the_same_answer() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", in_an_hour(&world)).await;
    let first = cancel(&world, &post).await;
    let again = cancel(&world, &post).await;
    assert_eq!((again.status.as_u16(), again.data()), (200, first.data()));
}

#[tokio::test]
async fn a_replay_of_the_creation_gets_its_answer_after_a_cancel() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let body = json!({
        "clientId": client, "content": "Rather not", "schedule": in_an_hour(&world),
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let ask = || Ask::post("/v1/posts", &body).idempotency_key("k").key(&world.key);
    let created = world.ask(ask()).await.data();
    cancel(&world, &created).await;
    assert_eq!(world.ask(ask()).await.data(), created);
    assert_eq!(world.read(&created).await["status"], "canceled", "a replay does not restore the post");
}

#[tokio::test]
async fn a_finished_post_cannot_be_canceled() {
    for (account, status) in [("demo_shop", "published"), ("suspended", "failed")] {
        let world = World::new().await;
        let (client, id) = world.connected(account).await;
        let post = world.post(&client, &[&id], "Too late", now()).await;
        world.deliver().await;
        let before = world.read(&post).await;
        assert_eq!(statuses(&before), [status]);
        let due = next_due(&world).await;
        let refused = cancel(&world, &post).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"), "{account}");
        assert_eq!(world.read(&post).await, before, "the post is unchanged");
        assert_eq!(next_due(&world).await, due);
    }
}

/// One target is published, the other rate limited.
#[tokio::test]
async fn of_two_targets_the_unpublished_one_is_canceled() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "rate_limited").await;
    let accounts = world.accounts(&client).await;
    let ids: Vec<_> = ["demo_shop", "rate_limited"]
        .map(|handle| accounts.iter().find(|it| it["handle"] == handle).unwrap()["id"].as_str().unwrap())
        .into();
    let post = world.post(&client, &ids, "Half", now()).await;
    world.deliver().await;
    assert_eq!(statuses(&world.read(&post).await), ["published", "scheduled"]);
    let canceled = cancel(&world, &post).await;
    assert_eq!(canceled.status, 200, "{}", canceled.text);
    assert_eq!(statuses(&canceled.data()), ["published", "canceled"]);
    assert_eq!(canceled.data()["status"], "published");
    assert!(canceled.data()["targets"][1]["error"].is_null(), "a canceled target has no error");
    world.deliver().await;
    assert_eq!(next_due(&world).await, None);
    assert_eq!(cancel(&world, &post).await.data(), canceled.data(), "again");
    assert!(world.feed("rate_limited").await.is_empty());
}

#[tokio::test]
async fn an_unconfirmed_target_beside_a_canceled_one_is_still_read_back() {
    let world = World::new().await;
    let (client, _) = world.connected("answer_lost").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "rate_limited").await;
    let accounts = world.accounts(&client).await;
    let ids: Vec<_> = ["answer_lost", "rate_limited"]
        .map(|handle| accounts.iter().find(|it| it["handle"] == handle).unwrap()["id"].as_str().unwrap())
        .into();
    let post = world.post(&client, &ids, "Half", now()).await;
    world.deliver().await;
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed", "scheduled"]);
    assert_eq!(statuses(&cancel(&world, &post).await.data()), ["unconfirmed", "canceled"]);
    assert!(next_due(&world).await.is_some());
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["published", "canceled"]);
}

#[tokio::test]
async fn a_canceled_held_post_is_not_published_after_a_reconnect() {
    let world = World::new().await;
    let (client, account) = world.connected("token_dead").await;
    let post = world.post(&client, &[&account], "Held", now()).await;
    world.deliver().await;
    assert_eq!(statuses(&world.read(&post).await), ["held"]);
    assert_eq!(statuses(&cancel(&world, &post).await.data()), ["canceled"]);
    world.deliver().await;
    assert_eq!(next_due(&world).await, None);
}

#[tokio::test]
async fn only_its_owner_can_cancel_a_post() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let other = world.client("Another").await;
    let post = world.post(&client, &[&account], "Mine", in_an_hour(&world)).await;
    let ask = |key: &str, path: &str| Ask::new(Method::DELETE, path).key(key);
    let stranger = world.agency(shared::id::AgencyId::random(), Mode::Live).await;
    let bound = world.bound_key(Mode::Live, other.parse().unwrap()).await;
    for key in [&stranger, &bound] {
        assert_eq!(world.ask(ask(key, &path(&post))).await.status, 404);
    }
    assert_eq!(world.ask(ask(&world.key, "/v1/posts/nothing")).await.status, 404);
    assert_eq!(world.read(&post).await["status"], "scheduled");
    let own = world.bound_key(Mode::Live, client.parse().unwrap()).await;
    assert_eq!(world.ask(ask(&own, &path(&post))).await.status, 200);
}

/// X refused the token, and the worker is about to retry with a new one.
#[tokio::test]
async fn a_target_is_canceled_between_a_refusal_and_its_retry() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Later", now()).await;
    world.network.hook(|_| Some(Ok(answer(429, &json!({ "title": "Too Many Requests" })))));
    world.deliver().await;
    world.network.unhook();
    assert_eq!(statuses(&world.read(&post).await), ["scheduled"]);
    assert_eq!(cancel(&world, &post).await.status, 200);
    settle(&world).await;
    assert!(world.feed("demo_shop").await.is_empty());
}
