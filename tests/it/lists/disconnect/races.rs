//! Crashes and concurrent changes during a disconnection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use chrono::Duration;
use serde_json::json;
use shared::{
    account::{Account, AccountStatus},
    oauth,
    secret::Secret,
    store::Grant,
};

use super::{X, account_and_grant, disconnect, refresh};
use crate::{
    connect::{called, count, is, stored, tables, tenant, vault, wait},
    media::{ask, connected, feed, sample},
    publish::{Held, is_refresh, opened, settle, worker},
    world::{Browser, World},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_during_the_platforms_call_leaves_the_account_disconnected() {
    let world = Arc::new(World::new().await);
    let (client, account) = world.connected("demo_shop").await;
    let (agency, seen) = (Arc::clone(&world), Arc::new(Mutex::new(None)));
    let kept = Arc::clone(&seen);
    world.network.hook(move |request| {
        if is(request, X) {
            let state = wait(async { (stored(&agency, &client).await[0].status, count(&agency, "GRANT").await) });
            *kept.lock().unwrap() = Some(state);
        }
        None
    });
    disconnect(&world, &account).await;
    world.network.unhook();
    assert_eq!(
        *seen.lock().unwrap(),
        Some((AccountStatus::Disconnected, 0)),
        "the account was disconnected before the call"
    );
}

#[tokio::test]
async fn a_reconnect_or_refresh_since_the_read_is_detected() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let (account, grant) = account_and_grant(&world, &client).await;
    let vault = vault(&world);
    let disconnect = async |account: &Account, grant: Option<&Grant>| {
        world.store.disconnect_account(&vault, tenant(&world), account, grant).await.unwrap()
    };
    assert!(vault.store_rotated(tenant(&world), &grant, grant.tokens.clone()).await.unwrap().is_some());
    let before = tables(&world).await;
    assert!(!disconnect(&account, Some(&grant)).await, "the tokens were refreshed");
    assert_eq!(tables(&world).await, before);
    let (_, grant) = account_and_grant(&world, &client).await;
    assert!(vault.take_lease(&grant, world.now(), world.now() + Duration::minutes(2)).await.unwrap());
    assert!(!disconnect(&account, Some(&grant)).await, "a refresh is in progress");

    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_shop").await;
    let before = tables(&world).await;
    for read in [Some(&grant), None] {
        assert!(!disconnect(&account, read).await, "the account has another grant");
    }
    world.store.mark_expiry(tenant(&world), &account, Some(world.now())).await.unwrap();
    assert_eq!(tables(&world).await, before, "the end of a replaced grant is not the account's");

    let (account, grant) = account_and_grant(&world, &client).await;
    assert!(disconnect(&account, Some(&grant)).await);
    assert!(!disconnect(&account, Some(&grant)).await, "of two concurrent disconnections one calls the platform");
}

#[tokio::test]
async fn a_lease_of_a_grant_is_released_by_its_holder_only() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let (_, first) = account_and_grant(&world, &client).await;
    let vault = vault(&world);
    let rotated = vault.store_rotated(tenant(&world), &first, first.tokens.clone()).await.unwrap().unwrap();
    let (now, until) = (world.now(), world.now() + Duration::minutes(2));
    assert!(vault.take_lease(&rotated, now, until).await.unwrap());
    vault.release_lease(&rotated, until - Duration::minutes(1)).await.unwrap();
    vault.release_lease(&first, until).await.unwrap();
    assert!(!vault.take_lease(&rotated, now, until).await.unwrap(), "another worker's lease, or another version's");
    vault.release_lease(&rotated, until).await.unwrap();
    assert!(vault.take_lease(&rotated, now, until).await.unwrap());
}

/// The platform has rotated the tokens, and its answer is on the way to the worker.
#[tokio::test]
async fn tokens_of_a_concurrent_refresh_are_revoked_by_the_worker_that_receives_them() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(Duration::minutes(2));
    let post = world.post(&client, &[&account], "Too late", json!({ "type": "now" })).await;
    let (_, old) = account_and_grant(&world, &client).await;
    let ended = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&ended);
    world.network.hook(move |request| {
        if is(request, X) {
            let form: HashMap<_, _> = url::form_urlencoded::parse(request.body()).into_owned().collect();
            heard.lock().unwrap().push(form["token"].clone());
        }
        None
    });
    let held = Held::on(&world, is_refresh);
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        let answer = disconnect(&world, &account).await;
        held.release();
        answer
    };
    let (done, answer) =
        tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &post).await)), concurrent);
    done.unwrap();
    assert_eq!(
        (&answer.data()["status"], &answer.data()["revokedAtPlatform"]),
        (&json!("disconnected"), &json!(false))
    );
    let [spent, fresh] = &ended.lock().unwrap().clone()[..] else { panic!("{ended:?}") };
    assert_eq!(*spent, old.tokens.refresh.as_ref().unwrap().expose(), "the known token was revoked");
    assert_ne!(spent, fresh, "and so was the new one");
    let mut late = old.clone();
    late.tokens.refresh = Some(Secret::new(fresh.clone()));
    assert!(matches!(refresh(&world, &late).await, Err(oauth::Error::Dead(_))));
    assert!(world.feed("short_lived").await.is_empty());
}

/// The container is made, and its media are being fetched by Instagram, which takes three seconds.
#[tokio::test]
async fn no_commit_follows_a_disconnect_during_a_long_preparation() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let post = ask(&world, &place, &[&sample("photo.jpg")], json!({})).await.data();
    let held = Held::on(&world, |request| request.uri().path().ends_with("/media"));
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        world.clock.advance(Duration::seconds(3));
        let answer = disconnect(&world, &place.1).await;
        held.release();
        answer
    };
    let message = opened(&world, &post).await;
    let (done, answer) = tokio::join!(world.publish(publish_target::handle(&slow, message)), concurrent);
    done.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    settle(&world).await;
    assert!(feed(&world, "instagram", "demo_shop").await.is_empty());
    let target = world.target(&post).await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&json!("failed"), &json!("account_disconnected")));
}

#[tokio::test]
async fn after_a_refresh_without_an_answer_revocation_is_not_reported_as_complete() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (_, grant) = account_and_grant(&world, &client).await;
    assert!(vault(&world).take_lease(&grant, world.now(), world.now() + Duration::minutes(2)).await.unwrap());
    world.clock.advance(Duration::minutes(3));
    assert_eq!(disconnect(&world, &account).await.data()["revokedAtPlatform"], false);
    assert_eq!(called(&world, X), 1, "the known token is revoked");
}

#[tokio::test]
async fn of_many_concurrent_disconnections_one_calls_the_platform() {
    let world = World::new().await;
    let (_, account) = world.connected("demo_shop").await;
    let _ = world.network.seen();
    let answers = futures_util::future::join_all((0..8).map(|_| disconnect(&world, &account))).await;
    assert!(answers.iter().all(|answer| answer.data()["status"] == "disconnected"));
    assert_eq!(answers.iter().filter(|answer| answer.data()["revokedAtPlatform"] == true).count(), 1);
    assert_eq!(called(&world, X), 1);
}
