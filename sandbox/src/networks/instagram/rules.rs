//! Instagram's rules for captions, images and videos.

use super::graph_error::GraphError;
use crate::{
    fetch::Fetched,
    media::{
        film,
        format::{Format, dimensions, sniff},
    },
};

const CAPTION_CHARACTERS: usize = 2200;
const HASHTAGS: usize = 30;
const MENTIONS: usize = 20;
const IMAGE_BYTES: u64 = 8 * 1024 * 1024;
const REEL_BYTES: u64 = 300 * 1024 * 1024;
const STORY_BYTES: u64 = 100 * 1024 * 1024;

/// The subcode for a video that cannot be processed.
pub(crate) const UNSUPPORTED_VIDEO: i64 = 2_207_026;

/// The subcode for an upload that fails for no stated reason. Meta's remedy is a new container.
pub(crate) const UNKNOWN_UPLOAD_ERROR: i64 = 2_207_053;

pub(crate) fn caption(caption: &str) -> Result<(), GraphError> {
    let fits = caption.chars().count() <= CAPTION_CHARACTERS
        && marked(caption, '#') <= HASHTAGS
        && marked(caption, '@') <= MENTIONS;
    if fits { Ok(()) } else { Err(GraphError::of(36004, Some(2_207_010))) }
}

/// How many words start with `mark`. A mark inside a word, as in an email address, does not count.
fn marked(caption: &str, mark: char) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut before = ' ';
    let mut count = 0;
    let mut characters = caption.chars().peekable();
    while let Some(c) = characters.next() {
        if c == mark && !is_word(before) && characters.peek().is_some_and(|next| is_word(*next)) {
            count += 1;
        }
        before = c;
    }
    count
}

/// Images are JPEGs of at most 8 MiB with a ratio from 4:5 to 1.91:1, or of any ratio in a story.
pub(crate) fn image(fetched: &Fetched, any_ratio: bool) -> Result<(), GraphError> {
    match sniff(&fetched.head) {
        Some(Format::Jpeg) => {}
        Some(other) if !other.is_video() => return Err(GraphError::of(36001, Some(2_207_005))),
        _ => return Err(GraphError::of(9004, Some(2_207_052))),
    }
    if fetched.bytes > IMAGE_BYTES {
        return Err(GraphError::of(36000, Some(2_207_004)));
    }
    let Some((width, height)) = dimensions(&fetched.head) else {
        return Err(GraphError::of(36001, Some(2_207_005)));
    };
    if !any_ratio && (width * 5 < height * 4 || width * 100 > height * 191) {
        return Err(GraphError::of(36003, Some(2_207_009)));
    }
    Ok(())
}

/// Whether a video can be processed. The error is a subcode, which only the container shows.
pub(crate) fn video(fetched: &Fetched, story: bool) -> Result<(), i64> {
    let (most_bytes, longest, narrowest) = if story { (STORY_BYTES, 60_000, 0.1) } else { (REEL_BYTES, 900_000, 0.01) };
    let film = film::read(&fetched.head);
    let fits = film.milliseconds.is_none_or(|length| (3000..=longest).contains(&length));
    let ratio = film.pixels.map(|(width, height)| f64::from(width) / f64::from(height));
    let shows = ratio.is_none_or(|ratio| (narrowest..=10.0).contains(&ratio));
    match sniff(&fetched.head) {
        Some(Format::Mp4 | Format::QuickTime) if fetched.bytes <= most_bytes && fits && shows => Ok(()),
        _ => Err(UNSUPPORTED_VIDEO),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Fetched, REEL_BYTES, STORY_BYTES, video};

    #[test]
    fn videos_are_mp4_or_mov_of_at_most_300_mebibytes() {
        let of = |head: &'static [u8], bytes| Fetched {
            content_type: "video/mp4".to_owned(),
            bytes,
            head: Bytes::from_static(head),
        };
        let (mp4, mov, webm) = (b"\0\0\0\x20ftypisom", b"\0\0\0\x14ftypqt  ", b"\x1A\x45\xDF\xA3");
        assert!(video(&of(mp4, REEL_BYTES), false).is_ok() && video(&of(mov, 1), false).is_ok());
        assert!(video(&of(mp4, REEL_BYTES + 1), false).is_err() && video(&of(webm, 1), false).is_err());
        assert!(video(&of(mp4, STORY_BYTES), true).is_ok() && video(&of(mp4, STORY_BYTES + 1), true).is_err());
    }
}
