//! Many posts that are due in the same minute, announced by one process: the index in an engine, and an SQS that takes
//! [`LATENCY`] for each call, in virtual time.
//!
//! `cargo test --profile ci -p dispatch-due --test many -- --nocapture` measures 50,000 posts.

use std::time::{Duration, Instant};

use dispatch_due::{Deps, handle};
use shared::{
    id::{AgencyId, PostId},
    queue::Message,
    store::keys::DUE_SHARDS,
    tenant::{Mode, Tenant},
    testing::{Engine, SetClock, Sqs},
};

/// An optimized build measures; any other checks.
const POSTS: usize = if cfg!(debug_assertions) { 1_000 } else { 50_000 };
/// SQS in the same region answers in 5 to 15 ms.
const LATENCY: Duration = Duration::from_millis(15);
const MOST: Duration = Duration::from_secs(10);

fn tenant() -> Tenant {
    Tenant { agency: AgencyId::random(), mode: Mode::Live }
}

/// On one thread, as in Lambda.
#[tokio::test(start_paused = true)]
async fn the_posts_of_a_busy_minute_are_announced_within_ten_seconds() {
    let (engine, clock, sqs) = (Engine::start().await, SetClock::default(), Sqs::default().taking(LATENCY));
    let due = clock.clock().now() + chrono::Duration::minutes(1);
    let entries = (0..POSTS).map(|n| {
        let shard = u8::try_from(n % usize::from(DUE_SHARDS)).unwrap();
        (shard, due + chrono::Duration::milliseconds(i64::try_from(n % 60_000).unwrap()))
    });
    engine.put_due(tenant(), entries).await;
    let deps = Deps {
        store: engine.store(&clock.clock()),
        queue: sqs.queue(),
        clock: clock.clock(),
        function_name: "test".into(),
    };
    let (began, waits) = (Instant::now(), tokio::time::Instant::now());
    let report = handle(&deps).await.unwrap();
    let (works, waits) = (began.elapsed(), waits.elapsed());
    let (calls, most) = (sqs.batches().len(), sqs.most_at_once());
    println!(
        "{POSTS} posts: {works:.2?} of work, {waits:.2?} of waiting for {calls} calls of SQS, at most {most} at once"
    );
    let announced: usize = sqs.batches().iter().map(Vec::len).sum();
    assert_eq!((report.announced, report.not_announced, announced), (POSTS, 0, POSTS));
    assert!(works + waits < MOST, "{works:?} {waits:?}");
    assert!(most > 8, "shards and batches are sent side by side");
    clock.advance(chrono::Duration::seconds(30));
    assert_eq!(handle(&deps).await.unwrap().announced, 0, "each is announced once");
}

fn messages(count: u64) -> Vec<(Message, Duration)> {
    (0..count).map(|n| (Message::new(tenant(), PostId::random(), None), Duration::from_secs(n))).collect()
}

#[tokio::test]
async fn a_refused_message_is_counted_and_stops_no_other() {
    let sqs = Sqs::default().refusing(|n| (n == 3).then_some(("InvalidMessageContents", true)));
    let queue = sqs.queue();
    assert_eq!(queue.send_all(&messages(25)).await.unwrap(), 1);
    assert_eq!(sqs.batches().iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
    let (message, _) = messages(1)[0];
    assert!(queue.send(message, Duration::from_secs(3)).await.is_err());
}

#[tokio::test]
async fn a_message_that_is_refused_through_no_fault_of_its_own_is_sent_again() {
    let sqs = Sqs::default().refusing(|n| (n % 4 == 1).then_some(("InternalError", false)));
    assert_eq!(sqs.queue().send_all(&messages(10)).await.unwrap(), 3);
    assert_eq!(sqs.batches(), [(0..10).collect(), vec![1, 5, 9], vec![1, 5, 9]]);
}

#[tokio::test]
async fn a_tick_goes_on_past_a_message_that_the_queue_refuses() {
    let (engine, clock) = (Engine::start().await, SetClock::default());
    let sqs = Sqs::default().refusing(|n| (n == 7).then_some(("InternalError", false)));
    let now = clock.clock().now();
    engine.put_due(tenant(), (1..=20).map(|n| (0, now + chrono::Duration::seconds(n)))).await;
    let deps = Deps {
        store: engine.store(&clock.clock()),
        queue: sqs.queue(),
        clock: clock.clock(),
        function_name: "test".into(),
    };
    let report = handle(&deps).await.unwrap();
    assert_eq!((report.announced, report.not_announced), (19, 1));
    clock.advance(chrono::Duration::seconds(60));
    assert_eq!(handle(&deps).await.unwrap().announced, 20, "overdue by now, the refused one among them");
}
