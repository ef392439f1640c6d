//! `POST /v2/post/publish/content/init/`: publishes photos, which TikTok fetches. There is no other
//! way for photos, so this call itself publishes.

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use serde::Deserialize;

use super::{
    admission, answer, body,
    publishing::{Content, Post, Publishing},
    rate, source,
};
use crate::{Answer, Sandbox, media::kind::Kind, reply::Stop};

const LONGEST_TITLE: usize = 90;
const LONGEST_DESCRIPTION: usize = 4000;
const MOST_PHOTOS: usize = 35;

const PULLED: source::Rule = source::Rule {
    format: |kind| matches!(kind, Kind::Jpeg | Kind::Webp),
    most_bytes: 20 * 1024 * 1024,
    too_large: "picture_size_check_failed",
    unreachable: "photo_pull_failed",
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    media_type: String,
    post_mode: String,
    post_info: PostInfo,
    source_info: SourceInfo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read only to be checked: the sandbox shows no comments and plays no music")]
struct PostInfo {
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
struct SourceInfo {
    source: String,
    photo_cover_index: Option<usize>,
    photo_images: Vec<String>,
}

pub(crate) async fn init(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = admission::publisher(sandbox, request, &rate::CONTENT_INIT).await?;
    let body: Body = body::read(sandbox, request)?;
    if let Some(message) = wrong(&body) {
        return answer::invalid(sandbox, message);
    }
    let PostInfo { title, description, privacy_level, .. } = body.post_info;
    let post = Post { title, description, privacy_level };
    let urls = body.source_info.photo_images;
    for url in &urls {
        source::check(sandbox, url)?;
    }
    admission::check(sandbox, &caller, &post).await?;
    // Side by side: slow ones, one after another, would outlast the function.
    let pulled = join_all(urls.into_iter().map(|url| source::pull(sandbox, url, &PULLED))).await;
    let (photos, wrong): (Vec<_>, Vec<_>) = pulled.into_iter().unzip();
    let first_wrong = wrong.into_iter().flatten().next();
    let publishing = Publishing::new(sandbox, caller.account, &caller.client_id, post, Content::Photos(photos))?;
    source::publish(sandbox, &caller, publishing, first_wrong).await
}

/// TikTok's message, if a field is wrong.
fn wrong(body: &Body) -> Option<&'static str> {
    let source = &body.source_info;
    let longer = |text: &str, limit| text.encode_utf16().count() > limit;
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
    if longer(&body.post_info.title, LONGEST_TITLE) {
        return Some("The title is too long");
    }
    longer(&body.post_info.description, LONGEST_DESCRIPTION).then_some("The description is too long")
}
