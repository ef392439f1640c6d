//! The options of a post, and which of them exclude each other.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>

use serde_json::Value;

use crate::{
    BrokenRule, Content, FaultCode, Options,
    media::Kind,
    options::{PlatformOption, Values, integer},
};

pub(super) const PRIVACY_LEVELS: [&str; 4] =
    ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"];
pub(super) const PUBLIC: &str = PRIVACY_LEVELS[0];
const PRIVATE: &str = PRIVACY_LEVELS[3];

/// Whether the post goes to the creator's inbox, to be finished there.
pub(super) const DRAFT: &str = "draft";
/// What the creator says of a draft in the app, so that it would be lost here.
const DISCLOSURES: [&str; 3] = ["brandContent", "brandOrganic", "aiGenerated"];

const MAX_PHOTO_TITLE: usize = 90;
/// The longest video of a draft, in milliseconds. That of a post depends on the account.
const MAX_DRAFT: u64 = 600_000;
/// The pixels of each side of a video.
const SIDES: std::ops::RangeInclusive<u32> = 360..=4096;

pub(super) static OPTIONS: [PlatformOption; 12] = [
    PlatformOption { name: "privacyLevel", values: Values::OneOf(&PRIVACY_LEVELS), required: true, scopes: &[] },
    PlatformOption { name: DRAFT, values: Values::Flag, required: false, scopes: &["video.upload"] },
    flag("allowComment"),
    flag("allowDuet"),
    flag("allowStitch"),
    flag("brandContent"),
    flag("brandOrganic"),
    flag("aiGenerated"),
    optional("coverTimestamp", Values::Integer { from: 0, to: 3_600_000 }),
    optional("title", Values::Text { from: 1, to: MAX_PHOTO_TITLE }),
    flag("autoAddMusic"),
    optional("photoCover", Values::Integer { from: 0, to: 34 }),
];

const fn optional(name: &'static str, values: Values) -> PlatformOption {
    PlatformOption { name, values, required: false, scopes: &[] }
}

const fn flag(name: &'static str) -> PlatformOption {
    optional(name, Values::Flag)
}

pub(super) fn is_set(options: &Options, flag: &str) -> bool {
    options.get(flag).and_then(Value::as_bool).unwrap_or_default()
}

pub(super) fn number(options: &Options, name: &str) -> Option<u64> {
    options.get(name).and_then(integer)
}

pub(super) fn privacy(options: &Options) -> &str {
    options.get("privacyLevel").and_then(Value::as_str).unwrap_or(PUBLIC)
}

pub(super) fn check(content: &Content) -> Result<(), BrokenRule> {
    let Content { text, media, options, .. } = *content;
    let broken = |rule, message: String| Err(BrokenRule { rule, message });
    let video = media.iter().find(|facts| facts.kind() == Some(Kind::Video));
    if is_set(options, DRAFT) {
        if video.is_some() && !text.is_empty() {
            let message = "TikTok takes no text with a draft of a video, the creator writes it: leave the text empty, or give this account an override with an empty one";
            return broken(FaultCode::TextNotShown, message.into());
        }
        if let Some(name) = DISCLOSURES.iter().find(|name| is_set(options, name)) {
            let message = format!("a draft has no `{name}`: the creator says so in TikTok's app");
            return broken(FaultCode::OptionConflict, message);
        }
        if video.and_then(|facts| facts.milliseconds).is_some_and(|length| length > MAX_DRAFT) {
            return broken(FaultCode::MediaLength, "TikTok takes drafts of videos of at most 600 seconds".into());
        }
    }
    if is_set(options, "brandContent") && privacy(options) == PRIVATE {
        let message = format!("branded content is never private: `brandContent` excludes the privacyLevel {PRIVATE}");
        return broken(FaultCode::OptionConflict, message);
    }
    if let Some(title) = options.get("title").and_then(Value::as_str)
        && title.encode_utf16().count() > MAX_PHOTO_TITLE
    {
        let message = format!("TikTok allows {MAX_PHOTO_TITLE} characters for a `title` (an emoji counts 2)");
        return broken(FaultCode::TextTooLong, message);
    }
    match video {
        Some(facts) => {
            let (cover, length) = (number(options, "coverTimestamp"), facts.milliseconds);
            if cover.zip(length).is_some_and(|(cover, length)| cover >= length) {
                let message = "`coverTimestamp` is beyond the video's end, in milliseconds";
                return broken(FaultCode::OptionConflict, message.into());
            }
            if let Some((width, height)) = facts.pixels
                && !(SIDES.contains(&width) && SIDES.contains(&height))
            {
                let message = format!("TikTok takes videos of 360 to 4096 pixels a side; this has {width}x{height}");
                return broken(FaultCode::MediaDimensions, message);
            }
        }
        // While a format is unknown, it may be a video.
        None if media.iter().all(|facts| facts.kind() == Some(Kind::Image)) => {
            let photos = u64::try_from(media.len()).unwrap_or(u64::MAX);
            if number(options, "photoCover").is_some_and(|cover| cover >= photos) {
                let message = format!("`photoCover` counts from 0, and there are {photos} photos");
                return broken(FaultCode::OptionConflict, message);
            }
        }
        None => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
