//! Triggered by the queue of posts: opens a post at its time. Its targets are stored, and each is announced to its platform's
//! queue.
//!
//! Idempotent: a target is stored once, and a post leaves the due index only after all its targets are stored. After a crash,
//! the schedule announces the post again; the targets that are stored are announced by the schedule, too.

use std::time::Duration;

use futures_util::future::try_join_all;
use shared::{
    clock::Clock,
    deps,
    post::TargetName,
    queue::{EARLY, Message, Queue},
    store::{self, Open, Opening, Store},
};

deps! {
    pub struct Deps {
        pub store: Store,
        pub queue: Queue,
        pub clock: Clock,
    }
}

/// # Errors
/// The store failed: the message is redelivered, and the post stays due.
pub async fn handle(deps: &Deps, message: Message) -> Result<(), store::Error> {
    let Some(opening) = open(deps, &message).await? else { return Ok(()) };
    let targets = &opening.targets;
    try_join_all(targets.iter().map(|target| deps.store.add_target(&opening, target.clone()))).await?;
    if !deps.store.end_opening(&opening).await? {
        return Ok(());
    }
    let messages: Vec<_> =
        targets.iter().filter_map(|target| Some((message.next(TargetName::of(target))?, Duration::ZERO))).collect();
    deps.queue.announce_all(&messages).await;
    Ok(())
}

async fn open(deps: &Deps, message: &Message) -> Result<Option<Box<Opening>>, store::Error> {
    loop {
        let now = deps.clock.now();
        match deps.store.open_post(message.tenant, message.post_id, now).await? {
            Open::Yes(opening) => return Ok(Some(opening)),
            Open::NotBefore(at) if at - now <= EARLY => {
                deps.clock.sleep((at - now).to_std().unwrap_or_default().max(Duration::from_millis(1))).await;
            }
            Open::NotBefore(_) | Open::NothingToDo => return Ok(None),
        }
    }
}
