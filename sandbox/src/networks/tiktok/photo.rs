//! `POST /v2/post/publish/content/init/`: publishes photos, which TikTok fetches from their URLs.

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use serde::Deserialize;

use super::{
    answer, body, publisher,
    publishing::{Content, PostInfo, Publishing},
    rate, source,
};
use crate::{answer::Answer, context::Context, media::format::Format, reply::Stop};

const LONGEST_TITLE: usize = 90;
const LONGEST_DESCRIPTION: usize = 4000;
const MOST_PHOTOS: usize = 35;

const PULLED: source::MediaRule = source::MediaRule {
    format: |format| matches!(format, Format::Jpeg | Format::Webp),
    most_bytes: 20 * 1024 * 1024,
    too_large: "picture_size_check_failed",
    unreachable: "photo_pull_failed",
};

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
#[expect(dead_code, reason = "validated but not used: the sandbox has no comments and no music")]
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
    let caller = publisher::authenticate(context, request, &rate::CONTENT_INIT).await?;
    let body: PhotoInit = body::read(context, request)?;
    if let Some(message) = invalid_field(&body) {
        return answer::invalid(context, message);
    }
    let PhotoInfo { title, description, privacy_level, .. } = body.post_info;
    let post = PostInfo { title, description, privacy_level };
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

/// TikTok's message for the first invalid field.
fn invalid_field(body: &PhotoInit) -> Option<&'static str> {
    let source = &body.source_info;
    let is_longer = |text: &str, limit| text.encode_utf16().count() > limit;
    if body.media_type != "PHOTO" {
        return Some("The media type must be PHOTO");
    }
    if body.post_mode != "DIRECT_POST" {
        return Some("The post mode is invalid: only DIRECT_POST is simulated");
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
