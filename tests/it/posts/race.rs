//! An agency against a worker: at every moment of a publish. What was answered as canceled is never sent.

use std::pin::pin;

use chrono::Duration;
use platforms::Effect;
use shared::store::{self, Change, Changed, Claimed};

use super::{
    cancel, edit, statuses,
    stop::{Stop, stopping},
};
use crate::{
    crash::mortal,
    publish::{Held, is_commit, message, next_due, now, settle, tenant, worker},
    world::{Browser, LEASE, World},
};

/// More effects than a worker has with one target.
const MANY: usize = 20;

#[tokio::test]
async fn canceled_at_any_moment_of_a_publish_it_is_canceled_or_goes_out() {
    let mut answers = Vec::new();
    for effect in 0..MANY {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Once or never", now()).await;
        world.lose_messages();
        let stop = Stop::at(effect);
        let worker = stopping(&world, &stop);
        let mut work = pin!(world.publish(publish_post::handle(&worker, message(&world, &post))));
        let over = tokio::select! {
            biased;
            () = stop.reached() => false,
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
                assert_eq!(post["targets"][0]["attempts"].as_array().unwrap().len(), 1, "and it is no doubt");
            }
            other => panic!("{other}: {}", answer.text),
        }
        answers.push(status);
        if over {
            // Claim, accounts, grant; the step on record, the commit, its outcome, the end.
            assert_eq!((&answers[1..3], &answers[4..]), (&[200; 2][..], &[409; 4][..]), "{answers:?}");
            return;
        }
    }
    panic!("it never came to an end");
}

/// The same with an edit: the old text or the new one, never both.
#[tokio::test]
async fn edited_at_any_moment_of_a_publish_it_goes_out_once_as_was_answered() {
    for effect in 0..MANY {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Old", now()).await;
        world.lose_messages();
        let stop = Stop::at(effect);
        let worker = stopping(&world, &stop);
        let mut work = pin!(world.publish(publish_post::handle(&worker, message(&world, &post))));
        let over = tokio::select! {
            biased;
            () = stop.reached() => false,
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
async fn while_an_answer_is_waited_for_the_agency_is_told_to_come_back() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "On its way", now()).await;
    let held = Held::on(&world, is_commit);
    let worker = worker(&world, held.clone());
    let meanwhile = async {
        held.arrived().await;
        let refused = cancel(&world, &post).await;
        held.release();
        refused
    };
    let (done, refused) = tokio::join!(world.publish(publish_post::handle(&worker, message(&world, &post))), meanwhile);
    done.unwrap();
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
    assert_eq!(statuses(&world.read(&post).await), ["published"], "its answer counts");
}

/// A worker that has claimed it dies; the agency does not wait for the lease.
#[tokio::test]
async fn what_a_dead_worker_had_claimed_is_canceled_at_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", now()).await;
    world.lose_messages();
    assert!(!mortal::handle_until(&world, message(&world, &post), 3).await);
    assert_eq!(next_due(&world).await, Some(world.now() + Duration::from_std(LEASE).unwrap()));
    assert_eq!(cancel(&world, &post).await.status, 200);
    assert_eq!(next_due(&world).await, None);
    settle(&world).await;
    assert!(world.feed("demo_shop").await.is_empty());
}

/// What a cancel does with a post as it stands.
fn canceled(post: &shared::post::Post) -> Result<Option<Change>, store::Error> {
    let mut post = post.clone();
    Ok(post.cancel().then(|| Change::of_targets(post)))
}

/// A worker comes between the look and the write: a claim first, then a step.
#[tokio::test]
async fn a_change_stands_only_on_what_was_read() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Once or never", now()).await;
    let id = message(&world, &post).post_id;
    let read = async || world.store.find_standing_post(tenant(&world), id).await.unwrap().unwrap();
    let claim = async || {
        let now = world.now();
        match world.store.claim_post(tenant(&world), id, now, now + LEASE).await.unwrap() {
            Claimed::Yes(claim, post) => (claim, post.targets[0].clone()),
            other => panic!("{other:?}"),
        }
    };
    // A step is on record: the change meets it.
    let standing = read().await;
    let (first, mut target) = claim().await;
    target.start(Effect::Commit, world.now());
    assert!(world.store.save_target(&first, &target).await.unwrap());
    let changed = world.store.change_post(tenant(&world), standing, world.now(), canceled).await.unwrap();
    assert!(matches!(changed, Changed::No(_)), "what is sent is not open any more: {changed:?}");
    target.end("told to wait");
    target.state = publishing::State::Scheduled;
    assert!(world.store.save_target(&first, &target).await.unwrap());
    assert!(world.store.finish_post(&first, Some(world.now())).await.unwrap());

    // A claim alone: the change takes the post from it.
    let standing = read().await;
    let (second, mut target) = claim().await;
    let changed = world.store.change_post(tenant(&world), standing, world.now(), canceled).await.unwrap();
    assert!(matches!(changed, Changed::Yes(_)), "{changed:?}");
    target.start(Effect::Commit, world.now());
    assert!(!world.store.save_target(&second, &target).await.unwrap(), "its fence is no good any more");
    assert!(!world.store.finish_post(&second, Some(world.now())).await.unwrap());
    assert_eq!(next_due(&world).await, None);
}

/// One of two targets was being sent when the worker died.
#[tokio::test]
async fn what_is_in_flight_holds_a_cancel_back_until_the_lease_ends() {
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
    target.start(Effect::Commit, world.now());
    assert!(world.store.save_target(&claim, &target).await.unwrap());

    world.clock.advance(Duration::from_std(LEASE).unwrap() - Duration::milliseconds(1));
    let refused = cancel(&world, &post).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"));
    world.clock.advance(Duration::milliseconds(1));
    let answer = cancel(&world, &post).await;
    assert_eq!(statuses(&answer.data()), ["sending", "canceled"], "{}", answer.text);
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed", "canceled"], "the commit is still looked for");
    assert!(world.feed("demo_cafe").await.is_empty());
}
