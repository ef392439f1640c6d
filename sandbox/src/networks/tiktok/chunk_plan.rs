//! The division of a file into chunks, by the rules of the media transfer guide.

use serde::{Deserialize, Serialize};

const MB: u64 = 1024 * 1024;
/// The smallest chunk, except for a file in one chunk.
const SMALLEST: u64 = 5 * MB;
/// The largest chunk, except for the last one, which includes the remainder.
const LARGEST: u64 = 64 * MB;
/// The largest video. With chunks of 5 MB it has fewer than the allowed 1,000 chunks.
const LARGEST_VIDEO: u64 = 4 * 1024 * MB;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ChunkPlan {
    /// The size of the file, in bytes.
    pub(crate) size: u64,
    /// The size of every chunk but the last, in bytes.
    chunk: u64,
    pub(crate) count: u64,
}

impl ChunkPlan {
    /// # Errors
    /// TikTok's message, if the numbers break a rule.
    pub(crate) fn new(size: u64, chunk: u64, count: u64) -> Result<Self, &'static str> {
        if size == 0 || size > LARGEST_VIDEO {
            return Err("The video size is invalid");
        }
        let whole = chunk == size && size <= LARGEST;
        let in_chunks = (SMALLEST..=LARGEST).contains(&chunk) && chunk < size;
        if !whole && !in_chunks {
            return Err("The chunk size is invalid");
        }
        if count != size / chunk {
            return Err("The total chunk count is invalid");
        }
        if count == 1 && size > LARGEST {
            return Err("The chunk size is invalid: a video over 64 MB is uploaded in multiple chunks");
        }
        Ok(Self { size, chunk, count })
    }

    /// The offsets of the first and the last byte of a chunk; `None` after the last chunk.
    pub(crate) fn range(&self, index: u64) -> Option<(u64, u64)> {
        let first = index.checked_mul(self.chunk)?;
        match index + 1 {
            next if next < self.count => Some((first, first + self.chunk - 1)),
            next if next == self.count => Some((first, self.size - 1)),
            _ => None,
        }
    }

    /// The total size of the first `chunks` chunks.
    pub(crate) fn received(&self, chunks: u64) -> u64 {
        chunks.checked_sub(1).and_then(|last| self.range(last)).map_or(0, |(_, last)| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChunkPlan, MB};

    #[test]
    fn the_example_of_the_guide_is_divided_as_there() {
        let plan = ChunkPlan::new(50_000_123, 10_000_000, 5).unwrap();
        assert_eq!(plan.range(0), Some((0, 9_999_999)));
        assert_eq!(plan.range(4), Some((40_000_000, 50_000_122)));
        assert_eq!(plan.range(5), None);
        assert_eq!((plan.received(0), plan.received(1), plan.received(5)), (0, 10_000_000, 50_000_123));
    }

    #[test]
    fn sizes_and_counts_follow_the_guide() {
        let good = [
            (1, 1, 1),
            (4_194_304, 4_194_304, 1),
            (5 * MB, 5 * MB, 1),
            (64 * MB, 64 * MB, 1),
            // The last chunk includes the remainder.
            (15 * MB, 10 * MB, 1),
            (10 * MB, 5 * MB, 2),
            (192 * MB - 1, 64 * MB, 2),
            (4096 * MB, 64 * MB, 64),
        ];
        for (size, chunk, count) in good {
            assert!(ChunkPlan::new(size, chunk, count).is_ok(), "{size} {chunk} {count}");
        }
        let wrong = [
            (0, 0, 1, "The video size is invalid"),
            (4096 * MB + 1, 64 * MB, 64, "The video size is invalid"),
            (4 * MB, 2 * MB, 2, "The chunk size is invalid"),
            (4 * MB, 5 * MB, 1, "The chunk size is invalid"),
            (20 * MB, 5 * MB - 1, 4, "The chunk size is invalid"),
            (200 * MB, 65 * MB, 3, "The chunk size is invalid"),
            (65 * MB, 65 * MB, 1, "The chunk size is invalid"),
            (20 * MB, 0, 1, "The chunk size is invalid"),
            // Rounded up instead of down.
            (50_000_123, 10_000_000, 6, "The total chunk count is invalid"),
            (4 * MB, 4 * MB, 0, "The total chunk count is invalid"),
            (100 * MB, 64 * MB, 1, "The chunk size is invalid: a video over 64 MB is uploaded in multiple chunks"),
        ];
        for (size, chunk, count, message) in wrong {
            assert_eq!(ChunkPlan::new(size, chunk, count).err(), Some(message), "{size} {chunk} {count}");
        }
    }
}
