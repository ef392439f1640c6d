//! Emulates SQS and the schedule: queues with delays and redelivery, and a run every minute.

use std::{collections::HashMap, sync::Arc, time::Duration};

use platforms::PlatformId;
use shared::{
    lambda::caught,
    queue::{InProcess, Message},
};
use tokio::sync::{OnceCell, Semaphore, mpsc};

use crate::instance::Instance;

/// How much work of one queue is done at once.
const CONCURRENCY: usize = 16;
/// How often a failed message is delivered, and the visibility timeout between deliveries.
const DELIVERIES: u32 = 5;
const VISIBILITY: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(60);

/// The instance of the workers. They start before it is built, because its functions contain their queue.
static INSTANCE: OnceCell<&'static Instance> = OnceCell::const_new();

/// Starts the queues' workers: some for posts, and some for the targets of each platform. They wait until the schedule starts.
pub(crate) fn start() -> InProcess {
    let (send, mut receive) = mpsc::unbounded_channel::<(Message, Duration)>();
    tokio::spawn(async move {
        let mut pools: HashMap<Option<PlatformId>, Arc<Semaphore>> = HashMap::new();
        while let Some((message, delay)) = receive.recv().await {
            let pool = pools.entry(message.target.map(|target| target.platform));
            let permits = Arc::clone(pool.or_insert_with(|| Arc::new(Semaphore::new(CONCURRENCY))));
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                deliver(&permits, message).await;
            });
        }
    });
    Arc::new(move |message, delay| {
        // The receiver lives as long as the process, so sending cannot fail.
        let _ = send.send((message, delay));
    })
}

async fn deliver(permits: &Semaphore, message: Message) {
    for _ in 0..DELIVERIES {
        if let (Ok(_permit), Some(instance)) = (permits.acquire().await, INSTANCE.get()) {
            match caught(instance.functions.take(message)).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(post = %message.post_id, %error, "the message will be delivered again"),
            }
        }
        tokio::time::sleep(VISIBILITY).await;
    }
    tracing::error!(post = %message.post_id, "given up for now; the schedule announces the work again");
}

/// Starts the schedule: one run at once, for posts that fell due while nothing ran, and then one every minute.
pub(crate) fn start_schedule(instance: &'static Instance) {
    // A process has one instance, so this is set once.
    let _ = INSTANCE.set(instance);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            if let Err(error) = caught(dispatch_due::handle(&instance.functions.dispatch_due)).await {
                tracing::error!(%error, "the run failed; the next one finds the same work");
            }
        }
    });
}
