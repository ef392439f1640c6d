//! A worker is killed before each of its effects (writes to the store and calls of the platform). The next worker publishes
//! what was certainly not sent, reads back what may have been, and leaves `unconfirmed` what cannot be known. No post is
//! published twice, and none is stuck.

pub(crate) mod killed_worker;
mod media;

use platforms::Effect;
use serde_json::{Value, json};

use crate::{
    publish::{leap, next_due, now, opened, settle, target_messages},
    world::{Browser, LEASE, World},
};
use killed_worker::{KilledWorker, handle_until};

/// An upper bound of a worker's effects with three targets.
const MAX_EFFECTS: usize = 60;

/// Publishes a post with a worker that is killed before the first of these effects, then one that is killed before the
/// second, and so on. Returns the world, the post, and whether the last worker finished.
async fn crash_before(account: &str, effects: &[usize]) -> (World, Value, bool) {
    let world = World::new().await;
    let (client, id) = world.connected(account).await;
    let post = world.post(&client, &[&id], "Once", now()).await;
    let mut finished = false;
    for effects in effects {
        world.clock.set(next_due(&world).await.unwrap().max(world.now()));
        finished = handle_until(&world, opened(&world, &post).await, *effects).await;
        world.lose_messages();
        if finished {
            break;
        }
        let next = next_due(&world).await.expect("a post of a killed worker is in the due index");
        assert!(next <= world.now() + chrono::Duration::from_std(LEASE).unwrap() + chrono::Duration::seconds(10));
    }
    (world, post, finished)
}

/// Asserts that a `published` target is on the feed once, that an `unconfirmed` one is not, and that there is no other status.
async fn assert_status_matches_feed(world: &World, target: &Value, handle: &str, at: &str) {
    let times = world.feed(handle).await.len();
    match target["status"].as_str().unwrap() {
        "published" => assert_eq!(times, 1, "{at}"),
        // The read-back is always answered here, so only what was not posted stays unconfirmed.
        "unconfirmed" => assert_eq!(times, 0, "{at}"),
        other => panic!("{at}: {other}"),
    }
}

#[tokio::test]
async fn a_post_whose_worker_was_killed_is_on_the_feed_once_or_unconfirmed() {
    let mut unconfirmed = Vec::new();
    for effects in 0..MAX_EFFECTS {
        let (world, post, finished) = crash_before("demo_shop", &[effects]).await;
        settle(&world).await;
        let target = world.target(&post).await;
        assert_status_matches_feed(&world, &target, "demo_shop", &format!("before effect {effects}")).await;
        if target["status"] == "unconfirmed" {
            unconfirmed.push(effects);
        }
        if finished {
            // Claim, post, accounts, grant, saving the step, the commit, saving its outcome, the log, giving the target back.
            assert_eq!(effects, 9, "a publish has nine effects");
            // Killed between saving the step and the commit: this cannot be told from a sent commit, because X's read-back
            // proves nothing when it finds nothing.
            assert_eq!(unconfirmed, [5]);
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn a_post_whose_two_workers_were_killed_is_on_the_feed_once_or_unconfirmed() {
    // From the saved commit on: a worker killed earlier leaves nothing that the next one does not do again.
    for first in 5..9 {
        for second in 0..10 {
            let (world, post, _) = crash_before("demo_shop", &[first, second]).await;
            settle(&world).await;
            let target = world.target(&post).await;
            assert_status_matches_feed(&world, &target, "demo_shop", &format!("before effects {first} and {second}"))
                .await;
        }
    }
}

#[tokio::test]
async fn a_killed_worker_and_a_lost_answer_publish_at_most_once() {
    for account in ["answer_lost", "lost_unposted", "server_error"] {
        for effects in 0..MAX_EFFECTS {
            let (world, post, finished) = crash_before(account, &[effects]).await;
            settle(&world).await;
            let target = world.target(&post).await;
            let at = format!("{account}, before effect {effects}");
            assert_status_matches_feed(&world, &target, account, &at).await;
            if finished {
                break;
            }
        }
    }
}

#[tokio::test]
async fn each_of_three_targets_of_a_killed_worker_reaches_an_end() {
    let handles = ["demo_shop", "demo_cafe", "busy_shop"];
    for effects in 0..MAX_EFFECTS {
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
        opened(&world, &post).await;
        let worker = KilledWorker::before_effect(effects);
        let mut finished = true;
        for message in target_messages(&world, &post) {
            finished = finished && worker.handle(&world, message).await;
        }
        world.lose_messages();
        settle(&world).await;
        for (account, target) in accounts.iter().zip(world.read(&post).await["targets"].as_array().unwrap()) {
            let handle = account["handle"].as_str().unwrap();
            assert_status_matches_feed(&world, target, handle, &format!("{handle}, before effect {effects}")).await;
        }
        if finished {
            // As above, and each note goes to the summary; the last one once more, because it ends the post.
            assert_eq!(effects, 3 * (9 + 1) + 1);
            return;
        }
    }
    panic!("it never came to an end");
}

/// If the worker is killed between receiving and storing new tokens, the refresh token is spent and the customer has to
/// reconnect. Killed before any other effect, the post is published.
#[tokio::test]
async fn a_worker_killed_around_a_refresh_loses_at_most_the_grant() {
    let mut spent = Vec::new();
    for effects in 0..MAX_EFFECTS {
        let (world, post, finished) = crash_before("short_lived", &[effects]).await;
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
            assert_status_matches_feed(&world, &target, "short_lived", &format!("before effect {effects}")).await;
        }
        if finished {
            // Claim, post, accounts, grant, lease, refresh; then storing the new tokens.
            assert_eq!(spent, [6]);
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn the_next_worker_reads_back_at_once() {
    let (world, post, finished) = crash_before("demo_shop", &[6]).await;
    assert!(!finished);
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
    assert!(seen.iter().all(|call| call.starts_with("GET")), "only reads: {seen:?}");
}
