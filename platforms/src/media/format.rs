//! File formats of pictures and videos.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    Video,
}

/// The file formats that at least one platform accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Mp4,
    QuickTime,
    WebM,
}

impl Format {
    const ALL: [Self; 7] = [Self::Jpeg, Self::Png, Self::Webp, Self::Gif, Self::Mp4, Self::QuickTime, Self::WebM];

    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Jpeg | Self::Png | Self::Webp | Self::Gif => Kind::Image,
            Self::Mp4 | Self::QuickTime | Self::WebM => Kind::Video,
        }
    }

    /// The common name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Mp4 => "MP4",
            Self::QuickTime => "MOV",
            Self::WebM => "WebM",
        }
    }

    /// <https://www.iana.org/assignments/media-types>
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }

    /// The format of a `Content-Type`, without regard to its parameters and case.
    #[must_use]
    pub fn of_content_type(text: &str) -> Option<Self> {
        let essence = text.split(';').next()?.trim();
        Self::ALL.into_iter().find(|format| format.content_type().eq_ignore_ascii_case(essence))
    }

    /// The format of a file by its first bytes.
    /// <https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern>
    #[must_use]
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Self::WebM),
            [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => Some(Self::QuickTime),
            // AVIF and HEIC pictures use the same container format.
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
                let pictures: [&[u8]; 6] = [b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"];
                let is_picture = pictures.iter().any(|picture| brand.starts_with(picture));
                (!is_picture).then_some(Self::Mp4)
            }
            // QuickTime films did not always have `ftyp`. The size of a box is 0, 1 or at least 8.
            [0, 0, 0, 2..8, ..] => None,
            [_, _, _, _, b'w', b'i', b'd', b'e', ..]
            | [_, _, _, _, b'm', b'd', b'a', b't', ..]
            | [_, _, _, _, b'm', b'o', b'o', b'v', ..]
            | [_, _, _, _, b'f', b'r', b'e', b'e', ..]
            | [_, _, _, _, b's', b'k', b'i', b'p', ..]
            | [_, _, _, _, b'p', b'n', b'o', b't', ..] => Some(Self::QuickTime),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_of_a_file_decide_its_format() {
        let cases: [(&[u8], Option<Format>); 22] = [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Format::Png)),
            (b"GIF89a", Some(Format::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"\0\0\0\x20ftypisom", Some(Format::Mp4)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", Some(Format::QuickTime)),
            (b"\0\0\0\x08wide\0\0\0\0", Some(Format::QuickTime)),
            (b"\0\0\0\0mdat", Some(Format::QuickTime)),
            (b"\0\0\x10\0moov", Some(Format::QuickTime)),
            (b"\0\0\0\x01mdat\0\0\0\x01\0\0\0\0", Some(Format::QuickTime)),
            (b"\0\0\0\x08free", Some(Format::QuickTime)),
            (b"\0\0\0\x08skip", Some(Format::QuickTime)),
            (b"\0\0\0\x14pnot", Some(Format::QuickTime)),
            (b"\0\0\0\x07moov", None),
            (b"\0\0\0\x20ftypavif", None),
            (b"\0\0\0\x20ftypheic", None),
            (b"\x1A\x45\xDF\xA3", Some(Format::WebM)),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", None),
            (b"<!doctype html>", None),
            (b"\xFF\xD8", None),
            (b"", None),
        ];
        for (head, format) in cases {
            assert_eq!(Format::sniff(head), format, "{head:?}");
        }
    }

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        assert_eq!(Format::of_content_type("Image/JPEG; charset=binary"), Some(Format::Jpeg));
        assert_eq!(Format::of_content_type("application/octet-stream"), None);
        assert_eq!(Format::of_content_type(""), None);
    }
}
