//! The picture of an MP4 or QuickTime film, as far as the bytes at hand tell it.
//!
//! Boxes and their fields: ISO/IEC 14496-12.

/// What a film's header says.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Film {
    pub(crate) milliseconds: Option<u64>,
    /// Width and height, before any rotation.
    pub(crate) pixels: Option<(u32, u32)>,
    pub(crate) frames_per_second: Option<f64>,
}

/// Reads the header, if it is within these first bytes of a file.
pub(crate) fn read(bytes: &[u8]) -> Film {
    let Some(moov) = find(bytes, b"moov") else { return Film::default() };
    let header = find(moov, b"mvhd").unwrap_or_default();
    let mut film = Film { milliseconds: milliseconds(header), ..Film::default() };
    for (_, track) in boxes(moov).filter(|(name, _)| *name == b"trak") {
        let media = find(track, b"mdia").unwrap_or_default();
        if find(media, b"hdlr").and_then(|handler| handler.get(8..12)) != Some(b"vide") {
            continue;
        }
        film.pixels = find(track, b"tkhd").and_then(pixels);
        film.frames_per_second = frames_per_second(media);
    }
    film
}

/// The boxes that are complete: name and content.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = usize::try_from(number(bytes, 0)?).ok()?;
        let name = bytes.get(4..8)?.try_into().ok()?;
        let content = bytes.get(8..size)?;
        bytes = bytes.get(size..)?;
        Some((name, content))
    })
}

fn find<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(own, _)| *own == name).map(|(_, content)| content)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The duration in a movie header. Version 1 has 64-bit times.
fn milliseconds(header: &[u8]) -> Option<u64> {
    let (scale, units) = match header.first()? {
        1 => (number(header, 20)?, (u64::from(number(header, 24)?) << 32) | u64::from(number(header, 28)?)),
        _ => (number(header, 12)?, u64::from(number(header, 16)?)),
    };
    units.checked_mul(1000)?.checked_div(u64::from(scale))
}

/// The last two numbers of a track header, in 16.16 fixed point.
fn pixels(header: &[u8]) -> Option<(u32, u32)> {
    let start = if *header.first()? == 1 { 88 } else { 76 };
    Some((number(header, start)? >> 16, number(header, start + 4)? >> 16))
}

/// The number of samples by their duration in the time scale of the media.
fn frames_per_second(media: &[u8]) -> Option<f64> {
    let header = find(media, b"mdhd")?;
    let scale = number(header, if *header.first()? == 1 { 20 } else { 12 })?;
    let times = find(find(find(media, b"minf")?, b"stbl")?, b"stts")?;
    let (mut frames, mut units) = (0.0, 0.0);
    for entry in 0..usize::try_from(number(times, 4)?).ok()?.min(10_000) {
        let count = f64::from(number(times, 8 + 8 * entry)?);
        frames += count;
        units += count * f64::from(number(times, 12 + 8 * entry)?);
    }
    (units > 0.0).then(|| frames * f64::from(scale) / units)
}

#[cfg(test)]
mod tests {
    use super::{Film, read};

    #[test]
    fn the_header_of_a_sample_is_read_where_it_is_whole() {
        let clip = include_bytes!("../../media/clip.mp4");
        let known = Film { milliseconds: Some(5000), pixels: Some((720, 1280)), frames_per_second: Some(24.0) };
        assert_eq!(read(clip), known);
        assert_eq!(read(&clip[..100]), Film::default(), "cut off");
        assert_eq!(read(b"\0\0\0\x18ftypisom"), Film::default());
    }
}
