//! The steps of a post: read the creator's settings, upload a video chunk by chunk or send the photos' addresses in one
//! call, and poll until TikTok has published the post. A draft ends in the creator's inbox, and its settings are chosen there.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    api::API,
    options::{DRAFT, PUBLIC, is_set, number, privacy},
    refusal,
    upload::{self, Received},
};
use crate::{
    Call, Draft, Effect, Error, FaultCode, Found, Options, Progress, Published, Request, Response, Task,
    UnreadableState,
    media::{Facts, Kind, Media},
    request,
    state::{restore, store},
};

/// The waits between two polls, in seconds. The last one repeats, for about a day in all: moderation takes a minute or
/// hours.
const POLL_WAITS: [u64; 9] = [5, 5, 10, 20, 30, 60, 120, 300, 900];
const MAX_POLLS: usize = 100;
/// How often an upload that expired or that TikTok could not process is started over.
const MAX_RESTARTS: u8 = 2;

/// The state between two steps.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// The facts of the video; `None`: the media are photos.
    video: Option<Facts>,
    restarts: u8,
    phase: Phase,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Phase {
    /// Read the creator's settings.
    Creator,
    /// Send the photos' addresses: this call publishes.
    Photos { creator: Creator },
    /// Start the upload of a video.
    Begin { creator: Creator },
    /// Send the chunk at `offset`. The upload address is a credential for this upload, valid for an hour.
    Upload { publish_id: String, upload_url: String, offset: u64 },
    /// Ask for the upload's offset, after a response was lost.
    Locate { publish_id: String, upload_url: String },
    /// The upload is complete: poll until it is public.
    Status { publish_id: String, polls: usize },
}

/// What the creator has disabled for all posts.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Creator {
    #[serde(default)]
    comment_disabled: bool,
    #[serde(default)]
    duet_disabled: bool,
    #[serde(default)]
    stitch_disabled: bool,
}

pub(super) fn plan(draft: &Draft) -> Value {
    let video = draft.content.media.first().filter(|facts| facts.kind() == Some(Kind::Video)).copied();
    store(State { video, restarts: 0, phase: first(draft.content.options, video) })
}

fn first(options: &Options, video: Option<Facts>) -> Phase {
    let creator = Creator::default();
    match video {
        _ if !is_set(options, DRAFT) => Phase::Creator,
        Some(_) => Phase::Begin { creator },
        None => Phase::Photos { creator },
    }
}

pub(super) fn step(task: &Task) -> Result<Call, UnreadableState> {
    let State { video, phase, .. } = restore::<State>(task.state)?;
    let (request, effect) = match phase {
        Phase::Creator => (post(task, "post/publish/creator_info/query/", &json!({})), Effect::Prepare),
        Phase::Photos { creator } => (post(task, "post/publish/content/init/", &photos(task, creator)), Effect::Commit),
        Phase::Begin { creator } => {
            let total = total(video);
            let source = json!({
                "source": "FILE_UPLOAD",
                "video_size": total,
                "chunk_size": upload::chunk_size(total),
                "total_chunk_count": upload::chunk_count(total),
            });
            let request = if is_set(task.options, DRAFT) {
                post(task, "post/publish/inbox/video/init/", &json!({ "source_info": source }))
            } else {
                let body = json!({ "post_info": info(task, creator, "title"), "source_info": source });
                post(task, "post/publish/video/init/", &body)
            };
            (request, Effect::Prepare)
        }
        Phase::Upload { upload_url, offset, .. } => {
            let facts = video.unwrap_or_default();
            return Ok(upload::send(&upload_url, offset, facts.bytes.unwrap_or_default(), facts.format)?);
        }
        Phase::Locate { publish_id, .. } => (status_of(task, &publish_id), Effect::Prepare),
        Phase::Status { publish_id, .. } => (status_of(task, &publish_id), Effect::Confirm),
    };
    Ok(Call::new(request?, effect))
}

/// TikTok's audit wants interactions off unless somebody turned them on.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
fn info(task: &Task, creator: Creator, text: &str) -> Value {
    let flag = |name: &str| is_set(task.options, name);
    let mut info = json!({
        text: task.content,
        "privacy_level": privacy(task.options),
        "disable_comment": creator.comment_disabled || !flag("allowComment"),
        "brand_content_toggle": flag("brandContent"),
        "brand_organic_toggle": flag("brandOrganic"),
        "is_aigc": flag("aiGenerated"),
    });
    if text == "title" {
        info["disable_duet"] = json!(creator.duet_disabled || !flag("allowDuet"));
        info["disable_stitch"] = json!(creator.stitch_disabled || !flag("allowStitch"));
        if let Some(at) = number(task.options, "coverTimestamp") {
            info["video_cover_timestamp_ms"] = json!(at);
        }
    } else {
        info["auto_add_music"] = json!(flag("autoAddMusic"));
    }
    info
}

#[expect(clippy::indexing_slicing, reason = "the values are objects, made here")]
fn photos(task: &Task, creator: Creator) -> Value {
    let draft = is_set(task.options, DRAFT);
    let mut info = if draft { json!({ "description": task.content }) } else { info(task, creator, "description") };
    if let Some(title) = task.options.get("title") {
        info["title"] = title.clone();
    }
    json!({
        "media_type": "PHOTO",
        "post_mode": if draft { "MEDIA_UPLOAD" } else { "DIRECT_POST" },
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": number(task.options, "photoCover").unwrap_or_default(),
            "photo_images": task.media.iter().map(Media::address).collect::<Vec<_>>(),
        },
    })
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let State { video, restarts, phase } = restore::<State>(task.state)?;
    let next = |phase| store(State { video, restarts, phase });
    match phase {
        Phase::Creator => {
            let creator = check_creator(task, video, answer)?;
            let phase = if video.is_some() { Phase::Begin { creator } } else { Phase::Photos { creator } };
            Ok(Progress::Proceed(next(phase)))
        }
        Phase::Photos { .. } => {
            #[derive(Deserialize)]
            struct Accepted {
                publish_id: String,
            }
            let Accepted { publish_id } = begun(task, answer)?;
            Ok(Progress::Taken { after: wait(0), state: next(Phase::Status { publish_id, polls: 1 }) })
        }
        Phase::Begin { .. } => {
            #[derive(Deserialize)]
            struct Begun {
                publish_id: String,
                upload_url: url::Url,
            }
            let Begun { publish_id, upload_url } = begun(task, answer)?;
            if upload_url.as_str().len() > request::MAX_ENDPOINT {
                return Err(Error::OutcomeUnknown("TikTok's upload URL is too long".into()));
            }
            Ok(Progress::Proceed(next(Phase::Upload { publish_id, upload_url: upload_url.into(), offset: 0 })))
        }
        Phase::Upload { publish_id, upload_url, offset } => match upload::read(answer, offset, total(video))? {
            Received::Until(offset) => Ok(Progress::Proceed(next(Phase::Upload { publish_id, upload_url, offset }))),
            Received::Refused => Ok(Progress::Proceed(next(Phase::Locate { publish_id, upload_url }))),
            Received::All => {
                Ok(Progress::Taken { after: wait(0), state: next(Phase::Status { publish_id, polls: 1 }) })
            }
            Received::Expired => restart(task, video, restarts),
        },
        Phase::Locate { publish_id, upload_url } => match refusal::data::<Status>(answer)? {
            status if status.lacks_bytes(video) && restarts < MAX_RESTARTS => {
                let phase = Phase::Upload { publish_id, upload_url, offset: status.uploaded_bytes };
                Ok(Progress::Proceed(store(State { video, restarts: restarts + 1, phase })))
            }
            status if status.lacks_bytes(video) => restart(task, video, restarts),
            _ => Ok(Progress::Taken { after: Duration::ZERO, state: next(Phase::Status { publish_id, polls: 0 }) }),
        },
        Phase::Status { publish_id, polls } => {
            let status: Status = refusal::data(answer)?;
            progress(task, video, restarts, &status, (publish_id, polls))
        }
    }
}

/// Reads the answer to the request that begins a post.
fn begun<T: DeserializeOwned>(task: &Task, answer: &Response) -> Result<T, Error> {
    if is_set(task.options, DRAFT) { refusal::data_of_draft(answer) } else { refusal::data(answer) }
}

/// An upload is read back by its id. With our scopes, there is no list of posts to read.
pub(super) fn read_back(task: &Task) -> Result<Option<Request>, UnreadableState> {
    Ok(match restore::<State>(task.state)?.phase {
        Phase::Upload { publish_id, .. } | Phase::Locate { publish_id, .. } | Phase::Status { publish_id, .. } => {
            Some(status_of(task, &publish_id)?)
        }
        Phase::Creator | Phase::Photos { .. } | Phase::Begin { .. } => None,
    })
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Found, Error> {
    let State { video, restarts, phase } = restore::<State>(task.state)?;
    let status: Status = refusal::data(answer)?;
    let (publish_id, polls) = match phase {
        // The last chunk has not arrived. While the upload address is valid, it still may.
        Phase::Upload { .. } | Phase::Locate { .. } if status.lacks_bytes(video) => {
            return Ok(Found::Missing { again: anew(task, video, restarts) });
        }
        Phase::Upload { publish_id, .. } | Phase::Locate { publish_id, .. } => (publish_id, 0),
        Phase::Status { publish_id, polls } => (publish_id, polls),
        Phase::Creator | Phase::Photos { .. } | Phase::Begin { .. } => {
            return Ok(Found::Missing { again: task.state.clone() });
        }
    };
    Ok(match progress(task, video, restarts, &status, (publish_id, polls))? {
        Progress::Proceed(again) => Found::Absent { again },
        known => Found::Known(known),
    })
}

/// <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>
#[derive(Deserialize)]
struct Status {
    status: String,
    #[serde(default)]
    fail_reason: String,
    /// TikTok's spelling.
    #[serde(default, rename = "publicaly_available_post_id")]
    public_ids: Vec<Value>,
    #[serde(default)]
    uploaded_bytes: u64,
}

impl Status {
    /// Whether a part of the video has not arrived. With all its bytes, TikTok is processing the video.
    fn lacks_bytes(&self, video: Option<Facts>) -> bool {
        self.status == "PROCESSING_UPLOAD" && self.uploaded_bytes < total(video)
    }
}

/// The video's length in bytes.
fn total(video: Option<Facts>) -> u64 {
    video.and_then(|facts| facts.bytes).unwrap_or_default()
}

/// The progress of an accepted post by its status.
fn progress(
    task: &Task,
    video: Option<Facts>,
    restarts: u8,
    status: &Status,
    (publish_id, polls): (String, usize),
) -> Result<Progress, Error> {
    let after = wait(polls);
    let draft = is_set(task.options, DRAFT);
    let state =
        |polls| store(State { video, restarts, phase: Phase::Status { publish_id: publish_id.clone(), polls } });
    match status.status.as_str() {
        "PUBLISH_COMPLETE" => {
            if let Some(id) = status.public_ids.first() {
                return Ok(Progress::Done(published(task, id, video.is_some())));
            }
            // Only public posts get a public id, after moderation.
            if draft || privacy(task.options) != PUBLIC || polls >= MAX_POLLS {
                return Ok(Progress::Done(Published::default()));
            }
            Ok(Progress::Visible { published: Published::default(), after, state: state(polls + 1) })
        }
        "FAILED" => match refusal::of_failure(&status.fail_reason) {
            Some(code) => Ok(Progress::Failed { code, message: status.fail_reason.clone() }),
            None => restart(task, video, restarts),
        },
        // Whether and when the creator posts it is not followed.
        "SEND_TO_USER_INBOX" if draft => Ok(Progress::Done(Published::default())),
        "SEND_TO_USER_INBOX" => {
            let message = "TikTok put the post into the creator's inbox, to be finished there".into();
            Ok(Progress::Failed { code: FaultCode::NotPermitted, message })
        }
        _ if polls >= MAX_POLLS => Err(Error::OutcomeUnknown("TikTok has been processing the post for a day".into())),
        _ => Ok(Progress::Taken { after, state: state(polls + 1) }),
    }
}

/// Checks the post against the creator's settings.
fn check_creator(task: &Task, video: Option<Facts>, answer: &Response) -> Result<Creator, Error> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default)]
        privacy_level_options: Vec<String>,
        max_video_post_duration_sec: Option<u64>,
        #[serde(flatten)]
        creator: Creator,
    }
    let info: Info = refusal::data(answer)?;
    let asked = privacy(task.options);
    if !info.privacy_level_options.iter().any(|level| level == asked) {
        let levels = info.privacy_level_options.join(", ");
        return Err(Error::Rejected {
            code: FaultCode::PrivacyLevelNotAllowed,
            message: format!("this account allows {levels}, not {asked}"),
        });
    }
    let length = video.and_then(|facts| facts.milliseconds);
    if let (Some(length), Some(most)) = (length, info.max_video_post_duration_sec)
        && length > most.saturating_mul(1000)
    {
        return Err(Error::Rejected {
            code: FaultCode::MediaLength,
            message: format!("this account may post videos of at most {most} seconds"),
        });
    }
    Ok(info.creator)
}

/// Starts over. The upload was incomplete, or TikTok reported that it published nothing.
fn restart(task: &Task, video: Option<Facts>, restarts: u8) -> Result<Progress, Error> {
    if restarts >= MAX_RESTARTS {
        let message = "TikTok could not process the media several times".to_owned();
        return Ok(Progress::Failed { code: FaultCode::MediaNotProcessed, message });
    }
    Ok(Progress::Proceed(anew(task, video, restarts)))
}

/// The state to start over from.
fn anew(task: &Task, video: Option<Facts>, restarts: u8) -> Value {
    store(State { video, restarts: restarts.saturating_add(1), phase: first(task.options, video) })
}

fn published(task: &Task, id: &Value, video: bool) -> Published {
    let id = id.as_str().map_or_else(|| id.to_string(), ToOwned::to_owned);
    let is_id = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    let is_name = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'.';
    // The handle is a display name if the username was withheld. A display name is not part of an address.
    let url = (is_id && task.handle.bytes().all(is_name)).then(|| {
        let kind = if video { "video" } else { "photo" };
        task.endpoints.url(&format!("https://www.tiktok.com/@{}/{kind}/{id}", task.handle)).into()
    });
    Published { platform_post_id: is_id.then_some(id), url }
}

fn wait(polls: usize) -> Duration {
    Duration::from_secs(POLL_WAITS.get(polls).copied().unwrap_or(900))
}

fn status_of(task: &Task, publish_id: &str) -> http::Result<Request> {
    post(task, "post/publish/status/fetch/", &json!({ "publish_id": publish_id }))
}

fn post(task: &Task, path: &str, body: &Value) -> http::Result<Request> {
    request::post(&task.endpoints.url(&format!("{API}/{path}")), body)
}
