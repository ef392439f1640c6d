//! Triggered by the queue: publishes the due targets of one post.
//!
//! A claim covers the whole post. Its targets run concurrently, and each saves every step under the claim's fencing token.
//! A step is recorded before its request is sent, so that the next worker after a crash knows what may have happened.
//!
//! Idempotent: a message is only a hint. If it is delivered twice, early or late, at most one worker holds the post.

mod media;
mod refresh;
mod renewal;
mod run;
mod target;
mod work;

use std::time::Duration;

use futures_util::future::join_all;
use shared::{
    clock::Clock,
    deps,
    net::HttpClient,
    post::Post,
    queue::{Message, Queue},
    site::Sites,
    store::{self, Claim, Claimed, Store, Vault},
};

/// The longest wait for a message that arrives early. A tick of the schedule announces the post again if it is earlier.
const EARLY: chrono::Duration = chrono::Duration::seconds(5);

deps! {
    pub struct Deps {
        pub store: Store,
        pub vault: Vault,
        pub sites: Sites,
        pub http: HttpClient,
        pub queue: Queue,
        pub clock: Clock,
        /// How long a claim lasts. The HTTP client's timeout is a third of it.
        pub lease: Duration,
    }
}

/// # Errors
/// The store failed: the message is redelivered, and the post is due again when its lease ends.
pub async fn handle(deps: &Deps, message: Message) -> Result<(), store::Error> {
    let Some((claim, post)) = claim(deps, &message).await? else { return Ok(()) };

    // Read after the claim, so that a disconnected account stops a commit.
    let found = deps.store.find_client_with_accounts(claim.tenant, post.client).await?;
    let accounts = found.map(|(_, accounts)| accounts).unwrap_or_default();
    let work = work::Work {
        deps,
        // Lambda would cut off a call that outlives the claim, and its outcome would be unknown.
        http: deps.http.chain(deps.lease),
        claim: &claim,
        post: &post,
        accounts: &accounts,
        media_facts: media::MediaFacts::default(),
    };
    // Run every target to its end, even if the store fails for another: the outcome of a dropped commit would be unknown.
    let targets = join_all(post.targets.iter().map(|target| work.run(target.clone()))).await;
    let targets = targets.into_iter().collect::<Result<Vec<_>, _>>()?;

    let Some(targets) = targets.into_iter().collect::<Option<Vec<_>>>() else {
        tracing::warn!(post = %claim.post, "another worker or a change by the agency has taken the claim");
        return Ok(());
    };
    let next = targets.iter().filter_map(|target| target.next_at).min();
    if deps.store.finish_post(&claim, next).await? {
        deps.queue.announce(message, next, deps.clock.now()).await;
    }
    Ok(())
}

async fn claim(deps: &Deps, message: &Message) -> Result<Option<(Claim, Box<Post>)>, store::Error> {
    loop {
        let now = deps.clock.now();
        match deps.store.claim_post(message.tenant, message.post_id, now, now + deps.lease).await? {
            Claimed::Yes(claim, post) => return Ok(Some((claim, post))),
            Claimed::NotBefore(at) if at - now <= EARLY => {
                // At least a millisecond: another worker may have finished the post at this very time.
                deps.clock.sleep((at - now).to_std().unwrap_or_default().max(Duration::from_millis(1))).await;
            }
            Claimed::NotBefore(_) | Claimed::NothingToDo => return Ok(None),
        }
    }
}
