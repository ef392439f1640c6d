//! Which posts a tick announces.

use chrono::{DateTime, Duration, Utc};

/// How far ahead a tick announces. A tick may come at any time within its minute, and the next one may be late.
pub(super) const AHEAD: Duration = Duration::seconds(150);

/// Whether this tick announces a post that is due at `at`. `up_to` is how far its shard was announced, by any process.
///
/// A post is announced when the ticks look far enough ahead to see it. If it is overdue nevertheless, its message may be
/// lost, and it is announced again at growing intervals (when it becomes overdue, after 1, 2, 4, 8 … minutes, and every
/// hour), so that a backlog does not refill the queue each minute. Announcements of missed ticks are made up for.
pub(super) fn announced(at: DateTime<Utc>, up_to: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(up_to) = up_to.filter(|up_to| at <= *up_to) else { return true };
    if at > now {
        return false;
    }
    let last = up_to - AHEAD;
    let minutes = (now - at).num_minutes();
    let since = (last - at).num_minutes() + 1;
    at >= last || (since..=minutes).any(|minute| minute.unsigned_abs().is_power_of_two() || minute % 60 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    /// For each minute, the posts due that long ago, after a tick at `last`.
    fn announced_minutes(last: Option<DateTime<Utc>>) -> Vec<i64> {
        let up_to = last.map(|last| last + AHEAD);
        (-2..=130).filter(|ago| announced(NOW - Duration::minutes(*ago), up_to, NOW)).collect()
    }

    #[test]
    fn overdue_posts_are_announced_at_growing_intervals() {
        let minute_ago = Some(NOW - Duration::minutes(1));
        assert_eq!(announced_minutes(minute_ago), [-2, 0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
    }

    #[test]
    fn a_tick_makes_up_for_missed_ticks() {
        let minutes = announced_minutes(Some(NOW - Duration::minutes(4)));
        let expected = [-2..=11, 16..=19, 32..=35, 60..=67, 120..=123, 128..=130];
        assert_eq!(minutes, expected.into_iter().flatten().collect::<Vec<_>>());
        let after_an_hour = announced_minutes(Some(NOW - Duration::hours(1)));
        assert_eq!(after_an_hour, (-2..=130).collect::<Vec<_>>(), "all of it");
    }

    #[test]
    fn the_first_tick_of_a_deployment_announces_everything() {
        assert_eq!(announced_minutes(None), (-2..=130).collect::<Vec<_>>());
    }

    /// Ticks come at any time within their minutes.
    #[test]
    fn a_post_is_announced_once_before_it_is_due_and_once_when_it_becomes_overdue() {
        for due in 0..600 {
            let at = NOW + Duration::seconds(600 + due);
            let (mut up_to, mut seen) = (Some(NOW + AHEAD), Vec::new());
            for minute in 1..30 {
                let now = NOW + Duration::seconds(60 * minute + (minute * 37) % 60);
                if now + AHEAD >= at && announced(at, up_to, now) {
                    seen.push((now - at).num_seconds());
                }
                up_to = Some(now + AHEAD);
            }
            let before = seen.iter().filter(|late| **late < 0).count();
            assert_eq!(before, 1, "{seen:?}");
            let first = seen.iter().find(|late| **late >= 0).unwrap();
            assert!(*first < 120, "{seen:?}");
        }
    }
}
