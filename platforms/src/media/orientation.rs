//! The orientation of a JPEG picture, from its Exif segment: CIPA DC-008 §4.5.4 and §4.6.5 (tag 274), TIFF 6.0 §2.

/// Whether the picture is shown turned by a quarter: orientations 5 to 8.
pub(super) fn is_turned(jpeg: &[u8]) -> bool {
    exif(jpeg).and_then(orientation).is_some_and(|orientation| matches!(orientation, 5..=8))
}

/// The TIFF file within the first Exif segment. It comes before the picture.
fn exif(jpeg: &[u8]) -> Option<&[u8]> {
    let mut rest = jpeg.strip_prefix(b"\xFF\xD8")?;
    loop {
        let [0xFF, marker, segment @ ..] = rest else { return None };
        // Markers may be filled up.
        if *marker == 0xFF {
            rest = rest.get(1..)?;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*segment.first_chunk()?));
        match marker {
            0xE1 if segment.get(2..)?.starts_with(b"Exif\0\0") => {
                return segment.get(8..length.min(segment.len()));
            }
            // The frame, or the picture itself.
            0xC0..=0xC3 | 0xDA | 0xD9 => return None,
            _ => rest = segment.get(length.max(2)..)?,
        }
    }
}

fn orientation(tiff: &[u8]) -> Option<u16> {
    let big = match tiff.get(..4)? {
        b"MM\0\x2A" => true,
        b"II\x2A\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let bytes = *tiff.get(4..)?.first_chunk()?;
    let directory = usize::try_from(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }).ok()?;
    let count = usize::from(short(directory)?);
    // Tag, type, count, and the value at the start of its four bytes.
    let entries = (0..count).map(|n| directory.checked_add(2 + 12 * n));
    let mut entries = entries.map_while(|at| Some((short(at?)?, at?)));
    let (_, at) = entries.find(|(tag, _)| *tag == 274)?;
    short(at.checked_add(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
        let segment = |(marker, content): &(u8, &[u8])| {
            [&[0xFF, *marker], &u16::try_from(2 + content.len()).unwrap().to_be_bytes()[..], content].concat()
        };
        [b"\xFF\xD8".to_vec(), segments.iter().flat_map(segment).collect()].concat()
    }

    #[test]
    fn orientations_5_to_8_turn_a_picture() {
        for (value, turned) in
            [(0, false), (1, false), (3, false), (4, false), (5, true), (6, true), (8, true), (9, false)]
        {
            let big = [&b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[value, 0, 0]].concat();
            let little = [
                &b"Exif\0\0II\x2A\0\x09\0\0\0?\x02\0\x0F\x01\x02\0\0\0\0\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0"[..],
                &[value, 0, 0, 0],
            ]
            .concat();
            for exif in [big, little] {
                assert_eq!(is_turned(&jpeg(&[(0xE0, b"JFIF\0"), (0xE1, &exif)])), turned, "{value}");
                assert_eq!(is_turned(&jpeg(&[(0xE1, b"http://ns.adobe.com/"), (0xE1, &exif)])), turned, "behind XMP");
                assert!(!is_turned(&jpeg(&[(0xC0, b""), (0xE1, &exif)])), "behind the frame");
            }
        }
    }

    #[test]
    fn a_malformed_file_is_not_turned() {
        let exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
        let file = jpeg(&[(0xE1, exif)]);
        assert!(is_turned(&file));
        for end in 0..file.len() - 2 {
            assert!(!is_turned(&file[..end]), "{end} bytes");
        }
        assert!(!is_turned(&jpeg(&[(0xE1, b"Exif\0\0MM\0\x2A\xFF\xFF\xFF\xFF\xFF\xFF")])));
        assert!(!is_turned(&jpeg(&[(0xE1, b"Exif\0\0MM\0\x2A\0\0\0\x08\xFF\xFF")])));
        assert!(!is_turned(b"\xFF\xD8\xFF\xE1\0\0\xFF\xE1\0\0"));
    }
}
