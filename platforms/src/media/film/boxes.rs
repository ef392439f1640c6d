//! The boxes of a film's file.

/// The start of a box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) name: [u8; 4],
    /// The length of this start: 8 or 16 bytes.
    pub(super) length: usize,
    /// The whole box; 0 if it extends to the end of the file.
    pub(super) size: u64,
}

pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let size = u64::from(u32_at(bytes, 0)?);
    let name = *bytes.get(4..)?.first_chunk()?;
    match size {
        // A 64-bit size follows.
        1 => u64_at(bytes, 8).filter(|size| *size >= 16).map(|size| Header { name, length: 16, size }),
        2..8 => None,
        _ => Some(Header { name, length: 8, size }),
    }
}

/// The units of a second, and the duration in them.
pub(super) fn movie_header(content: &[u8]) -> Option<(u64, Option<u64>)> {
    let at = 4 + if is_long(content)? { 16 } else { 8 };
    Some((u64::from(u32_at(content, at)?), units(content, at + 4)))
}

/// A duration, of 32 or 64 bits by the box's version. All ones: unknown.
pub(super) fn units(content: &[u8], at: usize) -> Option<u64> {
    match is_long(content)? {
        true => u64_at(content, at).filter(|units| *units != u64::MAX),
        false => u32_at(content, at).filter(|units| *units != u32::MAX).map(u64::from),
    }
}

/// The size of a track after its matrix was applied, if that turns by a quarter.
pub(super) fn shown_size(content: &[u8]) -> Option<(u32, u32)> {
    let matrix = if is_long(content)? { 52 } else { 40 };
    let one = |n: usize| u32_at(content, matrix + 4 * n);
    // 16.16 fixed point.
    let (width, height) = (one(9)? >> 16, one(10)? >> 16);
    // a b u, c d v, x y w.
    let turned = one(0)? == 0 && one(4)? == 0 && one(1)? != 0 && one(3)? != 0;
    (width > 0 && height > 0).then_some(if turned { (height, width) } else { (width, height) })
}

/// The segments that an index lists.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segments {
    pub(super) milliseconds: u64,
    /// From the end of the index to the end of the last segment.
    pub(super) bytes: u64,
}

pub(super) fn segments(content: &[u8]) -> Option<Segments> {
    let scale = u64::from(u32_at(content, 8)?);
    let (first, list) = match is_long(content)? {
        true => (u64_at(content, 20)?, 28),
        false => (u64::from(u32_at(content, 16)?), 20),
    };
    let count = u16::from_be_bytes(*content.get(list + 2..)?.first_chunk()?);
    let entries = content.get(list + 4..)?.get(..usize::from(count) * 12)?;
    let (mut bytes, mut units) = (first, 0u64);
    for entry in entries.chunks_exact(12) {
        // The highest bit tells an index from media.
        bytes = bytes.checked_add(u64::from(u32_at(entry, 0)? & 0x7fff_ffff))?;
        units += u64::from(u32_at(entry, 4)?);
    }
    Some(Segments { milliseconds: units.checked_mul(1000)?.checked_div(scale)?, bytes })
}

/// Whether the box has version 1, with times of 64 bits.
fn is_long(content: &[u8]) -> Option<bool> {
    content.first().map(|version| *version == 1)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}
