//! Refreshing tokens while publishing: one refresh at a time, and no reconnect is requested without need.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    account::Account,
    net::{HttpClient, SendError},
};

use crate::{
    crash::killed_worker,
    publish::{
        Held, answer, calls, grant, is_commit, is_refresh, leap, minutes, next_due, now, opened, saving::Fails, settle,
        stored, tenant, worker,
    },
    world::{Browser, LEASE, World},
};

/// A world with `short_lived` connected, its token expired, and `posts` due posts.
async fn ended(posts: usize) -> (World, String, Vec<Value>) {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(Duration::minutes(2));
    let mut made = Vec::new();
    for n in 0..posts {
        made.push(world.post(&client, &[&account], &format!("Post {n}"), now()).await);
    }
    world.lose_messages();
    world.network.seen();
    (world, client, made)
}

async fn status(world: &World, client: &str) -> Value {
    world.accounts(client).await[0]["status"].clone()
}

/// Publishes posts with a worker each, all at the same time.
async fn publish_at_once(world: &World, posts: &[Value]) {
    let mut messages = Vec::new();
    for post in posts {
        messages.push(opened(world, post).await);
    }
    futures_util::future::join_all(messages.into_iter().map(|message| world.take(message))).await;
}

#[tokio::test]
async fn two_concurrent_posts_refresh_once() {
    let (world, client, posts) = ended(2).await;
    let (first, second) = tokio::join!(
        world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &posts[0]).await)),
        world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &posts[1]).await)),
    );
    first.unwrap();
    second.unwrap();
    assert_eq!(calls(&world)[1], 1, "only one worker refreshes");
    assert_eq!(grant(&world, &client).await.version, 2);
    // The other post is postponed by seconds. The sandbox's short-lived token is then within the refresh margin again.
    world.pass(Duration::seconds(30)).await;
    settle(&world).await;
    for post in &posts {
        assert_eq!(world.target(post).await["status"], "published");
    }
    assert_eq!(world.feed("short_lived").await.len(), 2);
    assert_eq!(status(&world, &client).await, "connected");
}

/// The old refresh token is spent: without the new one, the customer would have to connect again.
#[tokio::test]
async fn rotated_tokens_are_stored_when_the_store_is_back() {
    let (world, client, posts) = ended(1).await;
    let http = HttpClient::new(world.network.clone(), LEASE / 3);
    let deps = killed_worker::worker(&world, Fails::times(5, "SET sealed"), http);
    world.publish(publish_target::handle(&deps, opened(&world, &posts[0]).await)).await.unwrap();
    assert_eq!(grant(&world, &client).await.version, 2);
    assert_eq!(calls(&world)[1], 1, "refreshed once");
    settle(&world).await;
    assert_eq!(world.target(&posts[0]).await["status"], "published");
    assert_eq!(status(&world, &client).await, "connected");
}

/// With tokens of ordinary lifetime, later workers use the stored tokens.
#[tokio::test]
async fn sixteen_posts_share_the_tokens_of_one_refresh() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    world.clock.advance(Duration::hours(2));
    let mut posts = Vec::new();
    for n in 0..16 {
        posts.push(world.post(&client, &[&account], &format!("Post {n}"), now()).await);
    }
    world.lose_messages();
    world.network.seen();
    publish_at_once(&world, &posts).await;
    world.pass(Duration::minutes(1)).await;
    for post in &posts {
        assert_eq!(world.target(post).await["status"], "published");
    }
    assert_eq!(calls(&world), [16, 1, 0]);
    assert_eq!(grant(&world, &client).await.version, 2);
}

/// Another worker has refreshed between this worker's read of the grant and its attempt.
#[tokio::test]
async fn a_grant_that_another_worker_rotated_is_read_again() {
    let (world, client, posts) = ended(2).await;
    let held = Held::on(&world, is_refresh);
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        world
            .publish(publish_target::handle(&world.functions.publish_target, opened(&world, &posts[1]).await))
            .await
            .unwrap();
        let waits = world.target(&posts[1]).await;
        held.release();
        waits
    };
    let (done, waits) =
        tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &posts[0]).await)), concurrent);
    done.unwrap();
    assert_eq!(waits["status"], "scheduled", "postponed and not held, because no fault of the grant is known");
    assert!(waits["error"].is_null());
    assert_eq!(next_due(&world).await, Some(world.now() + Duration::seconds(5)), "it is tried again soon");
    assert_eq!(world.target(&posts[0]).await["status"], "published");
    assert_eq!(calls(&world)[1], 1);
    settle(&world).await;
    assert_eq!(world.target(&posts[1]).await["status"], "published");
    assert_eq!(status(&world, &client).await, "connected");
}

/// Two workers were refused with the same old token, and the first has refreshed before the second tries to.
#[tokio::test]
async fn a_token_that_another_worker_refreshed_is_used_at_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let first = world.post(&client, &[&account], "First", now()).await;
    let second = world.post(&client, &[&account], "Second", now()).await;
    world.lose_messages();
    world.network.seen();
    let old = format!("Bearer {}", grant(&world, &client).await.tokens.access.expose());
    world.network.hook(move |request| {
        let refused = is_commit(request) && request.headers()["authorization"] == old.as_str();
        refused.then(|| Ok(answer(401, &json!({ "title": "Unauthorized" }))))
    });
    let held = Held::on(&world, is_commit);
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        world
            .publish(publish_target::handle(&world.functions.publish_target, opened(&world, &second).await))
            .await
            .unwrap();
        held.release();
    };
    let (done, ()) =
        tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &first).await)), concurrent);
    done.unwrap();
    for post in [&first, &second] {
        assert_eq!(world.target(post).await["status"], "published");
    }
    assert_eq!(calls(&world), [4, 1, 0]);
    assert_eq!(grant(&world, &client).await.version, 2);
}

/// The account has to be reconnected while the post is unconfirmed.
#[tokio::test]
async fn an_unconfirmed_post_is_read_back_after_a_reconnect() {
    let world = World::new().await;
    let (client, account) = world.connected("answer_lost").await;
    let post = world.post(&client, &[&account], "Doubtful", now()).await;
    world.deliver().await;
    world.network.hook(|request| {
        if is_refresh(request) {
            return Some(Ok(answer(400, &json!({ "error": "invalid_grant" }))));
        }
        (request.method() == http::Method::GET).then(|| Ok(answer(401, &json!({ "title": "Unauthorized" }))))
    });
    minutes(&world, 20).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "unconfirmed", "it may be on the feed, so it is not held");
    assert_eq!(target["error"]["code"], "reconnect_required");
    assert_eq!(status(&world, &client).await, "reconnect_required");
    world.network.unhook();
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "answer_lost").await;
    minutes(&world, 16).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("answer_lost").await, ["Doubtful"]);
}

/// No fault of the grant is known, but the old refresh token may be spent: it is tried once more after the refresh lease.
#[tokio::test]
async fn a_lost_answer_to_a_refresh_postpones_the_post() {
    let (world, client, posts) = ended(1).await;
    world.network.hook(|request| is_refresh(request).then(|| Err(SendError::OutcomeUnknown("lost".into()))));
    world.tick().await;
    world.deliver().await;
    let target = world.target(&posts[0]).await;
    assert_eq!(target["status"], "scheduled");
    assert_eq!(status(&world, &client).await, "connected");
    let again = next_due(&world).await.unwrap();
    assert_eq!(again, world.now() + 2 * LEASE, "when the refresh lease has ended");
    assert_eq!(calls(&world), [0, 1, 0]);

    world.network.unhook();
    world.clock.set(again - Duration::seconds(1));
    world.tick().await;
    world.deliver().await;
    assert_eq!(calls(&world), [0, 0, 0], "not earlier");
    assert!(leap(&world).await);
    assert_eq!(calls(&world), [1, 1, 0]);
    assert_eq!(world.target(&posts[0]).await["status"], "published");
    assert_eq!(grant(&world, &client).await.version, 2);
}

/// The server rotated the tokens and its answer was lost, so the old refresh token is spent.
#[tokio::test]
async fn a_lost_answer_that_spent_the_refresh_token_requires_a_reconnect() {
    let (world, client, posts) = ended(1).await;
    let held = Held::on(&world, is_refresh);
    let dying = worker(&world, held.clone());
    tokio::select! {
        _ = world.publish(publish_target::handle(&dying, opened(&world, &posts[0]).await)) => panic!("its answer is kept back"),
        () = held.arrived() => {}
    }
    for _ in 0..40 {
        if world.target(&posts[0]).await["status"] == "held" || !leap(&world).await {
            break;
        }
    }
    let target = world.target(&posts[0]).await;
    assert_eq!(target["status"], "held", "{target}");
    assert_eq!(target["error"]["code"], "reconnect_required");
    assert_eq!(status(&world, &client).await, "reconnect_required");

    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "short_lived").await;
    minutes(&world, 16).await;
    assert_eq!(world.target(&posts[0]).await["status"], "published");
    assert_eq!(world.feed("short_lived").await.len(), 1);
}

#[tokio::test]
async fn a_refresh_at_an_unreachable_or_busy_server_is_retried() {
    for (unwell, wait) in [(None, 5..=7), (Some(503), 180..=180), (Some(429), 180..=180), (Some(400), 180..=180)] {
        let (world, client, posts) = ended(1).await;
        world.network.hook(move |request| {
            let body = json!({ "error": "temporarily_unavailable" });
            is_refresh(request).then(|| match unwell {
                None => Err(SendError::NotSent("no such host".into())),
                Some(status) => Ok(answer(status, &body)),
            })
        });
        world.tick().await;
        world.deliver().await;
        let target = world.target(&posts[0]).await;
        assert_eq!((&target["status"], &target["error"]["code"]), (&json!("scheduled"), &json!("not_refreshed")));
        let again = next_due(&world).await.unwrap() - world.now();
        assert!(wait.contains(&again.num_seconds()), "{unwell:?}: {again}");
        assert_eq!(status(&world, &client).await, "connected", "{unwell:?}");
        world.network.unhook();
        assert!(leap(&world).await);
        assert_eq!(world.target(&posts[0]).await["status"], "published", "{unwell:?}");
    }
}

#[tokio::test]
async fn a_dead_grant_of_many_posts_causes_one_refresh_and_one_change() {
    let (world, client, posts) = ended(5).await;
    world.network.hook(|request| is_refresh(request).then(|| Ok(answer(400, &json!({ "error": "invalid_grant" })))));
    publish_at_once(&world, &posts).await;
    minutes(&world, 3).await;
    assert_eq!(calls(&world), [0, 1, 0]);
    assert_eq!(status(&world, &client).await, "reconnect_required");
    for post in &posts {
        assert_eq!(world.target(post).await["status"], "held");
    }
}

/// The customer reconnects while the old grant is being refreshed: the new grant is kept, whatever the refresh answers.
#[tokio::test]
async fn a_reconnect_during_a_refresh_is_not_undone() {
    for dead in [false, true] {
        let (world, client, posts) = ended(1).await;
        let old = stored(&world, &client).await[0].grant;
        if dead {
            world.network.hook(|request| {
                let form = String::from_utf8_lossy(request.body()).into_owned();
                let refresh = is_refresh(request) && form.contains("grant_type=refresh_token");
                refresh.then(|| Ok(answer(400, &json!({ "error": "invalid_grant" }))))
            });
        }
        let held = Held::on(&world, is_refresh);
        let slow = worker(&world, held.clone());
        let concurrent = async {
            held.arrived().await;
            let link = world.link(&client, &["x"]).await;
            Browser::default().connect_x(&world, &link, "short_lived").await;
            held.release();
        };
        let (done, ()) =
            tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &posts[0]).await)), concurrent);
        done.unwrap();
        world.network.unhook();
        let revoked = world.network.seen().iter().any(|call| call.ends_with("/revoke"));
        assert!(!revoked, "the old tokens are not revoked, because some platforms would end the new grant too");
        let account = stored(&world, &client).await.remove(0);
        assert_ne!(account.grant, old);
        let before = Account { grant: old, ..account };
        let orphan = world.functions.publish_target.vault.find(tenant(&world), &before).await.unwrap();
        assert!(orphan.is_none(), "the late refresh does not restore the old grant");
        assert_eq!(grant(&world, &client).await.version, 1, "the new grant is unchanged");
        assert_eq!(status(&world, &client).await, "connected");
        minutes(&world, 16).await;
        assert_eq!(world.target(&posts[0]).await["status"], "published");
    }
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_stored_one() {
    let (world, client, posts) = ended(1).await;
    let before = grant(&world, &client).await;
    world.network.hook(|request| {
        if is_refresh(request) {
            let body = json!({ "access_token": "fresh", "token_type": "bearer", "expires_in": 7200 });
            return Some(Ok(answer(200, &body)));
        }
        is_commit(request).then(|| {
            assert_eq!(request.headers()["authorization"], "Bearer fresh");
            Ok(answer(201, &json!({ "data": { "id": "1", "text": "Post 0" } })))
        })
    });
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.target(&posts[0]).await["status"], "published");
    let after = grant(&world, &client).await;
    assert_eq!((after.version, after.tokens.access.expose()), (2, "fresh"));
    assert_eq!(after.tokens.refresh.unwrap().expose(), before.tokens.refresh.unwrap().expose());
    assert_eq!(after.tokens.expires_at, Some(world.now() + Duration::hours(2)));
}

/// At most one refresh per run, so that a platform that refuses new tokens causes no endless loop.
#[tokio::test]
async fn a_refused_new_token_is_not_refreshed_again() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.seen();
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let refused = Arc::new(AtomicUsize::new(0));
    world.network.hook({
        let (tokens, refused) = (Arc::clone(&tokens), Arc::clone(&refused));
        move |request| {
            // It accepts the sixth, so that the test ends even if there is a loop.
            (is_commit(request) && refused.load(Ordering::SeqCst) < 5).then(|| {
                refused.fetch_add(1, Ordering::SeqCst);
                tokens.lock().unwrap().push(request.headers()["authorization"].clone());
                Ok(answer(401, &json!({ "title": "Unauthorized" })))
            })
        }
    });
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.deliver().await;
    assert_eq!(calls(&world), [2, 1, 0]);
    assert_eq!(refused.load(Ordering::SeqCst), 2);
    let tokens = tokens.lock().unwrap().clone();
    assert_ne!(tokens[0], tokens[1], "the second try used the new token");
    assert_eq!(world.target(&post).await["status"], "held");
    assert_eq!(status(&world, &client).await, "reconnect_required");
}
