//! What happens while an account is disconnected.

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

use super::{X, disconnect, refresh, standing};
use crate::{
    connect::{called, count, is, stored, tables, tenant, vault, wait},
    publish::{Held, is_refresh, message, worker},
    world::{Browser, World},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_the_platform_is_told_leaves_the_account_disconnected() {
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
    assert_eq!(*seen.lock().unwrap(), Some((AccountStatus::Disconnected, 0)), "before anything was sent");
}

#[tokio::test]
async fn a_reconnect_or_a_refresh_in_between_is_seen() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let (account, grant) = standing(&world, &client).await;
    let vault = vault(&world);
    let disconnect = async |account: &Account, grant: Option<&Grant>| {
        world.store.disconnect_account(&vault, tenant(&world), account, grant).await.unwrap()
    };
    assert!(vault.store_rotated(tenant(&world), &grant, grant.tokens.clone()).await.unwrap().is_some());
    let before = tables(&world).await;
    assert!(!disconnect(&account, Some(&grant)).await, "its tokens are others by now");
    assert_eq!(tables(&world).await, before);
    let (_, grant) = standing(&world, &client).await;
    assert!(vault.take_lease(&grant, world.now(), world.now() + Duration::minutes(2)).await.unwrap());
    assert!(!disconnect(&account, Some(&grant)).await, "it is about to have others");

    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_shop").await;
    let before = tables(&world).await;
    for read in [Some(&grant), None] {
        assert!(!disconnect(&account, read).await, "it stands on another grant");
    }
    assert_eq!(tables(&world).await, before);

    let (account, grant) = standing(&world, &client).await;
    assert!(disconnect(&account, Some(&grant)).await);
    assert!(!disconnect(&account, Some(&grant)).await, "of two at once, one tells the platform");
}

/// The platform has rotated, and the answer is on its way to the worker.
#[tokio::test]
async fn tokens_of_a_refresh_under_way_are_ended_by_whoever_gets_them() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(Duration::minutes(2));
    let post = world.post(&client, &[&account], "Too late", json!({ "type": "now" })).await;
    let (_, old) = standing(&world, &client).await;
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
    let meanwhile = async {
        held.arrived().await;
        let answer = disconnect(&world, &account).await;
        held.release();
        answer
    };
    let (done, answer) = tokio::join!(world.publish(publish_post::handle(&slow, message(&world, &post))), meanwhile);
    done.unwrap();
    assert_eq!(
        (&answer.data()["status"], &answer.data()["revokedAtPlatform"]),
        (&json!("disconnected"), &json!(false))
    );
    let [spent, fresh] = &ended.lock().unwrap().clone()[..] else { panic!("{ended:?}") };
    assert_eq!(*spent, old.tokens.refresh.as_ref().unwrap().expose(), "what was known");
    assert_ne!(spent, fresh, "and what came of it");
    let mut late = old.clone();
    late.tokens.refresh = Some(Secret::new(fresh.clone()));
    assert!(matches!(refresh(&world, &late).await, Err(oauth::Error::Dead(_))));
    assert!(world.feed("short_lived").await.is_empty());
}

#[tokio::test]
async fn nobody_says_that_all_is_ended_after_a_refresh_whose_answer_was_lost() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let (_, grant) = standing(&world, &client).await;
    assert!(vault(&world).take_lease(&grant, world.now(), world.now() + Duration::minutes(2)).await.unwrap());
    world.clock.advance(Duration::minutes(3));
    assert_eq!(disconnect(&world, &account).await.data()["revokedAtPlatform"], false);
    assert_eq!(called(&world, X), 1, "what is known is ended all the same");
}

#[tokio::test]
async fn of_many_who_disconnect_at_once_one_tells_the_platform() {
    let world = World::new().await;
    let (_, account) = world.connected("demo_shop").await;
    let _ = world.network.seen();
    let answers = futures_util::future::join_all((0..8).map(|_| disconnect(&world, &account))).await;
    assert!(answers.iter().all(|answer| answer.data()["status"] == "disconnected"));
    assert_eq!(answers.iter().filter(|answer| answer.data()["revokedAtPlatform"] == true).count(), 1);
    assert_eq!(called(&world, X), 1);
}
