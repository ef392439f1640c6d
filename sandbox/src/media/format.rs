//! The format of a file and the size of an image, read from the first bytes.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Mp4,
    QuickTime,
    Webm,
}

impl Format {
    pub(crate) fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::QuickTime | Self::Webm)
    }
}

/// The format by its magic bytes.
pub(crate) fn sniff(head: &[u8]) -> Option<Format> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'G', b'I', b'F', b'8', ..] => Some(Format::Gif),
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => Some(Format::QuickTime),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Format::Mp4),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Format::Webm),
        _ => None,
    }
}

/// Width and height of an image, in pixels.
pub(crate) fn dimensions(head: &[u8]) -> Option<(usize, usize)> {
    imagesize::blob_size(head).ok().map(|size| (size.width, size.height))
}
