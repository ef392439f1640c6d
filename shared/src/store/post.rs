//! Posts: one head, its content in versions, and one item a target, so that no item grows with the number of targets.
//!
//! Until a post opens, its targets follow from head and content. Opening stores them, at the post's time. From then on, each
//! is claimed by a worker of its own, and a change by the agency is a transaction over the items that it concerns.

mod action;
mod cancel;
mod claim;
mod content;
mod edit;
mod insert;
mod open;
mod outbox;
mod read;
mod summary;
mod target_item;
mod tell;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Item, Origin, Store, key, keys};
use crate::{
    id::{ClientId, PostId},
    post::{Post, TargetName},
    tenant::Tenant,
};

pub use action::{ActionOutcome, ActionRecord};
pub use cancel::Canceled;
pub use claim::{Claim, Claimed, Saved};
pub use open::{Open, Opening};
pub use read::CurrentPost;

/// How often a change that conflicts with others is retried.
const TRIES: usize = 5;

/// The head of a post.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct HeadItem {
    pk: String,
    sk: String,
    id: PostId,
    client: ClientId,
    created_at: DateTime<Utc>,
    /// In the order of the request.
    targets: Vec<TargetName>,
    /// The version of the content, which an edit increments.
    version: u32,
    /// Whether the targets of this version are stored, or are being stored.
    opened: bool,
    /// When the post was canceled before it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    canceled_at: Option<DateTime<Utc>>,
    /// Incremented by every write, for optimistic locking.
    revision: u64,
    /// The latest ones, oldest first.
    #[serde(default)]
    actions: Vec<ActionRecord>,
    #[serde(flatten)]
    origin: Origin,
    client_list: String,
    tenant_list: String,
    listed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    /// Epoch milliseconds. Present until the post was opened or canceled; never for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

impl HeadItem {
    fn new(tenant: Tenant, post: &Post, origin: Origin) -> Self {
        let due = post.next_at();
        Self {
            pk: keys::post(tenant, post.id),
            sk: keys::POST.into(),
            id: post.id,
            client: post.client,
            created_at: post.created_at,
            targets: post.targets.iter().map(TargetName::of).collect(),
            version: 1,
            opened: false,
            canceled_at: None,
            revision: 0,
            actions: Vec::new(),
            origin,
            client_list: keys::posts_of_client(tenant, post.client),
            tenant_list: keys::posts_of_tenant(tenant),
            listed_at: keys::listed_at(post.created_at, post.id),
            due_shard: due.map(|_| keys::due_shard(post.id)),
            due_at: due.map(|at| at.timestamp_millis()),
        }
    }

    fn key(&self) -> Item {
        key(self.pk.clone(), keys::POST)
    }

    fn content_key(&self) -> Item {
        key(self.pk.clone(), keys::content(self.version))
    }

    fn target_key(&self, target: TargetName) -> Item {
        key(self.pk.clone(), keys::target(target))
    }
}

impl Store {
    /// A post's position in its lists.
    #[must_use]
    pub fn position(post: &Post) -> String {
        keys::listed_at(post.created_at, post.id)
    }
}
