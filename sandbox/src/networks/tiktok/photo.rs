//! `POST /v2/post/publish/content/init/`: publishes photos, which TikTok fetches from their URLs.

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use serde::Deserialize;

use super::{
    answer, body, publisher,
    publishing::{Content, PostInfo, PostSettings, Publishing},
    rate, source,
};
use crate::{
    answer::Answer,
    context::Context,
    media::format::{Format, dimensions},
    reply::Stop,
};

/// The mode of a post for the creator's inbox.
const DRAFT: &str = "MEDIA_UPLOAD";
const LONGEST_TITLE: usize = 90;
const LONGEST_DESCRIPTION: usize = 4000;
const MOST_PHOTOS: usize = 35;

const PULLED: source::MediaRule = source::MediaRule {
    format: |format| matches!(format, Format::Jpeg | Format::Webp),
    most_bytes: 20 * 1024 * 1024,
    too_large: "picture_size_check_failed",
    unreachable: "photo_pull_failed",
    picture: |head| dimensions(head).is_some_and(exceeds_1080p).then_some("picture_size_check_failed"),
};

/// The guide says "Maximum 1080p" and no more. This is 1080 by 1920 pixels, in either direction.
fn exceeds_1080p((width, height): (usize, usize)) -> bool {
    width.min(height) > 1080 || width.max(height) > 1920
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhotoInit {
    media_type: String,
    post_mode: String,
    post_info: PhotoInfo,
    source_info: PhotoSource,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhotoInfo {
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    privacy_level: String,
    disable_comment: Option<bool>,
    auto_add_music: Option<bool>,
    brand_content_toggle: Option<bool>,
    brand_organic_toggle: Option<bool>,
    is_aigc: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhotoSource {
    source: String,
    photo_cover_index: Option<usize>,
    photo_images: Vec<String>,
}

pub(crate) async fn init(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let scope = if is_draft(request.body()) { "video.upload" } else { "video.publish" };
    let caller = publisher::authenticate(context, request, scope, &rate::CONTENT_INIT).await?;
    let body: PhotoInit = body::read(context, request)?;
    if let Some(message) = invalid_field(&body) {
        return answer::invalid(context, message);
    }
    let info = body.post_info;
    let settings = PostSettings {
        disable_comment: info.disable_comment.unwrap_or_default(),
        brand_content: info.brand_content_toggle.unwrap_or_default(),
        brand_organic: info.brand_organic_toggle.unwrap_or_default(),
        ai_generated: info.is_aigc.unwrap_or_default(),
        add_music: info.auto_add_music.unwrap_or_default(),
        cover: u64::try_from(body.source_info.photo_cover_index.unwrap_or_default()).unwrap_or_default(),
        ..PostSettings::default()
    };
    let post = PostInfo {
        title: info.title,
        description: info.description,
        privacy_level: info.privacy_level,
        branded: settings.brand_content,
        draft: body.post_mode == DRAFT,
        settings,
    };
    let urls = body.source_info.photo_images;
    for url in &urls {
        source::check(context, url)?;
    }
    publisher::check(context, &caller, &post).await?;
    // Sequential fetches of slow files would exceed the time limit of the Lambda function.
    let pulled = join_all(urls.into_iter().map(|url| source::pull(context, url, &PULLED))).await;
    let (photos, failures): (Vec<_>, Vec<_>) = pulled.into_iter().unzip();
    let first_failure = failures.into_iter().flatten().next();
    let publishing = Publishing::new(context, caller.account, &caller.client_id, post, Content::Photos(photos))?;
    source::publish(context, &caller, publishing, first_failure).await
}

/// The mode decides on the scope, so it is read before the rest.
fn is_draft(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Mode {
        post_mode: String,
    }
    serde_json::from_slice::<Mode>(body).is_ok_and(|mode| mode.post_mode == DRAFT)
}

/// TikTok's message for the first invalid field.
fn invalid_field(body: &PhotoInit) -> Option<&'static str> {
    let source = &body.source_info;
    let is_longer = |text: &str, limit| text.encode_utf16().count() > limit;
    if body.media_type != "PHOTO" {
        return Some("The media type must be PHOTO");
    }
    if body.post_mode != "DIRECT_POST" && body.post_mode != DRAFT {
        return Some("The post mode is invalid");
    }
    if source.source != "PULL_FROM_URL" {
        return Some("The source must be PULL_FROM_URL");
    }
    if source.photo_images.is_empty() || source.photo_images.len() > MOST_PHOTOS {
        return Some("The number of photo images is invalid");
    }
    if source.photo_cover_index.unwrap_or_default() >= source.photo_images.len() {
        return Some("The photo cover index is invalid");
    }
    if is_longer(&body.post_info.title, LONGEST_TITLE) {
        return Some("The title is too long");
    }
    is_longer(&body.post_info.description, LONGEST_DESCRIPTION).then_some("The description is too long")
}
