//! A worker that is killed at every point, between any two of its effects. Whoever comes after it publishes what surely
//! was not sent, reads back what may have been, and says so where neither is known. Never twice, never stuck.

mod media;
pub(crate) mod mortal;

use platforms::Effect;
use serde_json::{Value, json};

use crate::{
    publish::{leap, message, next_due, now, settle},
    world::{Browser, World},
};
use mortal::handle_until;

/// More effects than a worker has with three targets.
const MANY: usize = 60;

/// What a worker that died before this effect leaves: the API's status of each target once all is settled.
async fn fate(account: &str, effects: &[usize]) -> (World, Value, bool) {
    let world = World::new().await;
    let (client, id) = world.connected(account).await;
    let post = world.post(&client, &[&id], "Once", now()).await;
    let mut lived = false;
    for effects in effects {
        world.clock.set(next_due(&world).await.unwrap().max(world.now()));
        lived = handle_until(&world, message(&world, &post), *effects).await;
        world.lose_messages();
        if lived {
            break;
        }
        let next = next_due(&world).await.expect("whatever a dead worker left, the clock finds");
        assert!(next <= world.now() + chrono::Duration::from_std(crate::world::LEASE).unwrap());
    }
    (world, post, lived)
}

/// Says what is true: `published` is on the feed once, `unconfirmed` is not there, and nothing else has come of it.
async fn is_honest(world: &World, target: &Value, handle: &str, at: &str) {
    let times = world.feed(handle).await.len();
    match target["status"].as_str().unwrap() {
        "published" => assert_eq!(times, 1, "{at}"),
        // Here the read-back always gets an answer, so doubt only stays where nothing was posted.
        "unconfirmed" => assert_eq!(times, 0, "{at}"),
        other => panic!("{at}: {other}"),
    }
}

#[tokio::test]
async fn killed_anywhere_a_post_is_on_the_feed_once_or_in_doubt() {
    let mut doubts = Vec::new();
    for effects in 0..MANY {
        let (world, post, lived) = fate("demo_shop", &[effects]).await;
        settle(&world).await;
        let target = world.target(&post).await;
        is_honest(&world, &target, "demo_shop", &format!("before effect {effects}")).await;
        if target["status"] == "unconfirmed" {
            doubts.push(effects);
        }
        if lived {
            // Claim, accounts, grant, the step on record, the commit, the outcome, the end.
            assert_eq!(effects, 7, "a publish has seven effects");
            // One of them: the commit is on record and did not leave. Nothing but X could tell it from one that did,
            // and there not being found proves nothing.
            assert_eq!(doubts, [4]);
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn killed_anywhere_and_its_successor_too() {
    // From the commit on record to the end: what dies earlier leaves nothing that its successor would not do anew.
    for first in 4..7 {
        for second in 0..8 {
            let (world, post, _) = fate("demo_shop", &[first, second]).await;
            settle(&world).await;
            let target = world.target(&post).await;
            is_honest(&world, &target, "demo_shop", &format!("before effects {first} and {second}")).await;
        }
    }
}

/// The platform's misbehaviour and ours at once.
#[tokio::test]
async fn killed_anywhere_on_an_account_whose_answers_are_lost() {
    for account in ["answer_lost", "lost_unposted", "server_error"] {
        for effects in 0..MANY {
            let (world, post, lived) = fate(account, &[effects]).await;
            settle(&world).await;
            let target = world.target(&post).await;
            let at = format!("{account}, before effect {effects}");
            is_honest(&world, &target, account, &at).await;
            if lived {
                break;
            }
        }
    }
}

/// Three targets side by side: each is a machine of its own, and each ends.
#[tokio::test]
async fn killed_anywhere_with_three_targets() {
    let handles = ["demo_shop", "demo_cafe", "busy_shop"];
    for effects in 0..MANY {
        let world = World::new().await;
        let client = world.client("Three").await;
        let link = world.link(&client, &["x"]).await;
        Browser::default().connect_x(&world, &link, handles[0]).await;
        for handle in &handles[1..] {
            let link = world.link(&client, &["x"]).await;
            Browser::default().connect_x(&world, &link, handle).await;
        }
        let accounts = world.accounts(&client).await;
        assert_eq!(accounts.len(), 3);
        let ids: Vec<_> = accounts.iter().map(|account| account["id"].as_str().unwrap()).collect();
        let post = world.post(&client, &ids, "Once each", now()).await;
        let lived = handle_until(&world, message(&world, &post), effects).await;
        world.lose_messages();
        settle(&world).await;
        for (account, target) in accounts.iter().zip(world.read(&post).await["targets"].as_array().unwrap()) {
            let handle = account["handle"].as_str().unwrap();
            is_honest(&world, target, handle, &format!("{handle}, before effect {effects}")).await;
        }
        if lived {
            // Claim, accounts and the end once; grant, step, commit and outcome for each.
            assert_eq!(effects, 3 + 3 * 4);
            return;
        }
    }
    panic!("it never came to an end");
}

/// The new tokens may have been handed out and not stored: then the grant is spent, and the customer is asked. In every
/// other place the post goes out.
#[tokio::test]
async fn killed_anywhere_around_a_refresh() {
    let mut spent = Vec::new();
    for effects in 0..MANY {
        let (world, post, lived) = fate("short_lived", &[effects]).await;
        for _ in 0..40 {
            if !leap(&world).await || world.target(&post).await["status"] == "held" {
                break;
            }
        }
        let target = world.target(&post).await;
        if target["status"] == "held" {
            spent.push(effects);
            assert_eq!(target["error"]["code"], "reconnect_required");
            assert!(world.feed("short_lived").await.is_empty());
        } else {
            is_honest(&world, &target, "short_lived", &format!("before effect {effects}")).await;
        }
        if lived {
            // Claim, accounts, grant, lease, refresh, and then: the new tokens.
            assert_eq!(spent, [5]);
            return;
        }
    }
    panic!("it never came to an end");
}

/// A commit in flight is doubt whatever became of it; a look is simply done again.
#[tokio::test]
async fn the_successor_looks_at_once() {
    let (world, post, lived) = fate("demo_shop", &[5]).await;
    assert!(!lived);
    let target = world.target(&post).await;
    assert_eq!(target["status"], "sending");
    assert_eq!(target["attempts"][0]["step"], json!(Effect::Commit));
    assert_eq!(target["attempts"][0]["outcome"], "started");
    world.network.seen();
    assert!(leap(&world).await);
    let target = world.target(&post).await;
    assert_eq!(target["status"], "published");
    let outcomes: Vec<_> = target["attempts"].as_array().unwrap().iter().map(|a| (&a["step"], &a["outcome"])).collect();
    assert_eq!(outcomes, [(&json!("commit"), &json!("unknown")), (&json!("confirm"), &json!("published"))]);
    let seen = world.network.seen();
    assert!(seen.iter().all(|call| call.starts_with("GET")), "only a look: {seen:?}");
}

/// The store is away for a moment, for one target of three: the others' calls are not cut off.
#[tokio::test]
async fn one_targets_store_error_does_not_interrupt_the_others() {
    let world = World::new().await;
    let (client, first) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let second = accounts.iter().find(|a| a["handle"] == "demo_cafe").unwrap()["id"].as_str().unwrap();
    let post = world.post(&client, &[&first, second], "Both", now()).await;
    world.lose_messages();
    let worker = mortal::faulty(&world, &first);
    let done = world.publish(publish_post::handle(&worker, message(&world, &post))).await;
    assert!(done.is_err(), "the message comes again");
    assert_eq!(world.feed("demo_cafe").await, ["Both"]);
    let post = world.read(&post).await;
    let statuses: Vec<_> = post["targets"].as_array().unwrap().iter().map(|t| t["status"].clone()).collect();
    assert_eq!(statuses, ["scheduled", "published"]);
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["Both"]);
}
