//! The duration of a video, from the boxes of its file: ISO/IEC 14496-12, §4.2 (boxes) and §8.2.2 (`mvhd`).

/// What a part of a file reveals about the movie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movie {
    /// The duration in milliseconds.
    Plays(u64),
    /// The next box begins at this offset, beyond the end of the part: continue reading there.
    At(u64),
    /// The duration cannot be determined.
    Unknown,
}

/// Searches a part of a file for the movie header. The part must begin at a box.
#[must_use]
pub fn movie(piece: &[u8]) -> Movie {
    let mut at: u64 = 0;
    loop {
        let Some(rest) = usize::try_from(at).ok().and_then(|at| piece.get(at..)).filter(|rest| !rest.is_empty()) else {
            // An offset of 0 would make the caller read the same part again.
            return if at == 0 { Movie::Unknown } else { Movie::At(at) };
        };
        let Some((name, content, size)) = header(rest) else { return Movie::Unknown };
        if name == *b"moov" {
            return duration(content).map_or(Movie::Unknown, Movie::Plays);
        }
        // A size of 0: the box extends to the end of the file.
        if size == 0 {
            return Movie::Unknown;
        }
        let Some(next) = at.checked_add(size) else { return Movie::Unknown };
        at = next;
    }
}

/// A box's name, the available part of its content, and its whole size.
fn header(bytes: &[u8]) -> Option<([u8; 4], &[u8], u64)> {
    let size = u64::from(u32::from_be_bytes(*bytes.first_chunk()?));
    let name = *bytes.get(4..)?.first_chunk()?;
    match size {
        // A 64-bit size follows.
        1 => {
            let size = u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?);
            (size >= 16).then_some((name, bytes.get(16..)?, size))
        }
        0 => Some((name, bytes.get(8..)?, 0)),
        2..8 => None,
        _ => Some((name, bytes.get(8..)?, size)),
    }
}

/// The duration in milliseconds from the `mvhd` box, which may be any box of `moov`.
fn duration(mut moov: &[u8]) -> Option<u64> {
    loop {
        let (name, content, size) = header(moov)?;
        if name == *b"mvhd" {
            let long = *content.first()? == 1;
            let times = content.get(4 + if long { 16 } else { 8 }..)?;
            let scale = u64::from(u32::from_be_bytes(*times.first_chunk()?));
            let units = match long {
                true => u64::from_be_bytes(*times.get(4..)?.first_chunk()?),
                false => u64::from(u32::from_be_bytes(*times.get(4..)?.first_chunk()?)),
            };
            return units.checked_mul(1000)?.checked_div(scale);
        }
        moov = moov.get(usize::try_from(size).ok().filter(|size| *size > 0)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(8 + content.len()).unwrap();
        [&size.to_be_bytes(), name.as_slice(), content].concat()
    }

    fn mvhd(scale: u32, units: u32) -> Vec<u8> {
        boxed(b"mvhd", &[&[0; 12][..], &scale.to_be_bytes(), &units.to_be_bytes(), &[0; 80]].concat())
    }

    #[test]
    fn the_duration_is_found_wherever_the_header_is() {
        let ftyp = boxed(b"ftyp", b"isom\0\0\0\0");
        let moov = boxed(b"moov", &[boxed(b"free", b""), mvhd(600, 3000)].concat());
        assert_eq!(movie(&[ftyp.clone(), moov.clone()].concat()), Movie::Plays(5000));
        // The header follows the frames, beyond the first bytes.
        let mdat = [&1_000_000u32.to_be_bytes(), b"mdat".as_slice(), &[0; 64]].concat();
        assert_eq!(movie(&[ftyp.clone(), mdat].concat()), Movie::At(1_000_016));
        let mdat = [&1u32.to_be_bytes(), b"mdat".as_slice(), &9_000_000_000u64.to_be_bytes(), &[0; 64]].concat();
        assert_eq!(movie(&[ftyp, mdat].concat()), Movie::At(9_000_000_016));
        // The caller then reads from that offset.
        assert_eq!(movie(&moov), Movie::Plays(5000));
        let long = [&[1, 0, 0, 0], &[0; 16][..], &1000u32.to_be_bytes(), &90_000u64.to_be_bytes()].concat();
        assert_eq!(movie(&boxed(b"moov", &boxed(b"mvhd", &long))), Movie::Plays(90_000));
    }

    #[test]
    fn a_malformed_file_has_no_duration() {
        let malformed: [&[u8]; 8] = [
            b"",
            b"\0\0\0",
            b"\0\0\0\x04moov",
            b"\0\0\0\0mdat",
            b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x08",
            b"\0\0\0\x01mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\x09free\0",
            b"\0\0\0\x10moov\0\0\0\0mvhd",
            b"\0\0\0\x10moov\0\0\0\x08free",
        ];
        for file in malformed {
            assert!(!matches!(movie(file), Movie::Plays(_)), "{file:?}");
        }
        assert_eq!(movie(&boxed(b"moov", &mvhd(0, 5))), Movie::Unknown, "a time scale of 0");
    }
}
