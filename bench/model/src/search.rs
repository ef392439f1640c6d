//! The smallest plan that breaks no bound.

use super::{
    report::Report,
    settings::{Plan, Settings},
    world::simulate,
};

/// Shards come in steps of this, workers in steps of [`WORKERS`].
const SHARDS: u32 = 32;
const WORKERS: u32 = 250;
const POSTS: u32 = 10_000;
/// More than enough of each.
const PLENTY: Plan = Plan { shards: 4096, ticks: 16, workers: 5_000 };

/// Looks for the fewest workers with plenty of the others, then for the fewest shards, then functions. Fewer workers also ask
/// less of the index at once. `None` if plenty of all is not enough. Before each simulation `trying` is called.
pub(super) fn smallest(settings: &Settings, mut trying: impl FnMut(Plan)) -> Option<Report> {
    let mut holds = |plan| {
        trying(plan);
        let report = simulate(settings, plan);
        report.broken(settings).is_empty() && report.has_reserve(settings)
    };
    let workers = least(PLENTY.workers / WORKERS, |n| holds(Plan { workers: n * WORKERS, ..PLENTY }))? * WORKERS;
    let shards = least(PLENTY.shards / SHARDS, |n| holds(Plan { shards: n * SHARDS, workers, ..PLENTY }))? * SHARDS;
    let ticks = least(PLENTY.ticks, |ticks| holds(Plan { shards, ticks, workers }))?;
    Some(simulate(settings, Plan { shards, ticks, workers }))
}

/// The most posts a minute with which a plan breaks no bound, in steps of [`POSTS`], up to those of the settings.
pub(super) fn most_posts(settings: &Settings, plan: Plan) -> u32 {
    let breaks = |n| {
        let settings = Settings { posts: n * POSTS, ..settings.clone() };
        !simulate(&settings, plan).broken(&settings).is_empty()
    };
    least(settings.posts / POSTS, breaks).map_or(settings.posts, |n| (n - 1) * POSTS)
}

/// The least number up to `most` that is enough, if every greater one is.
fn least(most: u32, mut enough: impl FnMut(u32) -> bool) -> Option<u32> {
    let (mut low, mut high) = (0, 1);
    // Doubled first: a simulation with too much of anything takes as long as one with enough, but more memory.
    while !enough(high) {
        if high == most {
            return None;
        }
        low = high;
        high = (high * 2).min(most);
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn the_least_is_found() {
        for wanted in 1..=100 {
            assert_eq!(least(100, |n| n >= wanted), Some(wanted));
        }
        assert_eq!(least(100, |_| false), None);
    }
}
