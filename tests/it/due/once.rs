//! Each due post is announced once by the ticks that look ahead, by whichever process; an entry that cannot be read stops no
//! other.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use serde_json::json;
use shared::store::keys::DUE_SHARDS;

use super::due_in;
use crate::{permissions::aside, publish::message, world::World};

/// A process that has not run before, on the same tables.
fn new_process(world: &World) -> dispatch_due::Deps {
    let dispatch_due::Deps { store, queue, clock, function_name } = &world.functions.dispatch_due;
    dispatch_due::Deps {
        store: store.clone(),
        queue: queue.clone(),
        clock: clock.clone(),
        function_name: function_name.clone(),
    }
}

#[tokio::test]
async fn a_post_is_announced_by_one_of_the_ticks_that_look_ahead() {
    let (world, post, at) = due_in(Duration::minutes(10)).await;
    let mut announced = Vec::new();
    for minute in 0..10 {
        world.clock.set(at - Duration::minutes(10 - minute));
        dispatch_due::handle(&new_process(&world)).await.unwrap();
        announced.extend(world.waiting().iter().map(|(due, _)| (minute, *due)));
        world.lose_messages();
    }
    assert_eq!(announced, [(8, at)]);
    // Its message was lost.
    world.clock.set(at + Duration::seconds(30));
    dispatch_due::handle(&new_process(&world)).await.unwrap();
    assert_eq!(world.waiting(), [(world.now(), message(&world, &post))]);
}

#[tokio::test]
async fn a_new_process_does_not_announce_the_backlog_again() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    for n in 0..30 {
        world.post(&client, &[&account], &format!("Post {n}"), json!({ "type": "now" })).await;
    }
    world.clock.advance(Duration::minutes(5));
    assert_eq!(world.tick_report().await.announced, 30);
    world.lose_messages();
    for minute in 6..8 {
        world.clock.advance(Duration::minutes(1));
        let report = dispatch_due::handle(&new_process(&world)).await.unwrap();
        assert_eq!((report.announced, report.oldest_overdue), (0, Duration::minutes(minute)));
    }
    world.clock.advance(Duration::minutes(1));
    assert_eq!(dispatch_due::handle(&new_process(&world)).await.unwrap().announced, 30, "after eight minutes");
}

#[tokio::test]
async fn of_two_concurrent_ticks_the_later_time_remains() {
    let (world, _, at) = due_in(Duration::minutes(10)).await;
    for up_to in [at, at - Duration::minutes(1)] {
        world.store.mark_announced(0, up_to).await.unwrap();
    }
    let announced = world.store.announced_up_to(0).await.unwrap().unwrap();
    assert_eq!(announced.timestamp_millis(), at.timestamp_millis());
}

#[tokio::test]
async fn a_tick_without_due_work_only_reads_the_index() {
    let (world, ..) = due_in(Duration::minutes(10)).await;
    let _ = world.engine.calls();
    world.tick().await;
    assert_eq!(world.engine.calls().into_iter().collect::<Vec<_>>(), [("Query".to_owned(), usize::from(DUE_SHARDS))]);
}

#[tokio::test]
async fn a_tick_without_an_announcement_writes_nothing() {
    let (world, ..) = due_in(Duration::minutes(2)).await;
    world.tick().await;
    let _ = world.engine.calls();
    world.tick().await;
    let calls = world.engine.calls();
    assert_eq!((calls.get("GetItem"), calls.get("UpdateItem")), (Some(&1), None), "{calls:?}");
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_is_counted_and_stops_no_other() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    for n in 0..8 {
        world.post(&client, &[&account], &format!("Post {n}"), json!({ "type": "now" })).await;
    }
    world.lose_messages();
    for shard in 0..DUE_SHARDS {
        for (pk, sk) in [("T#nobody#POST#nothing", "POST"), ("POST", "OTHER")] {
            let text = |text: &str| AttributeValue::S(text.into());
            let put = world.engine.client.put_item().table_name("main").item("pk", text(&format!("{pk}{shard}")));
            let put = put.item("sk", text(sk)).item("due_shard", text(&format!("DUE#{shard}")));
            aside(put.item("due_at", AttributeValue::N("1".into())).send()).await.unwrap();
        }
    }
    let report = world.tick_report().await;
    assert_eq!((report.announced, report.not_announced), (8, 2 * usize::from(DUE_SHARDS)));
    assert_eq!(world.waiting().len(), 8);
}
