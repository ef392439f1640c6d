//! `POST /v2/post/publish/video/init/`: starts a post with a video. The app uploads it, or TikTok fetches it.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{
    answer, body,
    chunk_plan::ChunkPlan,
    publisher,
    publishing::{self, Content, PostInfo, Publishing, Upload},
    rate, source,
};
use crate::{answer::Answer, context::Context, media::format::Format, reply::Stop, secret, store::Write};

const LONGEST_TITLE: usize = 2200;

const PULLED: source::MediaRule = source::MediaRule {
    format: Format::is_video,
    most_bytes: 4 * 1024 * 1024 * 1024,
    too_large: "file_format_check_failed",
    unreachable: "video_pull_failed",
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VideoInit {
    post_info: VideoInfo,
    source_info: VideoSource,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "validated but not used: the sandbox has no duets and no covers")]
struct VideoInfo {
    #[serde(default)]
    title: String,
    #[serde(default)]
    privacy_level: String,
    disable_duet: Option<bool>,
    disable_comment: Option<bool>,
    disable_stitch: Option<bool>,
    video_cover_timestamp_ms: Option<u32>,
    brand_content_toggle: Option<bool>,
    brand_organic_toggle: Option<bool>,
    is_aigc: Option<bool>,
}

#[derive(Deserialize)]
#[serde(tag = "source", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum VideoSource {
    FileUpload { video_size: u64, chunk_size: u64, total_chunk_count: u64 },
    PullFromUrl { video_url: String },
}

pub(crate) async fn init(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = publisher::authenticate(context, request, &rate::VIDEO_INIT).await?;
    let VideoInit { post_info, source_info } = body::read(context, request)?;
    let VideoInfo { title, privacy_level, .. } = post_info;
    if title.encode_utf16().count() > LONGEST_TITLE {
        return answer::invalid(context, "The title is too long");
    }
    let post = PostInfo { title, description: String::new(), privacy_level };
    let start = |post, content| Publishing::new(context, caller.account, &caller.client_id, post, content);
    match source_info {
        VideoSource::FileUpload { video_size, chunk_size, total_chunk_count } => {
            let plan = match ChunkPlan::new(video_size, chunk_size, total_chunk_count) {
                Ok(plan) => plan,
                Err(message) => return answer::invalid(context, message),
            };
            publisher::check(context, &caller, &post).await?;
            let token = secret::token()?;
            let upload = Upload { token: secret::fingerprint(&token), plan };
            let publishing = start(post, Content::Upload(upload))?;
            let id = publishing.upload_id();
            context.store.commit(vec![Write::put(publishing::key(id), &publishing)?]).await?;
            let origin = &context.public_url;
            let upload_url = format!("{origin}/open-upload.tiktokapis.com/video/?upload_id={id}&upload_token={token}");
            let data = json!({ "publish_id": publishing.publish_id, "upload_url": upload_url });
            Ok(answer::ok(context, data)?.into())
        }
        VideoSource::PullFromUrl { video_url } => {
            source::check(context, &video_url)?;
            publisher::check(context, &caller, &post).await?;
            let (video, failure) = source::pull(context, video_url, &PULLED).await;
            source::publish(context, &caller, start(post, Content::Video(video))?, failure).await
        }
    }
}
