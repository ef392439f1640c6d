//! One worker holds a post at a time, and a worker that has lost its claim does nothing more.

use chrono::Duration;
use futures_util::future::join_all;
use publishing::{State, state::Absence};
use shared::store::Claimed;

use super::{Held, calls, is_commit, message, next_due, now, settle, tenant, worker};
use crate::world::{LEASE, World};

#[tokio::test]
async fn sixty_four_concurrent_deliveries_publish_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Once", now()).await;
    world.network.seen();
    let deliveries =
        (0..64).map(|_| world.publish(publish_post::handle(&world.functions.publish_post, message(&world, &post))));
    for done in join_all(deliveries).await {
        done.unwrap();
    }
    assert_eq!(calls(&world), [1, 0, 0]);
    assert_eq!(world.feed("demo_shop").await, ["Once"]);
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(next_due(&world).await, None);
}

#[tokio::test]
async fn a_second_worker_gets_no_claim_until_the_lease_ends() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Mine", now()).await;
    let id = message(&world, &post).post_id;
    let claim = |now| world.store.claim_post(tenant(&world), id, now, now + LEASE);
    let begun = world.now();
    let Claimed::Yes(first, _) = claim(begun).await.unwrap() else { panic!("it is due") };
    let early = begun + LEASE - Duration::milliseconds(1);
    let Claimed::NotBefore(at) = claim(early).await.unwrap() else { panic!("it is claimed") };
    assert_eq!(at, begun + LEASE);
    let Claimed::Yes(second, post) = claim(at).await.unwrap() else { panic!("the lease is over") };

    // The first worker is late but still running.
    let mut target = post.targets[0].clone();
    target.state = State::Failed { absence: Absence::Proven };
    assert!(!world.store.save_target(&first, &mut target).await.unwrap());
    assert!(!world.store.finish_post(&first, None).await.unwrap());
    assert_eq!(next_due(&world).await, Some(at + LEASE), "the second worker's lease is kept");
    assert!(world.store.save_target(&second, &mut target).await.unwrap());
    assert!(world.store.finish_post(&second, None).await.unwrap());
    assert_eq!(next_due(&world).await, None);
    let after = claim(at + LEASE * 2).await.unwrap();
    assert!(matches!(after, Claimed::NothingToDo), "{after:?}");
}

#[tokio::test]
async fn no_call_is_made_after_the_claim_has_ended() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(Duration::minutes(2));
    let post = world.post(&client, &[&account], "Too late", now()).await;
    world.network.seen();
    let late = publish_post::Deps { lease: std::time::Duration::ZERO, ..worker(&world, world.network.clone()) };
    world.publish(publish_post::handle(&late, message(&world, &post))).await.unwrap();
    assert!(world.network.seen().is_empty());
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published", "the next worker publishes it");
}

/// The worker's lease ended before the answer to its commit, and another worker has read the post back.
#[tokio::test]
async fn a_worker_that_outlives_its_lease_saves_nothing() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Slow", now()).await;
    world.lose_messages();
    let held = Held::on(&world, is_commit);
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        world.clock.advance(Duration::from_std(LEASE).unwrap());
        world.tick().await;
        world.deliver().await;
        let found = world.read(&post).await;
        held.release();
        found
    };
    let (done, found) = tokio::join!(world.publish(publish_post::handle(&slow, message(&world, &post))), concurrent);
    done.unwrap();
    assert_eq!(found["status"], "published", "{found}");
    assert_eq!(found["targets"][0]["attempts"].as_array().unwrap().len(), 2, "the commit and the read-back");
    assert_eq!(world.read(&post).await, found, "the late worker changed nothing");
    assert_eq!(next_due(&world).await, None);
    assert_eq!(world.feed("demo_shop").await, ["Slow"]);
}

/// The same, but no other worker has claimed the post.
#[tokio::test]
async fn a_late_answer_is_saved_while_no_other_worker_has_the_post() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Late", now()).await;
    let held = Held::on(&world, is_commit);
    let slow = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        world.clock.advance(Duration::from_std(LEASE * 2).unwrap());
        held.release();
    };
    let (done, ()) = tokio::join!(world.publish(publish_post::handle(&slow, message(&world, &post))), concurrent);
    done.unwrap();
    assert_eq!(world.target(&post).await["status"], "published");
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["Late"]);
}

/// With three targets, the claim nearly ends while the first one is sent.
#[tokio::test]
async fn no_call_is_begun_whose_answer_could_outlive_the_lease() {
    let mut world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    let post = world.post(&client, &[&account], "Slow refresh", now()).await;
    world.lose_messages();
    world.network.seen();
    let held = Held::on(&world, super::is_refresh);
    world.functions.publish_post = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        // More than a third of the lease, so a commit with its timeout no longer fits.
        world.clock.advance(Duration::seconds(21));
        held.release();
    };
    let (done, ()) = tokio::join!(
        world.publish(publish_post::handle(&world.functions.publish_post, message(&world, &post))),
        concurrent
    );
    done.unwrap();
    assert_eq!(calls(&world), [0, 1, 0], "the token is refreshed and the commit postponed");
    assert_eq!(world.target(&post).await["status"], "scheduled");
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "published", "published at once, under a new claim");
    assert_eq!(world.feed("short_lived").await.len(), 1);
}

#[tokio::test]
async fn a_message_of_an_unknown_post_does_nothing() {
    let world = World::new().await;
    let message = shared::queue::Message::new(tenant(&world), shared::id::PostId::random());
    world.publish(publish_post::handle(&world.functions.publish_post, message)).await.unwrap();
    // Nor does a message with another agency's post.
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Mine", now()).await;
    let mut strange = super::message(&world, &post);
    strange.tenant.agency = shared::id::AgencyId::random();
    world.publish(publish_post::handle(&world.functions.publish_post, strange)).await.unwrap();
    assert!(world.feed("demo_shop").await.is_empty());
}
