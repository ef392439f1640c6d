//! What is known about a media file without downloading all of it.

use serde::{Deserialize, Serialize};

use super::{
    format::{Format, Kind},
    orientation::is_turned,
};

/// What is known about a file. Unknown facts are `None` and left to the platform to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub format: Option<Format>,
    /// The file's length.
    pub bytes: Option<u64>,
    /// Width and height as shown, after any rotation by metadata.
    pub pixels: Option<(u32, u32)>,
    /// The duration of a video.
    pub milliseconds: Option<u64>,
}

impl Facts {
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.format.map(Format::kind)
    }

    /// Reads the format and the size of a picture from a file's first bytes. `bytes`: the length of the whole file.
    #[must_use]
    pub fn of_head(head: &[u8], bytes: Option<u64>) -> Self {
        let format = Format::sniff(head);
        let pixels = match format.map(Format::kind) {
            Some(Kind::Image) => imagesize::blob_size(head)
                .ok()
                .and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)))
                .map(|(width, height)| if is_turned(head) { (height, width) } else { (width, height) }),
            _ => None,
        };
        Self { format, bytes, pixels, milliseconds: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_picture_is_read_from_its_first_bytes() {
        let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x04\x38\0\0\x05\x46\x08\x02\0\0\0";
        let facts = Facts::of_head(png, Some(7));
        assert_eq!((facts.format, facts.bytes, facts.pixels), (Some(Format::Png), Some(7), Some((1080, 1350))));
        let turned = b"\xFF\xD8\xFF\xE1\0\x1EExif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\xFF\xC0\0\x11\x08\x07\x80\x04\x38\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        assert_eq!(Facts::of_head(turned, None).pixels, Some((1920, 1080)), "stored as 1080x1920, shown turned");
        assert_eq!(Facts::of_head(b"\xFF\xD8\xFF\xE0", None).pixels, None, "truncated before its size");
    }
}
