//! What the model takes as given. The defaults are the product's values and AWS's limits.

use clap::Args;

/// From when a tick counts the delay of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum DelayFrom {
    /// From the start of the tick. A message is as late as its tick took to send it.
    Start,
    /// From the time when the message is sent, as `functions/dispatch-due/src/shard.rs` does.
    Sending,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Settings {
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Posts that are due in each minute
    #[arg(long, default_value_t = 1_000_000)]
    pub(super) posts: u32,
    /// Minutes with posts
    #[arg(long, default_value_t = 3)]
    pub(super) minutes: u32,
    /// Share of posts that are published at once, when they are created
    #[arg(long, default_value_t = 0.2)]
    pub(super) now_share: f64,
    /// Share of scheduled posts that are due exactly on the full minute
    #[arg(long, default_value_t = 0.05)]
    pub(super) on_the_minute: f64,

    /// Write units a second of a partition (DynamoDB's limit)
    #[arg(long, default_value_t = 1000)]
    pub(super) partition_writes: u32,
    /// Read units a second of a partition (DynamoDB's limit)
    #[arg(long, default_value_t = 3000)]
    pub(super) partition_reads: u32,
    /// Attempts of a write (the SDK's default)
    #[arg(long, default_value_t = 3)]
    pub(super) attempts: u8,
    /// Units of the index for a claim that moves `due_at`: a delete and a put. 0 if the opening stored targets that are
    /// claimed already
    #[arg(long, default_value_t = 2)]
    pub(super) claim_units: u32,
    /// Units of the index for a head that is due again until its event is in the log. 2 if events have that outbox
    #[arg(long, default_value_t = 0)]
    pub(super) summary_units: u32,
    /// Bytes of an entry of the index
    #[arg(long, default_value_t = 180)]
    pub(super) entry_bytes: u32,

    /// How far ahead a tick announces (`AHEAD` in functions/dispatch-due/src/announced.rs)
    #[arg(long, default_value_t = 150_000)]
    pub(super) ahead_ms: u32,
    /// Shards that a tick's function reads at once (`SIDE_BY_SIDE` in functions/dispatch-due/src/lib.rs)
    #[arg(long, default_value_t = 8)]
    pub(super) shards_at_once: usize,
    /// Calls of SQS that a shard makes at once (`SIDE_BY_SIDE` in shared/src/queue.rs), each with ten messages (`BATCH`)
    #[arg(long, default_value_t = 8)]
    pub(super) calls_at_once: usize,
    /// When a tick's function is ended (`Timeout` of `DispatchDue` in template.yaml)
    #[arg(long, default_value_t = 60_000)]
    pub(super) tick_timeout_ms: u32,
    /// Share of a processor that a tick's function has (1,024 of 1,769 MB: `MemorySize` of `DispatchDue` in template.yaml)
    #[arg(long, default_value_t = 0.58)]
    pub(super) tick_processor: f64,
    /// Processor time to read an entry of the index, in microseconds
    #[arg(long, default_value_t = 5.0)]
    pub(super) read_us: f64,
    /// Processor time to announce a post. With `read_us` it is what docs/performance.md measures: 1.4 s for 50,000
    #[arg(long, default_value_t = 23.0)]
    pub(super) announce_us: f64,
    #[arg(long, value_enum, default_value = "sending")]
    pub(super) delay_from: DelayFrom,

    /// Platforms, over which posts spread evenly, with a queue each
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) platforms: u32,
    /// Messages that a worker takes at once (`BatchSize` of the event source mappings in template.yaml)
    #[arg(long, default_value_t = 10)]
    pub(super) batch: usize,
    /// How long a post's message that was not deleted stays hidden (`VisibilityTimeout` of `PostQueue` in template.yaml)
    #[arg(long, default_value_t = 132_000)]
    pub(super) post_visibility_ms: u32,
    /// The same of a target's message (`VisibilityTimeout` of the platforms' queues in template.yaml)
    #[arg(long, default_value_t = 660_000)]
    pub(super) target_visibility_ms: u32,
    /// Messages that a queue allows in flight (SQS's limit)
    #[arg(long, default_value_t = 120_000)]
    pub(super) in_flight: u32,
    /// A worker's claim on a target (`LEASE_SECONDS` in template.yaml)
    #[arg(long, default_value_t = 90_000)]
    pub(super) lease_ms: u32,
    /// How long after the last post was due the model looks for what is not published
    #[arg(long, default_value_t = 600_000)]
    pub(super) drain_ms: u32,

    /// A write: at least this, and on average 3 ms more
    #[arg(long, default_value_t = 4.0)]
    pub(super) write_ms: f64,
    /// A call of SQS, and a read of the index
    #[arg(long, default_value_t = 15)]
    pub(super) call_ms: u32,
    /// Reads of post, account and grant, then connection and TLS, before a commit is on record
    #[arg(long, default_value_t = 110)]
    pub(super) connect_ms: u32,
    /// Median of a platform's answer
    #[arg(long, default_value_t = 400.0)]
    pub(super) platform_ms: f64,
    /// Share of answers that take 5 to 20 s
    #[arg(long, default_value_t = 0.01)]
    pub(super) slow_share: f64,

    /// Share of messages that the queue loses
    #[arg(long, default_value_t = 0.000_1)]
    pub(super) lost_messages: f64,
    /// Share of posts of which a worker ends before it is done
    #[arg(long, default_value_t = 0.000_1)]
    pub(super) crashes: f64,
}

impl Settings {
    /// The first minute with posts. Ticks before it announce them, as in a deployment that was running before.
    pub(super) const BEGIN: u32 = 180_000;

    pub(super) fn end(&self) -> u32 {
        Self::BEGIN + self.minutes * 60_000
    }
}

/// What a deployment chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// `DUE_SHARDS` in shared/src/store/keys.rs.
    pub(super) shards: u32,
    /// Functions that share the shards of a tick.
    pub(super) ticks: u32,
    /// Concurrent instances for each queue, that of posts and that of each platform (`PublishConcurrency` in template.yaml).
    pub(super) workers: u32,
}

impl Plan {
    /// One function (`ReservedConcurrentExecutions` of `DispatchDue`), and the most workers that template.yaml allows.
    pub(super) const PRODUCT: Self = Self { shards: 4, ticks: 1, workers: 1_000 };
    /// What a change of that constant alone allows.
    pub(super) const MORE_SHARDS: Self = Self { shards: 64, ..Self::PRODUCT };
    /// What a million posts a minute need, with a reserve (`--smallest`), and shards rounded up to a power of two.
    pub(super) const RECOMMENDED: Self = Self { shards: 512, ticks: 2, workers: 1_500 };
    /// What is compared without arguments.
    pub(super) const COMPARED: [Self; 7] = [
        Self::PRODUCT,
        Self::MORE_SHARDS,
        Self { shards: 64, ..Self::RECOMMENDED },
        Self { shards: 128, ..Self::RECOMMENDED },
        Self { shards: 256, ..Self::RECOMMENDED },
        Self { workers: 750, ..Self::RECOMMENDED },
        Self::RECOMMENDED,
    ];
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.shards, self.ticks, self.workers)
    }
}

impl std::str::FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Vec<u32> = text.split('/').filter_map(|number| number.parse().ok()).collect();
        match numbers[..] {
            [shards, ticks, workers] if !numbers.contains(&0) => Ok(Self { shards, ticks, workers }),
            _ => Err("SHARDS/TICKS/WORKERS, such as 64/1/1000".into()),
        }
    }
}
