//! Pictures and videos of a post: what an agency names, and what can be known of a file without having it whole.

mod mp4;
pub mod rules;

pub use mp4::{Movie, movie};
pub use rules::{ImageRules, MediaRules, VideoRules};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// The most media of one post.
pub const MAX_MEDIA: usize = 35;
/// The most characters of a media URL.
pub const MAX_URL: usize = 2048;
/// The most characters of a description, which is as many as Instagram takes.
pub const MAX_ALT_TEXT: usize = 1000;

/// What the web's addresses look like, as far as a pattern can say. See [`is_web_address`].
pub const WEB_ADDRESS: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\/?#\u0000-\u001f\u007f-\u009f][^\s\\\u0000-\u001f\u007f-\u009f]*$";

/// Whether it is an absolute http or https URL, as it stands: a parser repairs spaces and backslashes silently, and what is kept
/// would not be what is fetched.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let start = ["https://", "http://"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)));
    start && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') && Url::parse(text).is_ok()
}

/// One picture or video, as the agency named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "A picture or a video.")]
pub struct Media {
    /// Public, over https: it is asked for when the post is created, and fetched when it is published.
    #[schemars(length(max = MAX_URL), regex(pattern = WEB_ADDRESS))]
    pub url: String,
    /// What it shows, for whoever cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ALT_TEXT))]
    pub alt_text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    Video,
}

/// The forms of file that any platform takes.
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

    /// As people call it.
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

    /// The form that a `Content-Type` names, whatever its parameters and case.
    #[must_use]
    pub fn of_content_type(text: &str) -> Option<Self> {
        let essence = text.split(';').next()?.trim();
        Self::ALL.into_iter().find(|format| format.content_type().eq_ignore_ascii_case(essence))
    }

    /// The form that a file's first bytes show, whatever it is called.
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
            // AVIF and HEIC pictures are in the same container.
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
                let pictures: [&[u8]; 6] = [b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"];
                let is_picture = pictures.iter().any(|picture| brand.starts_with(picture));
                (!is_picture).then_some(Self::Mp4)
            }
            _ => None,
        }
    }
}

/// What is known of a file; what is not known is `None`, and judged by the platform itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub format: Option<Format>,
    /// Its length.
    pub bytes: Option<u64>,
    /// Width and height in pixels, as stored.
    pub pixels: Option<(u32, u32)>,
    /// How long it plays.
    pub milliseconds: Option<u64>,
}

impl Facts {
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.format.map(Format::kind)
    }

    /// What the first bytes of a file tell, the size of a picture among it.
    #[must_use]
    pub fn of_head(head: &[u8], bytes: Option<u64>) -> Self {
        let format = Format::sniff(head);
        let pixels = match format.map(Format::kind) {
            Some(Kind::Image) => imagesize::blob_size(head)
                .ok()
                .and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))),
            _ => None,
        };
        Self { format, bytes, pixels, milliseconds: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_show() {
        let cases: [(&[u8], Option<Format>); 14] = [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Format::Png)),
            (b"GIF89a", Some(Format::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"\0\0\0\x20ftypisom", Some(Format::Mp4)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", Some(Format::QuickTime)),
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
    fn a_web_address_is_absolute_and_needs_no_repair() {
        for good in ["https://a.example/b.jpg", "HTTP://127.0.0.1:9001/c", "https://b\u{fc}cher.example/\u{e9}?q#f"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "//a.example/",
            "ftp://a.example/",
            "https:a.example",
            "https:\\\\a.example",
            "https://",
            "https://[::1",
            " https://a.example/",
            "https://a.example/\n",
            "https://a.example/a b",
            "data:image/png;base64,",
        ] {
            assert!(!is_web_address(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        assert_eq!(Format::of_content_type("Image/JPEG; charset=binary"), Some(Format::Jpeg));
        assert_eq!(Format::of_content_type("application/octet-stream"), None);
        assert_eq!(Format::of_content_type(""), None);
    }

    #[test]
    fn a_picture_tells_its_size_in_its_first_bytes() {
        let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x04\x38\0\0\x05\x46\x08\x02\0\0\0";
        let facts = Facts::of_head(png, Some(7));
        assert_eq!((facts.format, facts.bytes, facts.pixels), (Some(Format::Png), Some(7), Some((1080, 1350))));
        assert_eq!(Facts::of_head(b"\xFF\xD8\xFF\xE0", None).pixels, None, "cut off before its size");
    }
}
