//! `POST /v2/post/publish/video/init/`: begins a post of a video, which the app then uploads or
//! TikTok fetches.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{
    admission, answer, body,
    plan::Plan,
    publishing::{self, Content, Post, Publishing, Upload},
    rate, source,
};
use crate::{Answer, Sandbox, media::kind::Kind, reply::Stop, secret, store::Write};

const LONGEST_TITLE: usize = 2200;

const PULLED: source::Rule = source::Rule {
    format: Kind::is_video,
    most_bytes: 4 * 1024 * 1024 * 1024,
    too_large: "file_format_check_failed",
    unreachable: "video_pull_failed",
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    post_info: PostInfo,
    source_info: SourceInfo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read only to be checked: the sandbox shows no duets and no covers")]
struct PostInfo {
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
enum SourceInfo {
    FileUpload { video_size: u64, chunk_size: u64, total_chunk_count: u64 },
    PullFromUrl { video_url: String },
}

pub(crate) async fn init(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = admission::publisher(sandbox, request, &rate::VIDEO_INIT).await?;
    let Body { post_info, source_info } = body::read(sandbox, request)?;
    let PostInfo { title, privacy_level, .. } = post_info;
    if title.encode_utf16().count() > LONGEST_TITLE {
        return answer::invalid(sandbox, "The title is too long");
    }
    let post = Post { title, description: String::new(), privacy_level };
    let begun = |post, content| Publishing::new(sandbox, caller.account, &caller.client_id, post, content);
    match source_info {
        SourceInfo::FileUpload { video_size, chunk_size, total_chunk_count } => {
            let plan = match Plan::new(video_size, chunk_size, total_chunk_count) {
                Ok(plan) => plan,
                Err(message) => return answer::invalid(sandbox, message),
            };
            admission::check(sandbox, &caller, &post).await?;
            let token = secret::token()?;
            let upload = Upload { token: secret::fingerprint(&token), plan };
            let publishing = begun(post, Content::Upload(upload))?;
            let id = publishing.upload_id();
            sandbox.store.commit(vec![Write::put(publishing::key(id), &publishing)?]).await?;
            let origin = &sandbox.config.public_url;
            let upload_url = format!("{origin}/open-upload.tiktokapis.com/video/?upload_id={id}&upload_token={token}");
            let data = json!({ "publish_id": publishing.publish_id, "upload_url": upload_url });
            Ok(answer::ok(sandbox, data)?.into())
        }
        SourceInfo::PullFromUrl { video_url } => {
            source::check(sandbox, &video_url)?;
            admission::check(sandbox, &caller, &post).await?;
            let (video, wrong) = source::pull(sandbox, video_url, &PULLED).await;
            source::publish(sandbox, &caller, begun(post, Content::Video(video))?, wrong).await
        }
    }
}
