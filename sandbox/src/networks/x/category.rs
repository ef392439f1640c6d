//! What an upload is for, with the rules of each category.
//! <https://docs.x.com/x-api/media/quickstart/best-practices>

use serde::{Deserialize, Serialize};

use crate::media::format::Format;

const MB: u64 = 1024 * 1024;

/// The simulated categories; X has more, for messages, advertisements and subtitles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Category {
    TweetImage,
    TweetGif,
    TweetVideo,
}

impl Category {
    /// The category of a media type, if an upload names none.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        [Self::TweetImage, Self::TweetGif, Self::TweetVideo].into_iter().find(|category| category.takes(media_type))
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
            Self::TweetImage => {
                &[("image/jpeg", Format::Jpeg), ("image/png", Format::Png), ("image/webp", Format::Webp)]
            }
            Self::TweetGif => &[("image/gif", Format::Gif)],
            Self::TweetVideo => &[("video/mp4", Format::Mp4), ("video/quicktime", Format::QuickTime)],
        }
    }

    pub(crate) fn most_bytes(self) -> u64 {
        match self {
            Self::TweetImage => 5 * MB,
            Self::TweetGif => 15 * MB,
            Self::TweetVideo => 512 * MB,
        }
    }

    /// Images are ready at once.
    pub(crate) fn is_processed(self) -> bool {
        self != Self::TweetImage
    }

    /// The number before the media id in a media key.
    pub(crate) fn key_prefix(self) -> u8 {
        match self {
            Self::TweetImage => 3,
            Self::TweetVideo => 7,
            Self::TweetGif => 16,
        }
    }

    /// What the address of a medium in a post calls it.
    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::TweetImage | Self::TweetGif => "photo",
            Self::TweetVideo => "video",
        }
    }

    /// What the pages and the JSON feed call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::TweetImage => "image",
            Self::TweetGif => "gif",
            Self::TweetVideo => "video",
        }
    }
}
