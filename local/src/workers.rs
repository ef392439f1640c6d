//! Stands in for SQS and the schedule: a queue with delays and redelivery, and a tick every minute.

use std::{sync::Arc, time::Duration};

use shared::queue::{InProcess, Message};
use tokio::sync::{OnceCell, Semaphore, mpsc};

use crate::instance::Instance;

/// How many posts are worked on at once.
const CONCURRENCY: usize = 16;
/// How often a message that failed is delivered, and how soon again.
const DELIVERIES: u32 = 5;
const VISIBILITY: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(60);

/// The instance that the workers belong to; they are started before it is built, for its functions hold their queue.
static INSTANCE: OnceCell<&'static Instance> = OnceCell::const_new();

/// Starts the queue's workers: they begin once the clock does.
pub(crate) fn start() -> InProcess {
    let (send, mut receive) = mpsc::unbounded_channel::<(Message, Duration)>();
    tokio::spawn(async move {
        let permits = Arc::new(Semaphore::new(CONCURRENCY));
        while let Some((message, delay)) = receive.recv().await {
            let permits = Arc::clone(&permits);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                deliver(&permits, message).await;
            });
        }
    });
    Arc::new(move |message, delay| {
        // The receiver lives as long as the process.
        let _ = send.send((message, delay));
    })
}

async fn deliver(permits: &Semaphore, message: Message) {
    for _ in 0..DELIVERIES {
        if let (Ok(_permit), Some(instance)) = (permits.acquire().await, INSTANCE.get()) {
            match publish_post::handle(&instance.functions.publish_post, message).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(post = %message.post_id, %error, "the message will be delivered again"),
            }
        }
        tokio::time::sleep(VISIBILITY).await;
    }
    tracing::error!(post = %message.post_id, "given up for now; the clock announces the post again");
}

/// Starts the clock: a tick at once, for what fell due while nothing ran, and then every minute.
pub(crate) fn start_clock(instance: &'static Instance) {
    // There is one instance in a process.
    let _ = INSTANCE.set(instance);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            if let Err(error) = dispatch_due::handle(&instance.functions.dispatch_due).await {
                tracing::error!(%error, "the tick failed; the next one finds the same work");
            }
        }
    });
}
