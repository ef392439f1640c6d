//! Which entries a tick announces: the rule of functions/dispatch-due/src/announced.rs, in milliseconds.

/// Whether a tick at `now` announces what is due at `at`. `up_to` is how far its shard was announced.
pub(super) fn announced(at: u32, up_to: Option<u32>, now: u32, ahead: u32) -> bool {
    let Some(up_to) = up_to.filter(|up_to| at <= *up_to) else { return true };
    if at > now {
        return false;
    }
    let last = up_to.saturating_sub(ahead);
    if at >= last {
        return true;
    }
    let minutes = (now - at) / 60_000;
    let since = (last - at) / 60_000 + 1;
    (since..=minutes).any(|minute| minute.is_power_of_two() || minute % 60 == 0)
}
