//! Notes of several targets at one time, and notes that are told again after others.

use chrono::Duration;
use futures_util::future::join_all;
use platforms::Published;
use publishing::{State, state::Absence};
use serde_json::{Value, json};
use shared::store::{Claim, Claimed, Saved};

use super::{events, page, types};
use crate::{
    costs::copies,
    posts::cancel,
    publish::{answer, claim, is_commit, now, opened, settle, target_messages},
    world::World,
};

/// A post on ten accounts that are copies of one. The first one of them is published before the others are sent, if asked for.
async fn ten(world: &World, handle: &str, publish_one: bool) -> Value {
    let (client, account) = world.connected(handle).await;
    let ids = copies(world, &account, 10).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let post = world.post(&client, &ids, "Ten", now()).await;
    world.clock.advance(Duration::seconds(1));
    opened(world, &post).await;
    let mut messages = target_messages(world, &post);
    let deliver = |message| world.publish(publish_target::handle(&world.functions.publish_target, message));
    if publish_one {
        publish_all(world);
        deliver(messages.remove(0)).await.unwrap();
        world.network.unhook();
    }
    let deliveries = messages.into_iter().map(deliver);
    for done in join_all(deliveries).await {
        done.unwrap();
    }
    world.read(&post).await
}

/// The network publishes everything that is sent.
fn publish_all(world: &World) {
    let published = json!({ "data": { "id": "1", "text": "" } });
    world.network.hook(move |request| is_commit(request).then(|| Ok(answer(201, &published))));
}

fn count(events: &[Value], kind: &str) -> usize {
    events.iter().filter(|event| event["type"] == kind).count()
}

#[tokio::test]
async fn of_ten_targets_that_end_at_one_time_one_tells_the_end_of_the_post() {
    let world = World::new().await;
    publish_all(&world);
    assert_eq!(ten(&world, "demo_shop", false).await["status"], "published");
    let events = events(&world).await;
    assert_eq!((count(&events, "target.published"), count(&events, "post.published")), (10, 1), "{:?}", types(&events));
}

#[tokio::test]
async fn of_ten_targets_that_are_held_at_one_time_one_tells_that_the_post_needs_attention() {
    for (publish_one, held) in [(false, 10), (true, 9)] {
        let world = World::new().await;
        assert_eq!(ten(&world, "token_dead", publish_one).await["status"], "needs_attention");
        let events = events(&world).await;
        let seen = (count(&events, "target.held"), count(&events, "post.needs_attention"));
        assert_eq!(seen, (held, 1), "{:?}", types(&events));
    }
}

/// Saves a target in this state, as its worker.
async fn finish(world: &World, claim: &mut Claim, target: &mut publishing::Target, state: State) {
    (target.state, target.next_at) = (state, None);
    let saved = world.publish(world.store.finish_target(claim, target, world.now())).await.unwrap();
    assert_eq!((saved, claim.has_news()), (Saved::Yes, true));
}

/// The agency cancels while a worker finds out that the account has to be connected again.
#[tokio::test]
async fn a_status_that_a_cancel_overtook_is_not_told() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Canceled", now()).await;
    world.clock.advance(Duration::seconds(1));
    let message = opened(&world, &post).await;
    let lease = Duration::minutes(1);
    let Claimed::Yes(mut worker, content, mut target) = claim(&world, message, lease).await else { panic!("due") };
    assert_eq!(cancel(&world, &post).await.status, 200);
    (target.state, target.next_at) = (State::Held, None);
    let saved = world.publish(world.store.finish_target(&mut worker, &mut target, world.now())).await.unwrap();
    assert!(matches!(saved, Saved::Canceled(_)), "{saved:?}");
    finish(&world, &mut worker, &mut target, State::Canceled { absence: Absence::Proven }).await;
    world.publish(world.store.tell(&mut worker, &content)).await.unwrap();
    assert_eq!(types(&events(&world).await), ["post.created", "post.canceled"]);
}

/// A worker notes that a target has failed and stops before it tells. Another one tells it, and what follows. Then the first one
/// continues.
#[tokio::test]
async fn a_note_that_is_told_again_changes_nothing_that_followed_it() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let ids = copies(&world, &account, 2).await;
    let post = world.post(&client, &[&ids[0], &ids[1]], "Two", now()).await;
    world.clock.advance(Duration::seconds(1));
    opened(&world, &post).await;
    world.lose_messages();
    let (lease, messages) = (Duration::minutes(1), target_messages(&world, &post));
    let Claimed::Yes(mut first, content, mut target) = claim(&world, messages[0], lease).await else { panic!("due") };
    finish(&world, &mut first, &mut target, State::Failed { absence: Absence::Proven }).await;

    world.clock.advance(lease + Duration::seconds(10));
    let Claimed::Yes(mut second, _, mut target) = claim(&world, messages[0], lease).await else { panic!("still due") };
    finish(&world, &mut second, &mut target, State::Published { post: Published::default() }).await;
    world.publish(world.store.tell(&mut second, &content)).await.unwrap();
    let saved = world.publish(world.store.finish_target(&mut second, &mut target, world.now())).await.unwrap();
    assert_eq!((saved, second.has_news()), (Saved::Yes, false));
    let told = events(&world).await;
    // Both notes were told within one millisecond.
    let mut seen = types(&told);
    seen.sort_unstable();
    assert_eq!(seen, ["post.created", "target.failed", "target.published"]);
    let cursor = page(&world, "").await["page"]["nextCursor"].as_str().unwrap().to_owned();

    world.publish(world.store.tell(&mut first, &content)).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    let later = page(&world, &format!("?cursor={cursor}")).await;
    assert_eq!(later["data"], json!([]), "it keeps its place in the log");

    let refusal = answer(403, &json!({ "title": "Forbidden" }));
    world.network.hook(move |request| is_commit(request).then(|| Ok(refusal.clone())));
    settle(&world).await;
    let all = events(&world).await;
    assert_eq!(types(&all)[3..], ["target.failed", "post.partially_published"], "the first target is published");
}
