//! From the queue: publishes what is due of one post.
//!
//! A claim takes the whole post; its targets then run side by side, each saving every step under the claim's fence. A
//! step is on record before its first byte leaves, so whoever comes after a crash knows what may have happened.
//!
//! Safe to repeat: a message is a hint. Told twice, early or late, at most one worker has the post.

mod media;
mod refresh;
mod renewal;
mod run;
mod target;

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

/// A message that is this early is waited out; the clock brings back any earlier one.
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
/// The store's: the message comes again, and so does the post when its lease ends.
pub async fn handle(deps: &Deps, message: Message) -> Result<(), store::Error> {
    let Some((claim, post)) = claim(deps, &message).await? else { return Ok(()) };

    // After the claim and before any commit: what may stop it.
    let found = deps.store.find_client_with_accounts(claim.tenant, post.client).await?;
    let accounts = found.map(|(_, accounts)| accounts).unwrap_or_default();
    let work = target::Work {
        deps,
        // A call that outlives the claim would be cut off by Lambda, and leave doubt.
        http: deps.http.chain(deps.lease),
        claim: &claim,
        post: &post,
        accounts: &accounts,
        looked: media::Looked::default(),
    };
    // Each to its end, even if the store fails another: a commit that is dropped under way would become doubt.
    let targets = join_all(post.targets.iter().map(|target| work.run(target.clone()))).await;
    let targets = targets.into_iter().collect::<Result<Vec<_>, _>>()?;

    let Some(targets) = targets.into_iter().collect::<Option<Vec<_>>>() else {
        tracing::warn!(post = %claim.post, "the claim is lost: to another worker, or to the agency");
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
                // Never zero: a post that another worker has just finished is due again only later.
                deps.clock.sleep((at - now).to_std().unwrap_or_default().max(Duration::from_millis(1))).await;
            }
            Claimed::NotBefore(_) | Claimed::NothingToDo => return Ok(None),
        }
    }
}
