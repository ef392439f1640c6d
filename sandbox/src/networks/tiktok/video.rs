//! `POST /v2/post/publish/video/init/`: starts a post with a video, or a draft of one. The app uploads it, or TikTok fetches
//! it.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{
    answer, body,
    chunk_plan::ChunkPlan,
    film, publisher,
    publishing::{self, Content, PostInfo, PostSettings, Publishing, Upload},
    rate, source,
};
use crate::{
    answer::Answer, context::Context, media::format::Format, oauth::bearer_token::Bearer, reply::Stop, secret,
    store::Write,
};

const LONGEST_TITLE: usize = 2200;

const PULLED: source::MediaRule = source::MediaRule {
    format: Format::is_video,
    most_bytes: 4 * 1024 * 1024 * 1024,
    too_large: "file_format_check_failed",
    unreachable: "video_pull_failed",
    picture: film::failure,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VideoInit {
    post_info: VideoInfo,
    source_info: VideoSource,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboxInit {
    source_info: VideoSource,
}

pub(crate) async fn init(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = publisher::authenticate(context, request, "video.publish", &rate::VIDEO_INIT).await?;
    let VideoInit { post_info: info, source_info } = body::read(context, request)?;
    if info.title.encode_utf16().count() > LONGEST_TITLE {
        return answer::invalid(context, "The title is too long");
    }
    let settings = PostSettings {
        disable_comment: info.disable_comment.unwrap_or_default(),
        disable_duet: info.disable_duet.unwrap_or_default(),
        disable_stitch: info.disable_stitch.unwrap_or_default(),
        brand_content: info.brand_content_toggle.unwrap_or_default(),
        brand_organic: info.brand_organic_toggle.unwrap_or_default(),
        ai_generated: info.is_aigc.unwrap_or_default(),
        add_music: false,
        cover: info.video_cover_timestamp_ms.unwrap_or_default().into(),
    };
    let post = PostInfo {
        title: info.title,
        description: String::new(),
        privacy_level: info.privacy_level,
        branded: settings.brand_content,
        draft: false,
        settings,
    };
    start(context, &caller, post, source_info).await
}

/// `POST /v2/post/publish/inbox/video/init/`: a video for the creator's inbox. Its text and settings are chosen there.
pub(crate) async fn inbox(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = publisher::authenticate(context, request, "video.upload", &rate::INBOX_INIT).await?;
    let InboxInit { source_info } = body::read(context, request)?;
    let post = PostInfo { draft: true, ..PostInfo::default() };
    start(context, &caller, post, source_info).await
}

async fn start(context: &Context, caller: &Bearer, post: PostInfo, source_info: VideoSource) -> Result<Answer, Stop> {
    let start = |post, content| Publishing::new(context, caller.account, &caller.client_id, post, content);
    match source_info {
        VideoSource::FileUpload { video_size, chunk_size, total_chunk_count } => {
            let plan = match ChunkPlan::new(video_size, chunk_size, total_chunk_count) {
                Ok(plan) => plan,
                Err(message) => return answer::invalid(context, message),
            };
            publisher::check(context, caller, &post).await?;
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
            publisher::check(context, caller, &post).await?;
            let (video, failure) = source::pull(context, video_url, &PULLED).await;
            source::publish(context, caller, start(post, Content::Video(video))?, failure).await
        }
    }
}
