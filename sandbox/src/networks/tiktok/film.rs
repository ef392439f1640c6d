//! TikTok's rules for the picture of a video (media transfer guide).

use super::account::LONGEST_VIDEO;
use crate::media::film;

const SIDES: std::ops::RangeInclusive<u32> = 360..=4096;

/// The reason why TikTok cannot use a video that begins with these bytes. What they do not tell is not checked.
pub(super) fn failure(bytes: &[u8]) -> Option<&'static str> {
    let film = film::read(bytes);
    if film.milliseconds.is_some_and(|length| length > LONGEST_VIDEO * 1000) {
        return Some("duration_check_failed");
    }
    if film.pixels.is_some_and(|(width, height)| !SIDES.contains(&width) || !SIDES.contains(&height)) {
        return Some("picture_size_check_failed");
    }
    // 23.976 is shown as 23.98, and NTSC's 59.94 as 60.
    let rate = film.frames_per_second?;
    (!(22.95..=60.05).contains(&rate)).then_some("frame_rate_check_failed")
}
