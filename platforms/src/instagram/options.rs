//! The options of a post, and which of them exclude each other.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>

use serde_json::Value;

use super::caption;
use crate::{
    BrokenRule, Content, FaultCode, Options,
    media::{Format, ImageRules, Kind, MediaRules, VideoRules},
    options::{Member, PlatformOption, Values},
};

/// Whether the post is a story: one file that is shown for a day, without a text.
pub(super) const STORY: &str = "story";
pub(super) const FIRST_COMMENT: &str = "firstComment";
/// What a story cannot have.
const NOT_OF_STORIES: [&str; 8] =
    ["coverUrl", "thumbOffset", "shareToFeed", "audioName", "collaborators", "userTags", "locationId", FIRST_COMMENT];

const USERNAME: Values = Values::Text { from: 1, to: 30 };
/// The place of a tag is counted from the upper left, as a part of width and height.
const TAG: Values = Values::Object {
    title: "InstagramUserTag",
    members: &[
        Member { name: "username", values: USERNAME },
        Member { name: "x", values: Values::Fraction },
        Member { name: "y", values: Values::Fraction },
    ],
};

pub(super) static OPTIONS: [PlatformOption; 10] = [
    optional(STORY, Values::Flag),
    optional("coverUrl", Values::Address),
    optional("thumbOffset", Values::Integer { from: 0, to: 900_000 }),
    optional("shareToFeed", Values::Flag),
    optional("audioName", Values::Text { from: 1, to: 200 }),
    optional("collaborators", Values::List { of: &USERNAME, from: 1, to: 3 }),
    optional("userTags", Values::List { of: &TAG, from: 1, to: 20 }),
    optional("locationId", Values::Text { from: 1, to: 32 }),
    optional("aiGenerated", Values::Flag),
    PlatformOption {
        name: FIRST_COMMENT,
        values: Values::Text { from: 1, to: 2200 },
        required: false,
        scopes: &["instagram_business_manage_comments"],
    },
];

const fn optional(name: &'static str, values: Values) -> PlatformOption {
    PlatformOption { name, values, required: false, scopes: &[] }
}

pub(super) static STORY_RULES: MediaRules = MediaRules {
    required: true,
    max_items: 1,
    max_videos: 1,
    mixed: false,
    image: ImageRules { formats: &[Format::Jpeg], max_bytes: 8 * 1024 * 1024, ratio: None },
    animation: None,
    video: VideoRules {
        formats: &[Format::Mp4, Format::QuickTime],
        max_bytes: 100 * 1024 * 1024,
        milliseconds: 3_000..=60_000,
        ratio: Some([(1, 10), (10, 1)]),
    },
};

pub(super) fn is_set(options: &Options, flag: &str) -> bool {
    options.get(flag).and_then(Value::as_bool).unwrap_or_default()
}

pub(super) fn first_comment(options: &Options) -> Option<&str> {
    options.get(FIRST_COMMENT).and_then(Value::as_str)
}

pub(super) fn check(content: &Content) -> Result<(), BrokenRule> {
    let Content { text, media, options, .. } = *content;
    let broken = |rule, message| Err(BrokenRule { rule, message });
    if is_set(options, STORY) {
        if !text.is_empty() {
            let message =
                "a story shows no text: leave the text empty, or give this account an override with an empty one";
            return broken(FaultCode::TextNotShown, message.into());
        }
        if let Some(name) = NOT_OF_STORIES.iter().find(|name| options.contains_key(**name)) {
            return broken(FaultCode::OptionConflict, format!("a story has no `{name}`"));
        }
        return Ok(());
    }
    caption::check(text)?;
    let offset = options.get("thumbOffset").and_then(Value::as_f64);
    if let ([only], Some(offset)) = (media, offset)
        && only.kind() == Some(Kind::Video)
        && only.milliseconds.is_some_and(|length| offset >= length as f64)
    {
        return broken(FaultCode::OptionConflict, "`thumbOffset` is beyond the video's end, in milliseconds".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
