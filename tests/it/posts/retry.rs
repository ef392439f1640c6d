//! Retrying failed targets: at once, and once per idempotency key.

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    event::By,
    net::SendError,
    post::Post,
    queue::Message,
    store::{self, ActionOutcome, Origin},
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::{path, retry, statuses};
use crate::{
    connect::end_grant,
    publish::{
        Held, answer, ask_post, is_commit, message, next_due, now, opened, settle, stored, target_messages, tenant,
        worker,
    },
    world::{Browser, World},
};

/// A post that X refused, but would accept now.
async fn refused(world: &World) -> Value {
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Once more", now()).await;
    world
        .network
        .hook(|request| is_commit(request).then(|| Ok(answer(403, &json!({ "title": "Forbidden", "detail": "no" })))));
    world.deliver().await;
    world.network.unhook();
    assert_eq!(statuses(&world.read(&post).await), ["failed"]);
    post
}

#[tokio::test]
async fn a_failed_target_is_retried_at_once() {
    let world = World::new().await;
    let post = refused(&world).await;
    let account = post["targets"][0]["accountId"].clone();
    let answer = retry(&world, &post, "k").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected = json!({ "object": "retry", "postId": post["id"], "accountIds": [account], "retriedAt": "2026-07-01T12:00:00Z" });
    assert_eq!(answer.data(), expected);
    let scheduled = world.read(&post).await;
    assert_eq!((statuses(&scheduled), &scheduled["targets"][0]["error"]), (vec!["scheduled"], &Value::Null));
    assert_eq!(next_due(&world).await, Some(world.now()));
    world.deliver().await;
    let published = world.read(&post).await;
    assert_eq!(statuses(&published), ["published"]);
    assert_eq!(published["targets"][0]["attempts"].as_array().unwrap().len(), 2, "the first attempt is kept");
    assert_eq!(world.feed("demo_shop").await, ["Once more"]);
}

#[tokio::test]
async fn a_replayed_retry_does_nothing_and_gets_the_same_answer() {
    let world = World::new().await;
    let post = refused(&world).await;
    let first = retry(&world, &post, "k").await;
    world.deliver().await;
    world.clock.advance(Duration::hours(1));
    let replay = retry(&world, &post, "k").await;
    assert_eq!((replay.status.as_u16(), replay.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(replay.data(), first.data());
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await.len(), 1);
    let other = retry(&world, &post, "other").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (409, "state_conflict"), "no target is failed now");
}

#[tokio::test]
async fn a_replay_of_the_creation_gets_its_answer_after_a_retry() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    end_grant(&world, &stored(&world, &client).await[0]).await;
    let body = json!({
        "clientId": client, "content": "Held", "schedule": now(),
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let create = || Ask::post("/v1/posts", &body).idempotency_key("creation").key(&world.key);
    let created = world.ask(create()).await.data();
    assert_eq!(statuses(&created), ["held"]);
    Browser::default().connect_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
    world.network.hook(|request| is_commit(request).then(|| Ok(answer(403, &json!({ "title": "Forbidden" })))));
    settle(&world).await;
    world.network.unhook();
    assert_eq!(statuses(&world.read(&created).await), ["failed"]);
    assert_eq!(retry(&world, &created, "k").await.status, 200);
    assert_eq!(statuses(&world.read(&created).await), ["scheduled"]);
    let replay = world.ask(create()).await;
    assert_eq!((replay.header("idempotent-replayed"), replay.data()), (Some("true"), created));
}

#[tokio::test]
async fn two_concurrent_retries_with_one_key_retry_once() {
    let world = World::new().await;
    let post = refused(&world).await;
    let (one, two) = tokio::join!(retry(&world, &post, "k"), retry(&world, &post, "k"));
    assert_eq!((one.status.as_u16(), two.status.as_u16(), one.data()), (200, 200, two.data()));
    let replays = [&one, &two].into_iter().filter(|answer| answer.header("idempotent-replayed").is_some());
    assert_eq!(replays.count(), 1);
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await.len(), 1);
}

#[tokio::test]
async fn the_last_ten_retry_keys_are_stored() {
    let world = World::new().await;
    let (client, account) = world.connected("suspended").await;
    let post = world.post(&client, &[&account], "Never", now()).await;
    world.deliver().await;
    for n in 0..11 {
        assert_eq!(retry(&world, &post, &format!("k{n}")).await.status, 200);
        world.deliver().await;
    }
    let replayed = |answer: TestResponse| answer.header("idempotent-replayed").is_some();
    for n in 1..11 {
        assert!(replayed(retry(&world, &post, &format!("k{n}")).await), "k{n}");
    }
    assert!(!replayed(retry(&world, &post, "k0").await), "the eleventh key replaced the first");
}

#[tokio::test]
async fn only_failed_targets_are_retried() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "suspended").await;
    let accounts = world.accounts(&client).await;
    let ids: Vec<_> = ["demo_shop", "suspended"]
        .map(|handle| accounts.iter().find(|it| it["handle"] == handle).unwrap()["id"].as_str().unwrap())
        .into();
    let post = world.post(&client, &ids, "Half", now()).await;
    world.deliver().await;
    assert_eq!(statuses(&world.read(&post).await), ["published", "failed"]);
    assert_eq!(retry(&world, &post, "k").await.data()["accountIds"], json!([ids[1]]));
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await.len(), 1, "the published target is not sent again");
}

#[tokio::test]
async fn a_failed_target_is_retried_while_another_one_is_being_sent() {
    let world = World::new().await;
    let (client, sent) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "suspended").await;
    let post = ask_post(&world, &client, "", json!({ "targets": { "mode": "all" } })).await.data();
    opened(&world, &post).await;
    world.lose_messages();
    let is_sent = |message: &Message| message.target.unwrap().account.to_string() == sent;
    let (sending, failing): (Vec<_>, Vec<_>) = target_messages(&world, &post).into_iter().partition(is_sent);
    world.take(failing[0]).await;
    let held = Held::on(&world, is_commit);
    let worker = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        let retried = retry(&world, &post, "k").await;
        held.release();
        retried
    };
    let work = world.publish(publish_target::handle(&worker, sending[0]));
    let (done, retried) = tokio::join!(work, concurrent);
    done.unwrap();
    let failed = failing[0].target.unwrap().account;
    assert_eq!(retried.data()["accountIds"], json!([failed]), "{}", retried.text);
    assert_eq!(world.feed("demo_shop").await.len(), 1, "the worker's answer is saved");
    assert_eq!(world.waiting().len(), 1, "the retried target is announced");
}

#[tokio::test]
async fn a_retry_of_a_post_that_cannot_be_retried_is_refused() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let scheduled = world.post(&client, &[&account], "Later", json!({ "type": "draft" })).await;
    assert_eq!(retry(&world, &scheduled, "a").await.code(), "state_conflict");

    let last = world.now() + Duration::hours(1);
    let body = json!({ "publishBefore": last });
    let post = ask_post(&world, &client, &account, body).await.data();
    world.network.hook(|request| is_commit(request).then(|| Ok(answer(403, &json!({ "title": "Forbidden" })))));
    world.deliver().await;
    world.network.unhook();
    world.clock.set(last);
    assert_eq!(retry(&world, &post, "b").await.code(), "state_conflict", "its publishBefore has passed");

    let at = format!("{}/retry", path(&post));
    let ask = |body: &Value| Ask::post(&at, body).key(&world.key);
    assert_eq!(world.ask(ask(&json!({})).without("idempotency-key")).await.code(), "idempotency_key_required");
    assert_eq!(world.ask(ask(&json!({ "when": "now" }))).await.code(), "validation_failed");
    let stranger = world.agency(shared::id::AgencyId::random(), Mode::Live).await;
    assert_eq!(world.ask(ask(&json!({})).key(&stranger)).await.status, 404);
}

/// The SDK retries a write whose answer was lost.
#[tokio::test]
async fn a_retried_write_that_finds_itself_is_no_replay() {
    let world = World::new().await;
    let post = refused(&world).await;
    let id = message(&world, &post).post_id;
    let origin = |nonce: &str| Origin { fingerprint: "f".into(), nonce: nonce.into() };
    let change = async |origin: Origin| {
        let current = world.store.find_current_post(tenant(&world), id).await.unwrap().unwrap();
        let once = ("mark".to_owned(), origin);
        let nothing = |_: &Post| Ok::<_, store::Error>(Vec::new());
        world.store.act_on_targets(tenant(&world), current, By::system(world.now()), once, nothing).await.unwrap()
    };
    assert!(matches!(change(origin("one")).await, ActionOutcome::Now(_)));
    assert!(matches!(change(origin("one")).await, ActionOutcome::Now(_)));
    assert!(matches!(change(origin("two")).await, ActionOutcome::Before(_)));
}

#[tokio::test]
async fn an_unconfirmed_target_cannot_be_retried() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Lost", now()).await;
    world.network.hook(|request| is_commit(request).then(|| Err(SendError::OutcomeUnknown("lost".into()))));
    world.deliver().await;
    world.network.unhook();
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed"]);
    assert_eq!(retry(&world, &post, "k").await.code(), "state_conflict");
}
