//! An agency's request at every moment of a publish. A post whose cancel succeeded is never sent.

use std::pin::pin;

use chrono::{DateTime, Duration, Utc};
use platforms::Effect;
use publishing::{Sent, State, Status, Target};
use shared::{
    event::By,
    store::{self, Claimed, Saved},
};

use super::{
    cancel, edit,
    paused_worker::{Breakpoint, paused_worker},
    statuses,
};
use crate::{
    crash::killed_worker,
    publish::{Held, answer, claim, is_commit, next_due, now, opened, settle, worker},
    world::{Browser, LEASE, World},
};

/// An upper bound of a worker's effects with one target.
const MAX_EFFECTS: usize = 20;

/// While a commit may be in flight, the answer is that the target is being sent.
#[tokio::test]
async fn a_cancel_during_a_publish_tells_what_becomes_of_the_post() {
    let mut answers = Vec::new();
    for effect in 0..MAX_EFFECTS {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Once or never", now()).await;
        world.lose_messages();
        let breakpoint = Breakpoint::at(effect);
        let worker = paused_worker(&world, &breakpoint);
        let mut work = pin!(world.publish(publish_target::handle(&worker, opened(&world, &post).await)));
        let over = tokio::select! {
            biased;
            () = breakpoint.reached() => false,
            done = &mut work => done.is_ok(),
        };
        let answer = cancel(&world, &post).await;
        if !over {
            work.await.unwrap();
        }
        settle(&world).await;
        let times = world.feed("demo_shop").await.len();
        let (told, becomes, wanted) = match answer.status.as_u16() {
            200 if statuses(&answer.data()) == ["canceled"] => ("canceled", "canceled", 0),
            200 if statuses(&answer.data()) == ["sending"] => ("sending", "published", 1),
            409 if answer.code() == "state_conflict" => ("refused", "published", 1),
            _ => panic!("{}", answer.text),
        };
        let post = world.read(&post).await;
        assert_eq!((statuses(&post), times), (vec![becomes], wanted), "at effect {effect}");
        assert!(post["targets"][0]["attempts"].as_array().unwrap().len() <= 1, "the target is not unconfirmed");
        answers.push(told);
        if over {
            // Claim, post, accounts, grant, the step on record; the commit, its answer; nothing.
            // On another engine a step is stored while the cancel is under way.
            assert!(answers.starts_with(&["canceled"; 4]) && answers.ends_with(&["refused"]), "{answers:?}");
            let order = ["canceled", "sending", "refused"];
            assert!(answers.is_sorted_by_key(|told| order.iter().position(|it| it == told)), "{answers:?}");
            assert!(answers.contains(&"sending"), "{answers:?}");
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
        let mut work = pin!(world.publish(publish_target::handle(&worker, opened(&world, &post).await)));
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
async fn a_cancel_while_a_worker_waits_for_an_answer_loses_neither() {
    for (response, becomes) in [(None, "published"), (Some(403), "canceled")] {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "On its way", now()).await;
        let held = Held::on(&world, is_commit);
        let worker = worker(&world, held.clone());
        if let Some(status) = response {
            let refusal = serde_json::json!({ "title": "Forbidden" });
            world.network.hook(move |request| is_commit(request).then(|| Ok(answer(status, &refusal))));
        }
        let concurrent = async {
            held.arrived().await;
            let canceled = cancel(&world, &post).await;
            held.release();
            canceled
        };
        let message = opened(&world, &post).await;
        let (done, canceled) = tokio::join!(world.publish(publish_target::handle(&worker, message)), concurrent);
        done.unwrap();
        assert_eq!(canceled.status, 200, "{}", canceled.text);
        let target = &canceled.data()["targets"][0];
        assert!(target["status"] == "sending" && target["cancelRequestedAt"].is_string(), "{target}");
        assert_eq!(statuses(&world.read(&post).await), [becomes], "the worker's answer is saved");
        assert_eq!(next_due(&world).await, None);
    }
}

#[tokio::test]
async fn a_post_claimed_by_a_killed_worker_is_canceled_before_its_lease_ends() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", now()).await;
    world.lose_messages();
    assert!(!killed_worker::handle_until(&world, opened(&world, &post).await, 3).await);
    assert_eq!(statuses(&cancel(&world, &post).await.data()), ["canceled"]);
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["canceled"]);
    assert!(world.feed("demo_shop").await.is_empty());
}

/// Marks a commit as on record.
fn committing(target: &mut Target, now: DateTime<Utc>) {
    target.state = State::Committing { since: None };
    target.in_flight = Some(Effect::Commit);
    target.sent = Some(Sent { at: now, listening_until: now });
}

/// Whether a target is left to cancel.
#[expect(clippy::unnecessary_wraps, reason = "the type of a decision")]
fn can_cancel(post: &shared::post::Post) -> Result<bool, store::Error> {
    Ok(post.targets.iter().any(Target::can_cancel))
}

/// Between the cancel's read and write a worker claims the target, or saves a step.
#[tokio::test]
async fn a_cancel_applies_to_the_target_as_it_is() {
    for saves in [false, true] {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        let post = world.post(&client, &[&account], "Once or never", now()).await;
        let message = opened(&world, &post).await;
        let before = world.store.find_current_post(message.tenant, message.post_id).await.unwrap().unwrap();
        let lease = Duration::from_std(LEASE).unwrap();
        let Claimed::Yes(mut worker, _, target) = claim(&world, message, lease).await else { panic!("it is due") };
        let mut target = *target;
        committing(&mut target, world.now());
        if saves {
            assert_eq!(world.store.save_target(&mut worker, &mut target).await.unwrap(), Saved::Yes);
        }
        let canceled =
            world.store.cancel_post(message.tenant, before, By::system(world.now()), can_cancel).await.unwrap();
        let told = if saves { Status::Sending } else { Status::Canceled };
        assert_eq!(canceled.post.targets[0].status(), told);
        let refused = world.store.save_target(&mut worker, &mut target).await.unwrap();
        assert_eq!(refused, Saved::Canceled(world.now()), "the worker learns of it before it saves");
        assert_eq!(world.store.save_target(&mut worker, &mut target).await.unwrap(), Saved::Yes, "and then it can");
    }
}

/// The worker was killed while one of two targets was being sent.
#[tokio::test]
async fn a_cancel_beside_a_target_being_sent_cancels_the_other() {
    let world = World::new().await;
    let (client, first) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let second = accounts.iter().find(|it| it["handle"] == "demo_cafe").unwrap()["id"].as_str().unwrap();
    let post = world.post(&client, &[&first, second], "Half", now()).await;
    let message = opened(&world, &post).await;
    let lease = Duration::from_std(LEASE).unwrap();
    let Claimed::Yes(mut worker, _, target) = claim(&world, message, lease).await else { panic!("it is due") };
    let mut target = *target;
    committing(&mut target, world.now());
    assert_eq!(world.store.save_target(&mut worker, &mut target).await.unwrap(), Saved::Yes);

    let answer = cancel(&world, &post).await;
    assert_eq!(statuses(&answer.data()), ["sending", "canceled"], "{}", answer.text);
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["unconfirmed", "canceled"], "the commit is still read back");
    assert!(world.feed("demo_cafe").await.is_empty());
}
