//! The parameters of a container beside its media and caption: which kind of post takes which, and their forms.

use serde::{Deserialize, Serialize};

use super::graph_error::GraphError;
use crate::fields::Fields;

pub(super) const PARAMETERS: [&str; 8] = [
    "cover_url",
    "thumb_offset",
    "share_to_feed",
    "collaborators",
    "user_tags",
    "location_id",
    "is_ai_generated",
    "audio_name",
];
const COLLABORATORS: usize = 3;
const TAGS: usize = 20;

/// What only the feed shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Settings {
    pub(crate) cover_url: Option<String>,
    pub(crate) thumb_offset: Option<u64>,
    pub(crate) share_to_feed: Option<bool>,
    pub(crate) collaborators: Vec<String>,
    pub(crate) user_tags: Vec<Tag>,
    pub(crate) location_id: Option<String>,
    pub(crate) is_ai_generated: bool,
    pub(crate) audio_name: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tag {
    username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<f64>,
}

/// What a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Image,
    Reel,
    Carousel,
    Story,
    ImageItem,
    VideoItem,
}

impl Use {
    const fn takes(self, parameter: &str) -> bool {
        match parameter.as_bytes() {
            b"cover_url" | b"thumb_offset" | b"share_to_feed" | b"audio_name" => matches!(self, Self::Reel),
            b"collaborators" | b"location_id" => matches!(self, Self::Image | Self::Reel | Self::Carousel),
            b"user_tags" => matches!(self, Self::Image | Self::Reel | Self::ImageItem | Self::VideoItem),
            b"is_ai_generated" => !matches!(self, Self::ImageItem | Self::VideoItem),
            _ => true,
        }
    }
}

impl Settings {
    pub(super) fn read(parameters: &Fields, used: Use) -> Result<Self, GraphError> {
        if let Some(name) = PARAMETERS.iter().find(|name| parameters.get(name).is_some() && !used.takes(name)) {
            return Err(invalid(&format!("(#100) Param {name} is not supported on this media type")));
        }
        let text = |name| parameters.get(name).map(str::to_owned);
        let settings = Self {
            cover_url: text("cover_url"),
            thumb_offset: parsed(parameters, "thumb_offset")?,
            share_to_feed: parsed(parameters, "share_to_feed")?,
            collaborators: json(parameters, "collaborators")?,
            user_tags: json(parameters, "user_tags")?,
            location_id: text("location_id"),
            is_ai_generated: parsed(parameters, "is_ai_generated")?.unwrap_or_default(),
            audio_name: text("audio_name"),
        };
        if settings.collaborators.len() > COLLABORATORS {
            return Err(invalid("(#100) Param collaborators must have at most 3 elements"));
        }
        if settings.location_id.as_ref().is_some_and(|id| id.parse::<u64>().is_err()) {
            return Err(invalid("(#100) Param location_id must be a valid Page with location data"));
        }
        check_tags(&settings.user_tags, matches!(used, Use::Image | Use::ImageItem))?;
        Ok(settings)
    }
}

/// Tags on an image have a position, and those on a video have none.
fn check_tags(tags: &[Tag], image: bool) -> Result<(), GraphError> {
    if tags.len() > TAGS {
        return Err(GraphError::of(100, Some(2_207_040)));
    }
    let within = |place: Option<f64>| place.is_some_and(|place| (0.0..=1.0).contains(&place));
    for tag in tags {
        if tag.username.is_empty() {
            return Err(invalid("(#100) Param user_tags: username is required"));
        }
        if image && !(within(tag.x) && within(tag.y)) {
            return Err(invalid("(#100) Param user_tags: x and y are required on images, from 0 to 1"));
        }
        if !image && (tag.x.is_some() || tag.y.is_some()) {
            return Err(invalid("(#100) Param user_tags: positions are not supported on videos"));
        }
    }
    Ok(())
}

fn parsed<T: std::str::FromStr>(parameters: &Fields, name: &str) -> Result<Option<T>, GraphError> {
    let parse = |text: &str| text.parse().map_err(|_| invalid(&format!("(#100) Param {name} is invalid")));
    parameters.get(name).map(parse).transpose()
}

fn json<T: serde::de::DeserializeOwned + Default>(parameters: &Fields, name: &str) -> Result<T, GraphError> {
    let Some(text) = parameters.get(name) else { return Ok(T::default()) };
    serde_json::from_str(text).map_err(|_| invalid(&format!("(#100) Param {name} must be an array")))
}

fn invalid(sentence: &str) -> GraphError {
    GraphError::of(100, None).with_message(sentence)
}
