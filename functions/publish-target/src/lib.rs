//! Triggered by a platform's queue: publishes a due target.
//!
//! A step is saved under the claim's fencing token before its request is sent, so that the next worker after a crash knows what
//! may have happened.
//!
//! Idempotent: a message is only a hint. If it is delivered twice, early or late, at most one worker holds the target.

mod exchange;
mod media;
mod refresh;
mod renewal;
mod run;
mod target;
mod work;

use std::time::Duration;

use publishing::Target;
use shared::{
    clock::Clock,
    deps,
    net::HttpClient,
    post::Post,
    queue::{EARLY, Message, Queue},
    site::Sites,
    store::{self, Claim, Claimed, Store, Vault},
};

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
/// The store failed: the message is redelivered, and the target is due again when its lease ends.
pub async fn handle(deps: &Deps, message: Message) -> Result<(), store::Error> {
    let Some((mut claim, post, mut target)) = claim(deps, &message).await? else { return Ok(()) };

    // Read after the claim, so that a disconnected account stops a commit.
    let read_at = deps.clock.now();
    let account = deps.store.account_of(claim.tenant, post.client, target.account).await?;
    // Lambda would cut off a call that outlives the claim, and its outcome would be unknown.
    let http = deps.http.chain(deps.lease);
    let work = work::Work {
        deps,
        http,
        lease_until: claim.until,
        tenant: claim.tenant,
        post: &post,
        account: account.as_ref(),
        read_at,
    };
    if !work.run(&mut claim, &mut target).await? {
        tracing::warn!(post = %claim.post, account = %target.account, "another worker or a change by the agency has taken the target");
        return Ok(());
    }
    if let Some(next) = message.next(claim.target) {
        deps.queue.announce(next, target.next_at, deps.clock.now()).await;
    }
    Ok(())
}

async fn claim(deps: &Deps, message: &Message) -> Result<Option<(Claim, Box<Post>, Box<Target>)>, store::Error> {
    let Some(name) = message.target else { return Ok(None) };
    loop {
        let now = deps.clock.now();
        match deps.store.claim_target((message.tenant, message.post_id, name), now, now + deps.lease).await? {
            Claimed::Yes(claim, post, target) => return Ok(Some((claim, post, target))),
            Claimed::NotBefore(at) if at - now <= EARLY => {
                // At least a millisecond: another worker may have finished the target at this very time.
                deps.clock.sleep((at - now).to_std().unwrap_or_default().max(Duration::from_millis(1))).await;
            }
            Claimed::NotBefore(_) | Claimed::NothingToDo => return Ok(None),
        }
    }
}
