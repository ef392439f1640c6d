//! A post with one target, and how many posts are due when.

use fastrand::Rng;

use super::{agenda::Worker, settings::Settings};

/// The last step of a post that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Absent,
    /// Its head is stored and due.
    Created,
    /// Its head says that it was opened.
    Opened,
    /// Its target is stored and due.
    Targeted,
    /// Its head has left the index.
    HeadDone,
    /// Its target is due when the lease ends.
    Claimed,
    /// The commit is on record: its first byte leaves.
    Recorded,
    /// The platform's answer is stored, and its target has left the index.
    Done,
}

impl Stage {
    pub(super) fn next(self) -> Self {
        match self {
            Self::Absent => Self::Created,
            Self::Created => Self::Opened,
            Self::Opened => Self::Targeted,
            Self::Targeted => Self::HeadDone,
            Self::HeadDone => Self::Claimed,
            Self::Claimed => Self::Recorded,
            Self::Recorded | Self::Done => Self::Done,
        }
    }
}

/// The item of a post that an entry of the index, or a message, is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The post is to be opened.
    Head,
    /// It is to be published.
    Target,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    pub(super) due: u32,
    pub(super) stage: Stage,
    /// When the claim ends; 0 before it was claimed.
    pub(super) lease_until: u32,
    /// Which part of it a worker has, and the worker.
    pub(super) worker: Option<(Part, Worker)>,
    /// Attempts of the present write.
    pub(super) attempts: u8,
    /// Whether the worker has to claim a target that another one had.
    pub(super) claim_again: bool,
    pub(super) published_at: Option<u32>,
    /// Messages about it that were sent. It needs two: to be opened, and to be published.
    pub(super) messages: u32,
}

impl Post {
    /// When its head or its target is due.
    pub(super) fn due_at(&self) -> u32 {
        self.due.max(self.lease_until)
    }

    pub(super) fn head_is_due(&self) -> bool {
        (Stage::Created..Stage::HeadDone).contains(&self.stage)
    }

    pub(super) fn target_is_due(&self) -> bool {
        (Stage::Targeted..Stage::Done).contains(&self.stage)
    }
}

/// Posts in the order in which they are due.
pub(super) fn posts(settings: &Settings, rng: &mut Rng) -> Vec<Post> {
    let mut posts = Vec::with_capacity((settings.posts * settings.minutes) as usize);
    for minute in 0..settings.minutes {
        let begin = Settings::BEGIN + minute * 60_000;
        for _ in 0..settings.posts {
            let now = rng.f64() < settings.now_share;
            let full = !now && rng.f64() < settings.on_the_minute;
            posts.push(Post {
                due: if full { begin } else { begin + rng.u32(0..60_000) },
                stage: if now { Stage::Absent } else { Stage::Created },
                lease_until: 0,
                worker: None,
                attempts: 0,
                claim_again: false,
                published_at: None,
                messages: 0,
            });
        }
    }
    posts.sort_by_key(|post| post.due);
    posts
}

/// The shard of a post, by its id: spread by a hash (SplitMix64).
pub(super) fn shard(id: u32, shards: u32) -> u32 {
    let mut hash = u64::from(id).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from((hash ^ hash >> 31) % u64::from(shards)).unwrap_or_default()
}
