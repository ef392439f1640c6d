//! One worker holds a post at a time, and a worker that has lost its claim does nothing more.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use futures_util::future::join_all;
use publishing::{State, state::Absence};
use shared::{
    queue::Message,
    store::{Claimed, Saved},
};

use super::{Held, calls, claim, is_commit, next_due, now, opened, settle, target_message, tenant, worker};
use crate::{
    permissions::aside,
    world::{LEASE, World},
};

#[tokio::test]
async fn sixty_four_concurrent_deliveries_publish_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Once", now()).await;
    world.network.seen();
    let message = opened(&world, &post).await;
    let deliveries = (0..64).map(|_| world.publish(publish_target::handle(&world.functions.publish_target, message)));
    for done in join_all(deliveries).await {
        done.unwrap();
    }
    assert_eq!(calls(&world), [1, 0, 0]);
    assert_eq!(world.feed("demo_shop").await, ["Once"]);
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(next_due(&world).await, None);
}

/// A target that is due, and the length of a lease.
async fn due() -> (World, Message, Duration) {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Mine", now()).await;
    let message = opened(&world, &post).await;
    (world, message, Duration::from_std(LEASE).unwrap())
}

#[tokio::test]
async fn a_second_worker_gets_no_claim_until_ten_seconds_after_the_lease() {
    let (world, message, lease) = due().await;
    let free = world.now() + lease + Duration::seconds(10);
    let Claimed::Yes(mut first, _, target) = claim(&world, message, lease).await else { panic!("it is due") };
    world.clock.set(free - Duration::milliseconds(1));
    let Claimed::NotBefore(at) = claim(&world, message, lease).await else { panic!("it is claimed") };
    assert_eq!(at, free);
    world.clock.set(at);
    let Claimed::Yes(mut second, content, _) = claim(&world, message, lease).await else { panic!("the lease is over") };

    // The first worker is late but still running.
    let mut target = *target;
    target.state = State::Failed { absence: Absence::Proven };
    target.next_at = None;
    assert_eq!(world.store.save_target(&mut first, &mut target).await.unwrap(), Saved::ClaimLost);
    assert_eq!(world.store.finish_target(&mut first, &mut target, world.now()).await.unwrap(), Saved::ClaimLost);
    assert_eq!(next_due(&world).await, Some(free + lease + Duration::seconds(10)), "the second worker's lease is kept");
    assert_eq!(world.store.save_target(&mut second, &mut target).await.unwrap(), Saved::Yes);
    assert_eq!(world.store.finish_target(&mut second, &mut target, world.now()).await.unwrap(), Saved::Yes);
    assert!(next_due(&world).await.is_some(), "its end is still to be told");
    world.publish(world.store.tell(&mut second, &content)).await.unwrap();
    assert_eq!(world.store.finish_target(&mut second, &mut target, world.now()).await.unwrap(), Saved::Yes);
    assert_eq!(next_due(&world).await, None);
    world.clock.advance(lease * 2);
    let after = claim(&world, message, lease).await;
    assert!(matches!(after, Claimed::NothingToDo), "{after:?}");
}

/// An item that is due again too early, as after a write of another version of the code.
#[tokio::test]
async fn a_lease_lasts_ten_seconds_longer_also_if_the_target_is_due() {
    let (world, message, lease) = due().await;
    let free = world.now() + lease + Duration::seconds(10);
    assert!(matches!(claim(&world, message, lease).await, Claimed::Yes(..)));
    let items = world.engine.items().await;
    let mut item = items.into_iter().find(|item| item["sk"].as_s().unwrap().starts_with("TARGET#")).unwrap();
    item.insert("due_at".into(), AttributeValue::N(world.now().timestamp_millis().to_string()));
    aside(world.engine.client.put_item().table_name("main").set_item(Some(item)).send()).await.unwrap();
    world.clock.set(free - Duration::milliseconds(1));
    assert!(matches!(claim(&world, message, lease).await, Claimed::NotBefore(at) if at == free));
    world.clock.set(free);
    assert!(matches!(claim(&world, message, lease).await, Claimed::Yes(..)));
}

/// The SDK repeats a save whose answer was lost, which then meets its own write.
#[tokio::test]
async fn a_repeated_save_is_saved() {
    let (world, message, lease) = due().await;
    let Claimed::Yes(mut first, _, mut target) = claim(&world, message, lease).await else { panic!("it is due") };
    let mut again = (first.clone(), target.clone());
    assert_eq!(world.publish(world.store.save_target(&mut first, &mut target)).await.unwrap(), Saved::Yes);
    assert_eq!(world.publish(world.store.save_target(&mut again.0, &mut again.1)).await.unwrap(), Saved::Yes);
    assert_eq!(target, again.1);
}

#[tokio::test]
async fn no_call_is_made_after_the_claim_has_ended() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(Duration::minutes(2));
    let post = world.post(&client, &[&account], "Too late", now()).await;
    world.network.seen();
    let late = publish_target::Deps { lease: std::time::Duration::ZERO, ..worker(&world, world.network.clone()) };
    world.publish(publish_target::handle(&late, opened(&world, &post).await)).await.unwrap();
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
        world.clock.advance(Duration::from_std(LEASE).unwrap() + Duration::seconds(10));
        world.tick().await;
        world.deliver().await;
        let found = world.read(&post).await;
        held.release();
        found
    };
    let (done, found) =
        tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &post).await)), concurrent);
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
    let (done, ()) =
        tokio::join!(world.publish(publish_target::handle(&slow, opened(&world, &post).await)), concurrent);
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
    world.functions.publish_target = worker(&world, held.clone());
    let concurrent = async {
        held.arrived().await;
        // More than a third of the lease, so a commit with its timeout no longer fits.
        world.clock.advance(Duration::seconds(31));
        held.release();
    };
    let (done, ()) = tokio::join!(
        world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &post).await)),
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
    let message = Message::new(tenant(&world), shared::id::PostId::random(), None);
    world.take(message).await;
    // Nor does a message with another agency's post.
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Mine", now()).await;
    for mut strange in [super::message(&world, &post), target_message(&world, &post)] {
        strange.tenant.agency = shared::id::AgencyId::random();
        world.take(strange).await;
    }
    assert!(world.feed("demo_shop").await.is_empty());
}
