//! What a simulation found, and which bounds it breaks.

use super::settings::{Plan, Settings};

/// The most that one post in a hundred may be late.
const P99_MS: u32 = 2_000;
/// The share of a bound that a plan should not exceed, because what happens at once differs from run to run.
const RESERVED_FROM: f64 = 0.8;

pub(super) struct Report {
    pub(super) plan: Plan,
    /// From when a post was due until its commit left, in milliseconds; `None` if it was not published.
    pub(super) lateness: Vec<Option<u32>>,
    /// Posts whose creation was refused. Their senders know.
    pub(super) refused: usize,
    pub(super) messages: u64,
    /// Messages about a post after the two that it needs.
    pub(super) repeated: u64,
    /// The most units of a partition of the index in a second.
    pub(super) most_writes: u32,
    pub(super) most_reads: u32,
    pub(super) most_of_table: u64,
    pub(super) throttled: u64,
    /// Of one queue.
    pub(super) most_in_flight: usize,
    pub(super) longest_tick: u32,
    pub(super) unfinished_ticks: usize,
    pub(super) entries_read: u64,
}

impl Report {
    pub(super) fn unpublished(&self) -> usize {
        self.lateness.iter().filter(|late| late.is_none()).count()
    }

    /// Lateness that this share of the posts does not exceed; `None` if they were not all published.
    pub(super) fn percentile(&self, share: f64) -> Option<u32> {
        let mut late: Vec<u32> = self.lateness.iter().map(|late| late.unwrap_or(u32::MAX)).collect();
        let place = ((late.len() as f64 * share).ceil() as usize).clamp(1, late.len()) - 1;
        Some(*late.select_nth_unstable(place).1).filter(|late| *late < u32::MAX)
    }

    /// Why it is not enough. Empty if it is.
    pub(super) fn broken(&self, settings: &Settings) -> Vec<&'static str> {
        let bounds = [
            ("lost", self.unpublished() > 0),
            ("index", self.throttled > 0),
            ("reads", self.most_reads > settings.partition_reads),
            ("tick", self.unfinished_ticks > 0),
            ("in flight", self.most_in_flight > settings.in_flight as usize),
            ("p99", self.percentile(0.99).is_none_or(|late| late >= P99_MS)),
        ];
        bounds.into_iter().filter(|(_, broken)| *broken).map(|(name, _)| name).collect()
    }

    /// Whether index, ticks and lateness stay clearly within their bounds.
    pub(super) fn has_reserve(&self, settings: &Settings) -> bool {
        let within = |used: u32, limit: u32| f64::from(used) <= f64::from(limit) * RESERVED_FROM;
        within(self.most_writes, settings.partition_writes)
            && within(self.longest_tick, settings.tick_timeout_ms)
            && within(self.percentile(0.99).unwrap_or(u32::MAX), P99_MS)
    }

    pub(super) const HEADER: &str = "\
| shards | ticks | workers | lost | refused | throttled writes | index, units/s | table, units/s | p50 | p99 | max | messages | repeated | longest tick | read again | in flight | broken |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    pub(super) fn row(&self, settings: &Settings) -> String {
        let Plan { shards, ticks, workers } = self.plan;
        let late =
            |share| self.percentile(share).map_or("never".into(), |late| format!("{:.1} s", f64::from(late) / 1e3));
        let numbers = |numbers: &[u64]| numbers.iter().map(|number| grouped(*number)).collect::<Vec<_>>().join(" | ");
        let broken = self.broken(settings);
        [
            numbers(&[shards.into(), ticks.into(), workers.into()]),
            numbers(&[self.unpublished() as u64, self.refused as u64, self.throttled]),
            numbers(&[self.most_writes.into(), self.most_of_table]),
            [late(0.5), late(0.99), late(1.0)].join(" | "),
            numbers(&[self.messages, self.repeated]),
            format!("{:.1} s", f64::from(self.longest_tick) / 1e3),
            numbers(&[self.entries_read.saturating_sub(self.messages), self.most_in_flight as u64]),
            if broken.is_empty() { "nothing".into() } else { broken.join(", ") },
        ]
        .iter()
        .fold("|".into(), |row, cell| format!("{row} {cell} |"))
    }
}

/// With commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
