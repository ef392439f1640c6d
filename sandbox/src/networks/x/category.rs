//! What an upload is for, with the rules of each category.
//! <https://docs.x.com/x-api/media/quickstart/best-practices>

use serde::{Deserialize, Serialize};

use crate::media::format::Format;

const MB: u64 = 1024 * 1024;

/// The simulated categories; X has more, for messages, advertisements and subtitles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Category {
    #[serde(rename = "tweet_image")]
    Image,
    #[serde(rename = "tweet_gif")]
    Gif,
    #[serde(rename = "tweet_video")]
    Video,
}

impl Category {
    /// The category of a media type, if an upload names none.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        [Self::Image, Self::Gif, Self::Video].into_iter().find(|category| category.takes(media_type))
    }

    pub(crate) fn takes(self, media_type: &str) -> bool {
        self.formats().iter().any(|(known, _)| *known == media_type)
    }

    /// Whether a file that was announced as `media_type` has its format.
    pub(crate) fn matches(self, media_type: &str, format: Option<Format>) -> bool {
        self.formats().iter().any(|(known, own)| *known == media_type && Some(*own) == format)
    }

    fn formats(self) -> &'static [(&'static str, Format)] {
        match self {
            Self::Image => &[("image/jpeg", Format::Jpeg), ("image/png", Format::Png), ("image/webp", Format::Webp)],
            Self::Gif => &[("image/gif", Format::Gif)],
            Self::Video => &[("video/mp4", Format::Mp4), ("video/quicktime", Format::QuickTime)],
        }
    }

    pub(crate) fn most_bytes(self) -> u64 {
        match self {
            Self::Image => 5 * MB,
            Self::Gif => 15 * MB,
            Self::Video => 512 * MB,
        }
    }

    /// Images are ready at once.
    pub(crate) fn is_processed(self) -> bool {
        self != Self::Image
    }

    /// The number before the media id in a media key.
    pub(crate) fn key_prefix(self) -> u8 {
        match self {
            Self::Image => 3,
            Self::Video => 7,
            Self::Gif => 16,
        }
    }

    /// What the address of a medium in a post calls it.
    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Image | Self::Gif => "photo",
            Self::Video => "video",
        }
    }

    /// What the pages and the JSON feed call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Gif => "gif",
            Self::Video => "video",
        }
    }
}
