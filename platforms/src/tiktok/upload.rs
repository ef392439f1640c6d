//! An upload in pieces. <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use std::ops::Range;

use bytes::Bytes;
use http::{Method, header};

use crate::{Call, Effect, Error, Upload};
use crate::{Response, media::Format};

/// The size of a piece, in bytes: within TikTok's 5 to 64 MB, and small enough that a slow server delivers one in time.
const PIECE: u64 = 10 * 1024 * 1024;
const MAX_PIECES: u64 = 1000;

/// How a file of `total` bytes is cut: the size of a piece. The last one takes what is over.
pub(super) const fn piece(total: u64) -> u64 {
    let least = total.div_ceil(MAX_PIECES);
    match (total < 2 * PIECE, least > PIECE) {
        (true, _) => total,
        (false, true) => least,
        (false, false) => PIECE,
    }
}

/// How many pieces those are.
pub(super) const fn pieces(total: u64) -> u64 {
    total / piece(total)
}

/// The piece that begins at `offset`.
fn range(offset: u64, total: u64) -> Range<u64> {
    let size = piece(total);
    let last = (pieces(total) - 1) * size;
    if offset >= last { offset..total } else { offset..offset + size }
}

/// Sends the piece that begins at `offset` of the file. The last one publishes.
pub(super) fn send(upload_url: &str, offset: u64, total: u64, format: Option<Format>) -> Call {
    let range = range(offset, total);
    let effect = if range.end == total { Effect::Commit } else { Effect::Prepare };
    let content_type = format.unwrap_or(Format::Mp4).content_type();
    let request = http::Request::builder()
        .method(Method::PUT)
        .uri(upload_url)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::CONTENT_RANGE, format!("bytes {}-{}/{total}", range.start, range.end - 1))
        .body(Bytes::new())
        .expect("an upload URL was parsed before it was kept");
    Call { request, effect, upload: Some(Upload { media: 0, range, total }) }
}

/// What an answer to a piece says.
pub(super) enum Taken {
    /// So many bytes of the file are there.
    Until(u64),
    /// All of it.
    Whole,
    /// This piece was not wanted: perhaps it was taken before and the answer lost.
    Unwanted,
    /// The upload has ended, an hour after it began.
    Gone,
}

pub(super) fn read(answer: &Response) -> Result<Taken, Error> {
    match answer.status().as_u16() {
        200 | 201 => Ok(Taken::Whole),
        206 => {
            let range = answer.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
            let until = range.and_then(|range| range.rsplit_once('/')?.0.rsplit_once('-')?.1.parse::<u64>().ok());
            // Without it the number is asked for.
            Ok(until.and_then(|last| last.checked_add(1)).map_or(Taken::Unwanted, Taken::Until))
        }
        416 => Ok(Taken::Unwanted),
        403 | 404 | 410 => Ok(Taken::Gone),
        _ => Err(super::refusal::classify(answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn pieces_are_of_the_sizes_that_tiktok_takes() {
        for total in [1, 5 * MB - 1, 5 * MB, 20 * MB - 1, 20 * MB, 25 * MB, 200_000_000, 4 * 1024 * MB, 60_000 * MB] {
            let (size, count) = (piece(total), pieces(total));
            assert!(size == total || (5 * MB..=64 * MB).contains(&size), "{total}: pieces of {size}");
            assert!((1..=1000).contains(&count), "{total}: {count} pieces");
            let mut offset = 0;
            for n in 1..=count {
                let piece = range(offset, total);
                assert_eq!(piece.start, offset);
                assert!(n == count || piece.end - piece.start == size);
                assert!(piece.end - piece.start <= 128 * MB);
                offset = piece.end;
            }
            assert_eq!(offset, total, "all of it, and no more");
        }
    }

    #[test]
    fn only_the_last_piece_is_a_commit() {
        let effect = |offset| send("https://upload.test/", offset, 25 * MB, None).effect;
        assert_eq!((effect(0), effect(10 * MB)), (Effect::Prepare, Effect::Commit));
        let last = send("https://upload.test/", 10 * MB, 25 * MB, Some(Format::QuickTime));
        assert_eq!(last.request.headers()["content-range"], "bytes 10485760-26214399/26214400");
        assert_eq!(last.request.headers()["content-type"], "video/quicktime");
        assert_eq!(last.upload, Some(Upload { media: 0, range: 10 * MB..25 * MB, total: 25 * MB }));
    }
}
