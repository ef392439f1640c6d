//! What the first bytes of a file tell: its format, and the size of a picture.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Webp,
    Gif,
    Mp4,
    QuickTime,
    Webm,
}

impl Kind {
    pub(crate) fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::QuickTime | Self::Webm)
    }
}

/// The format, whatever the file is called.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => Some(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
        [b'G', b'I', b'F', b'8', ..] => Some(Kind::Gif),
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => Some(Kind::QuickTime),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Kind::Mp4),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Kind::Webm),
        _ => None,
    }
}

/// Width and height of a picture, in pixels.
pub(crate) fn dimensions(head: &[u8]) -> Option<(usize, usize)> {
    imagesize::blob_size(head).ok().map(|size| (size.width, size.height))
}
