//! An agency's request at every moment of a publish. A post whose cancel succeeded is never sent.

use std::pin::pin;

use chrono::{DateTime, Duration, Utc};
use platforms::Effect;
use publishing::{Sent, State, Target};
use shared::store::{self, Changed, Claimed, PostUpdate};

use super::{
    cancel, edit,
    paused_worker::{Breakpoint, paused_worker},
    statuses,
};
use crate::{
    crash::killed_worker,
    publish::{Held, is_commit, message, next_due, now, settle, tenant, worker},
    world::{Browser, LEASE, World},
};

/// An upper bound of a worker's effects with one target.
const MAX_EFFECTS: usize = 20;

#[tokio::test]
async fn a_cancel_during_a_publish_cancels_or_is_refused_and_the_post_published() {
    let mut answers = Vec::new();
    for effect in 0..MAX_EFFECTS {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Once or never", now()).await;
        world.lose_messages();
        let breakpoint = Breakpoint::at(effect);
        let worker = paused_worker(&world, &breakpoint);
        let mut work = pin!(world.publish(publish_post::handle(&worker, message(&world, &post))));
        let over = tokio::select! {
            biased;
            () = breakpoint.reached() => false,
            done = &mut work => done.is_ok(),
        };
        let answer = cancel(&world, &post).await;
        if !over {
            work.await.unwrap();
        }
        let due = next_due(&world).await;
        settle(&world).await;
        let status = answer.status.as_u16();
        let times = world.feed("demo_shop").await.len();
        let post = world.read(&post).await;
        match status {
            200 => {
                assert_eq!(statuses(&answer.data()), ["canceled"]);
                assert_eq!((statuses(&post), times, due), (vec!["canceled"], 0, None), "at effect {effect}");
            }
            409 => {
                assert_eq!(answer.code(), "state_conflict");
                assert_eq!((statuses(&post), times), (vec!["published"], 1), "at effect {effect}");
                assert_eq!(
                    post["targets"][0]["attempts"].as_array().unwrap().len(),
                    1,
                    "the target is not unconfirmed"
                );
            }
            other => panic!("{other}: {}", answer.text),
        }
        answers.push(status);
        if over {
            // Claim, accounts, grant; saving the step, the commit, its outcome, giving the post back.
            assert_eq!((&answers[1..3], &answers[4..]), (&[200; 2][..], &[409; 4][..]), "{answers:?}");
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn an_edit_during_a_publish_publishes_either_the_old_or_the_new_text_as_answered() {
    for effect in 0..MAX_EFFECTS {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Old", now()).await;
        world.lose_messages();
        let breakpoint = Breakpoint::at(effect);
        let worker = paused_worker(&world, &breakpoint);
        let mut work = pin!(world.publish(publish_post::handle(&worker, message(&world, &post))));
        let over = tokio::select! {
            biased;
            () = breakpoint.reached() => false,
            done = &mut work => done.is_ok(),
        };
        let answer = edit(&world, &post, serde_json::json!({ "content": "New" })).await;
        if !over {
            work.await.unwrap();
        }
        settle(&world).await;
        let feed = world.feed("demo_shop").await;
        match answer.status.as_u16() {
            200 => assert_eq!(feed, ["New"], "at effect {effect}"),
            409 => assert_eq!(feed, ["Old"], "at effect {effect}"),
            other => panic!("{other}: {}", answer.text),
        }
        assert_eq!(statuses(&world.read(&post).await), ["published"]);
        if over {
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn a_cancel_while_a_worker_waits_for_an_answer_is_refused_until_later() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "On its way", now()).await;
    let held = Held::on(&world, is_commit);
    let worker = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        let refused = cancel(&world, &post).await;
        held.release();
        refused
    };
    let (done, refused) =
        tokio::join!(world.publish(publish_post::handle(&worker, message(&world, &post))), concurrent);
    done.unwrap();
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
    assert_eq!(statuses(&world.read(&post).await), ["published"], "the worker's answer is saved");
}

#[tokio::test]
async fn a_post_claimed_by_a_killed_worker_is_canceled_before_its_lease_ends() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", now()).await;
    world.lose_messages();
    assert!(!killed_worker::handle_until(&world, message(&world, &post), 3).await);
    assert_eq!(next_due(&world).await, Some(world.now() + Duration::from_std(LEASE).unwrap()));
    assert_eq!(cancel(&world, &post).await.status, 200);
    assert_eq!(next_due(&world).await, None);
    settle(&world).await;
    assert!(world.feed("demo_shop").await.is_empty());
}

/// The change that a cancel makes to a post.
/// Marks a commit as on record.
fn committing(target: &mut Target, now: DateTime<Utc>) {
    target.state = State::Committing { since: None };
    target.in_flight = Some(Effect::Commit);
    target.sent = Some(Sent { at: now, listening_until: now });
}

fn canceled(post: &shared::post::Post) -> Result<Option<PostUpdate>, store::Error> {
    let mut post = post.clone();
    Ok(post.cancel(post.created_at).then(|| PostUpdate::of_targets(post)))
}

/// Between the change's read and write a worker saves a step, or claims the post.
#[tokio::test]
async fn a_change_applies_only_to_the_version_that_was_read() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Once or never", now()).await;
    let id = message(&world, &post).post_id;
    let read = async || world.store.find_current_post(tenant(&world), id).await.unwrap().unwrap();
    let claim = async || {
        let now = world.now();
        match world.store.claim_post(tenant(&world), id, now, now + LEASE).await.unwrap() {
            Claimed::Yes(claim, post) => (claim, post.targets[0].clone()),
            other => panic!("{other:?}"),
        }
    };
    // The worker has saved a step since: the change sees it.
    let before = read().await;
    let (first, mut target) = claim().await;
    committing(&mut target, world.now());
    assert!(world.store.save_target(&first, &mut target).await.unwrap());
    let changed = world.store.change_post(tenant(&world), before, world.now(), canceled).await.unwrap();
    assert!(matches!(changed, Changed::AtWork), "its request is in flight: {changed:?}");
    target.in_flight = None;
    target.state = publishing::State::Waiting;
    assert!(world.store.save_target(&first, &mut target).await.unwrap());
    assert!(world.store.finish_post(&first, Some(world.now())).await.unwrap());

    // The worker has only claimed the post: the change takes the post from it.
    let before = read().await;
    let (second, mut target) = claim().await;
    let changed = world.store.change_post(tenant(&world), before, world.now(), canceled).await.unwrap();
    assert!(matches!(changed, Changed::Yes(_)), "{changed:?}");
    committing(&mut target, world.now());
    assert!(!world.store.save_target(&second, &mut target).await.unwrap(), "its fence is outdated");
    assert!(!world.store.finish_post(&second, Some(world.now())).await.unwrap());
    assert_eq!(next_due(&world).await, None);
}

/// The worker was killed while one of two targets was being sent.
#[tokio::test]
async fn a_target_being_sent_blocks_a_cancel_until_the_lease_ends() {
    let world = World::new().await;
    let (client, first) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let second = accounts.iter().find(|it| it["handle"] == "demo_cafe").unwrap()["id"].as_str().unwrap();
    let post = world.post(&client, &[&first, second], "Half", now()).await;
    world.lose_messages();
    let id = message(&world, &post).post_id;
    let claimed = world.store.claim_post(tenant(&world), id, world.now(), world.now() + LEASE).await.unwrap();
    let Claimed::Yes(claim, stored) = claimed else { panic!("it is due") };
    let mut target = stored.targets[0].clone();
    committing(&mut target, world.now());
    assert!(world.store.save_target(&claim, &mut target).await.unwrap());

    world.clock.advance(Duration::from_std(LEASE).unwrap() - Duration::milliseconds(1));
    let refused = cancel(&world, &post).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
    world.clock.advance(Duration::milliseconds(1));
    let answer = cancel(&world, &post).await;
    assert_eq!(statuses(&answer.data()), ["sending", "canceled"], "{}", answer.text);
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed", "canceled"], "the commit is still read back");
    assert!(world.feed("demo_cafe").await.is_empty());
}
