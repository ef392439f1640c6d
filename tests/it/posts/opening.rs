//! The opening of a post, killed or changed at each of its effects.

use std::pin::pin;

use aws_sdk_dynamodb::{Client, config::retry::RetryConfig};
use chrono::Duration;
use publishing::Target;
use serde_json::{Value, json};
use shared::{
    event::By,
    post::Post,
    store::{self, Claimed, Open, Saved, Store},
};

use super::{cancel, edit, paused_worker::Breakpoint, statuses};
use crate::{
    publish::{claim, message, next_due, now, opened, settle, target_message},
    world::{Browser, World},
};

/// An upper bound of an opening's effects with two targets.
const MAX_EFFECTS: usize = 20;

/// A due post on two accounts.
async fn due() -> (World, Value) {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let accounts: Vec<_> =
        world.accounts(&client).await.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let ids: Vec<_> = accounts.iter().map(String::as_str).collect();
    let post = world.post(&client, &ids, "Old", now()).await;
    world.lose_messages();
    (world, post)
}

fn opener(world: &World, breakpoint: &Breakpoint) -> open_post::Deps {
    let config = world.engine.client.config().to_builder();
    let config = config.interceptor(breakpoint.clone()).retry_config(RetryConfig::disabled());
    let own = &world.functions.open_post;
    open_post::Deps {
        store: Store::new(Client::from_conf(config.build()), "main".into(), own.clock.clone()),
        queue: own.queue.clone(),
        clock: own.clock.clone(),
    }
}

/// Opens the post, and does something before the effect with this number. Returns whether the opening ended before it.
async fn open_with(world: &World, post: &Value, effect: usize, act: impl Future<Output = ()>) -> bool {
    let breakpoint = Breakpoint::at(effect);
    let opener = opener(world, &breakpoint);
    let mut work = pin!(world.iam.act("open-post", open_post::handle(&opener, message(world, post))));
    let over = tokio::select! {
        biased;
        () = breakpoint.reached() => false,
        done = &mut work => done.is_ok(),
    };
    act.await;
    if !over {
        work.await.unwrap();
    }
    over
}

async fn feeds(world: &World) -> [Vec<String>; 2] {
    [world.feed("demo_shop").await, world.feed("demo_cafe").await]
}

#[tokio::test]
async fn a_killed_opening_is_repeated_and_each_target_published_once() {
    for effect in 0..MAX_EFFECTS {
        let (world, post) = due().await;
        let breakpoint = Breakpoint::at(effect);
        let opener = opener(&world, &breakpoint);
        let over = tokio::select! {
            biased;
            () = breakpoint.reached() => false,
            done = world.iam.act("open-post", open_post::handle(&opener, message(&world, &post))) => done.is_ok(),
        };
        world.lose_messages();
        settle(&world).await;
        assert_eq!(feeds(&world).await, [["Old"], ["Old"]], "at effect {effect}");
        assert_eq!(statuses(&world.read(&post).await), ["published", "published"]);
        if over {
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn a_cancel_during_an_opening_cancels_every_target() {
    for effect in 0..MAX_EFFECTS {
        let (world, post) = due().await;
        let act = async {
            let answer = cancel(&world, &post).await;
            assert_eq!(statuses(&answer.data()), ["canceled", "canceled"], "at effect {effect}");
        };
        let over = open_with(&world, &post, effect, act).await;
        settle(&world).await;
        assert_eq!(statuses(&world.read(&post).await), ["canceled", "canceled"], "at effect {effect}");
        assert_eq!(feeds(&world).await, [[""; 0]; 2], "at effect {effect}");
        assert_eq!(next_due(&world).await, None);
        if over {
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn an_edit_during_an_opening_replaces_every_target() {
    for effect in 0..MAX_EFFECTS {
        let (world, post) = due().await;
        let act = async {
            let answer = edit(&world, &post, json!({ "content": "New" })).await;
            assert_eq!(answer.status, 200, "at effect {effect}: {}", answer.text);
        };
        let over = open_with(&world, &post, effect, act).await;
        settle(&world).await;
        assert_eq!(statuses(&world.read(&post).await), ["published", "published"], "at effect {effect}");
        assert_eq!(feeds(&world).await, [["New"], ["New"]], "at effect {effect}");
        if over {
            return;
        }
    }
    panic!("it never came to an end");
}

/// An edit overtakes an opening, which then stores a target of the earlier content.
#[tokio::test]
async fn a_target_of_an_earlier_content_is_not_published() {
    for reopened in [false, true] {
        let (world, post) = due().await;
        let first = message(&world, &post);
        let open = world.iam.act("open-post", world.store.open_post(first.tenant, first.post_id, world.now()));
        let Open::Yes(opening) = open.await.unwrap() else { panic!("it is due") };
        assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
        if reopened {
            opened(&world, &post).await;
        }
        let add = world.store.add_target(&opening, opening.targets[0].clone());
        world.iam.act("open-post", add).await.unwrap();
        assert!(!world.iam.act("open-post", world.store.end_opening(&opening)).await.unwrap());
        world.lose_messages();
        world.take(target_message(&world, &post)).await;
        if !reopened {
            assert_eq!(stored_targets(&world).await, 0, "a target of an earlier content is removed");
        }
        settle(&world).await;
        assert_eq!(feeds(&world).await, [["New"], ["New"]], "reopened: {reopened}");
        assert_eq!(statuses(&world.read(&post).await), ["published", "published"]);
    }
}

async fn stored_targets(world: &World) -> usize {
    let items = world.engine.items().await;
    items.iter().filter(|item| item["sk"].as_s().unwrap().starts_with("TARGET#")).count()
}

/// The cancel read the post before a target was stored, and stores it as canceled; the opening does not overwrite it.
#[tokio::test]
async fn a_target_that_was_canceled_before_it_was_stored_stays_canceled() {
    let (world, post) = due().await;
    let first = message(&world, &post);
    let open = world.iam.act("open-post", world.store.open_post(first.tenant, first.post_id, world.now()));
    let Open::Yes(opening) = open.await.unwrap() else { panic!("it is due") };
    let read = world.store.find_current_post(first.tenant, first.post_id).await.unwrap().unwrap();
    let decide = |_: &Post| Ok::<_, store::Error>(true);
    world.store.cancel_post(first.tenant, read, By::system(world.now()), decide).await.unwrap();
    for target in &opening.targets {
        world.iam.act("open-post", world.store.add_target(&opening, target.clone())).await.unwrap();
    }
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["canceled", "canceled"]);
    assert_eq!(feeds(&world).await, [[""; 0]; 2]);
}

/// What was read of a post before an edit fits nothing after it, although its targets are as new again.
#[tokio::test]
async fn an_edit_takes_targets_from_those_that_read_them_before() {
    let (world, post) = due().await;
    let lease = Duration::minutes(1);
    let message = opened(&world, &post).await;
    let read = world.store.find_current_post(message.tenant, message.post_id).await.unwrap().unwrap();
    assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
    opened(&world, &post).await;
    let canceled = |post: &Post| Ok::<_, store::Error>(post.targets.iter().any(Target::can_cancel));
    let canceled = world.store.cancel_post(message.tenant, read, By::system(world.now()), canceled).await.unwrap();
    assert_eq!(canceled.post.content, "New");
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["canceled", "canceled"]);

    let (world, post) = due().await;
    let message = opened(&world, &post).await;
    let Claimed::Yes(mut first, _, mut target) = claim(&world, message, lease).await else { panic!("it is due") };
    assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
    opened(&world, &post).await;
    let Claimed::Yes(..) = claim(&world, message, lease).await else { panic!("it is due") };
    assert_eq!(world.store.save_target(&mut first, &mut target).await.unwrap(), Saved::ClaimLost);
}

/// The opening has stored no target yet when the cancel reads the post, and an edit comes before the cancel's write.
#[tokio::test]
async fn a_cancel_of_targets_that_are_not_stored_is_of_the_content_as_it_is() {
    let (world, post) = due().await;
    let first = message(&world, &post);
    let open = world.iam.act("open-post", world.store.open_post(first.tenant, first.post_id, world.now()));
    assert!(matches!(open.await.unwrap(), Open::Yes(_)));
    let read = world.store.find_current_post(first.tenant, first.post_id).await.unwrap().unwrap();
    assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
    let decide = |post: &Post| Ok::<_, store::Error>(post.targets.iter().any(Target::can_cancel));
    let canceled = world.store.cancel_post(first.tenant, read, By::system(world.now()), decide).await.unwrap();
    assert_eq!(canceled.post.content, "New");
    settle(&world).await;
    assert_eq!(statuses(&world.read(&post).await), ["canceled", "canceled"]);
    assert_eq!(feeds(&world).await, [[""; 0]; 2]);
}

/// The opening's write of a target lands once more after an edit. The next claim of it would get the fence that a worker still has.
#[tokio::test]
async fn a_target_that_an_edit_withdrew_is_not_stored_again() {
    let (world, post) = due().await;
    let first = message(&world, &post);
    let open = world.iam.act("open-post", world.store.open_post(first.tenant, first.post_id, world.now()));
    let Open::Yes(opening) = open.await.unwrap() else { panic!("it is due") };
    let add = async || {
        for target in &opening.targets {
            world.iam.act("open-post", world.store.add_target(&opening, target.clone())).await.unwrap();
        }
    };
    add().await;
    let (message, lease) = (target_message(&world, &post), Duration::minutes(1));
    let Claimed::Yes(mut claimed, _, mut target) = claim(&world, message, lease).await else { panic!("it is due") };
    assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
    add().await;
    assert!(matches!(claim(&world, message, lease).await, Claimed::NothingToDo));
    assert_eq!(world.store.save_target(&mut claimed, &mut target).await.unwrap(), Saved::ClaimLost);
    settle(&world).await;
    assert_eq!(feeds(&world).await, [["New"], ["New"]]);
}

#[tokio::test]
async fn a_target_that_an_edit_withdrew_hinders_no_change() {
    for edits in [false, true] {
        let (world, post) = due().await;
        opened(&world, &post).await;
        assert_eq!(edit(&world, &post, json!({ "content": "New" })).await.status, 200);
        let first = message(&world, &post);
        let open = world.iam.act("open-post", world.store.open_post(first.tenant, first.post_id, world.now()));
        assert!(matches!(open.await.unwrap(), Open::Yes(_)));
        let answer = match edits {
            false => cancel(&world, &post).await,
            true => edit(&world, &post, json!({ "content": "Newer" })).await,
        };
        assert_eq!(answer.status, 200, "{}", answer.text);
        settle(&world).await;
        let expected: &[&str] = if edits { &["Newer"] } else { &[] };
        assert_eq!(feeds(&world).await, [expected, expected]);
    }
}
