//! An upload in chunks. <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use std::ops::Range;

use bytes::Bytes;
use http::{Method, header};

use super::refusal;
use crate::{Call, Credential, Effect, Error, Frame, Response, Source, Upload, media::Format};

/// The smallest chunk in bytes. The last chunk publishes, and the smaller it is, the shorter its outcome is unknown.
const MIN_CHUNK: u64 = 5 * 1024 * 1024;
const MAX_CHUNKS: u64 = 1000;

/// The size of a chunk of a file of `total` bytes. The last chunk also contains the remainder, which is shorter than a
/// kilobyte.
pub(super) const fn chunk_size(total: u64) -> u64 {
    let count = total / MIN_CHUNK;
    match count {
        0 | 1 if total == 0 => 1,
        0 | 1 => total,
        2..=MAX_CHUNKS => total / count,
        _ => total / MAX_CHUNKS,
    }
}

/// The number of chunks of a file of `total` bytes.
pub(super) const fn chunk_count(total: u64) -> u64 {
    total / chunk_size(total)
}

/// The bytes of the chunk that begins at `offset`.
fn range(offset: u64, total: u64) -> Range<u64> {
    let size = chunk_size(total);
    let last = chunk_count(total).saturating_sub(1) * size;
    if offset >= last { offset..total } else { offset..offset + size }
}

/// Sends the chunk that begins at `offset`. The last chunk publishes.
///
/// # Errors
/// The upload URL is no URI.
pub(super) fn send(upload_url: &str, offset: u64, total: u64, format: Option<Format>) -> http::Result<Call> {
    let range = range(offset, total);
    let effect = if range.end == total { Effect::Commit } else { Effect::Prepare };
    let content_type = format.unwrap_or(Format::Mp4).content_type();
    let request = http::Request::builder()
        .method(Method::PUT)
        .uri(upload_url)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::CONTENT_RANGE, format!("bytes {}-{}/{total}", range.start, range.end - 1))
        .body(Bytes::new())?;
    let upload = Upload { source: Source::Media(0), range, total, frame: Frame::default() };
    Ok(Call { request, effect, credential: Credential::None, upload: Some(upload) })
}

/// TikTok's response to a chunk.
pub(super) enum Received {
    /// The file's first bytes, up to this offset.
    Until(u64),
    /// The whole file.
    All,
    /// The chunk was refused. It may have been received before, with its answer lost.
    Refused,
    /// The upload has expired, an hour after its start.
    Expired,
}

/// Reads the answer to the chunk at `offset`. The documents give two forms of the header with the received range, so it is
/// not read: a chunk is received as a whole. Only a success says anything about the last chunk, since it may have arrived
/// before it was refused.
pub(super) fn read(answer: &Response, offset: u64, total: u64) -> Result<Received, Error> {
    let end = range(offset, total).end;
    match answer.status().as_u16() {
        200 | 201 => Ok(Received::All),
        status if end == total => Err(Error::OutcomeUnknown(format!("TikTok answered {status} to the last chunk"))),
        206 => Ok(Received::Until(end)),
        416 => Ok(Received::Refused),
        403 | 404 | 410 => Ok(Received::Expired),
        _ => Err(refusal::classify(answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn chunks_have_sizes_that_tiktok_accepts() {
        for total in [1, 5 * MB - 1, 5 * MB, 10 * MB - 1, 10 * MB, 14 * MB + 1, 200_000_000, 4 * 1024 * MB, 60_000 * MB]
        {
            let (size, count) = (chunk_size(total), chunk_count(total));
            assert!(size == total || (5 * MB..=64 * MB).contains(&size), "{total}: chunks of {size}");
            assert!((1..=1000).contains(&count), "{total}: {count} chunks");
            let mut offset = 0;
            for n in 1..=count {
                let chunk = range(offset, total);
                assert_eq!(chunk.start, offset);
                assert!(n == count || chunk.end - chunk.start == size);
                assert!(
                    n < count || count == 1 || chunk.end - chunk.start - size < 1000,
                    "{total}: {chunk:?} is the last"
                );
                offset = chunk.end;
            }
            assert_eq!(offset, total, "the whole file and no more");
        }
    }

    #[test]
    fn only_the_last_chunk_is_a_commit() {
        let effect = |offset| send("https://upload.test/", offset, 25 * MB, None).unwrap().effect;
        assert_eq!((effect(0), effect(15 * MB), effect(20 * MB)), (Effect::Prepare, Effect::Prepare, Effect::Commit));
        let last = send("https://upload.test/", 20 * MB, 25 * MB, Some(Format::QuickTime)).unwrap();
        assert_eq!(last.request.headers()["content-range"], "bytes 20971520-26214399/26214400");
        assert_eq!(last.request.headers()["content-type"], "video/quicktime");
        let upload = last.upload.unwrap();
        assert_eq!((upload.source, upload.range, upload.total), (Source::Media(0), 20 * MB..25 * MB, 25 * MB));
        assert_eq!(last.credential, Credential::None, "the address is a credential itself");
    }
}
