//! One post, step by step: what the creator allows, then a video's upload piece by piece or the photos in one call, then
//! the wait until TikTok has published it and says where.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    API, refusal,
    upload::{self, Taken},
};
use crate::{
    Call, Draft, Effect, Error, FaultCode, Progress, Published, Request, Response, Task,
    media::{Facts, Kind},
    request,
    state::{restore, store},
};

/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>
pub(super) const PRIVACY_LEVELS: [&str; 4] =
    ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"];
const PUBLIC: &str = PRIVACY_LEVELS[0];

/// The waits between two looks, in seconds, the last one from then on: about a day in all, for moderation takes a minute
/// or hours.
const LOOKS: [u64; 9] = [5, 5, 10, 20, 30, 60, 120, 300, 900];
const MAX_LOOKS: usize = 100;
/// How often an upload that ended, or what TikTok could not process, is begun again.
const MAX_RESTARTS: u8 = 2;

/// A publish between two steps.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// The video; none: the media are photos.
    video: Option<Facts>,
    restarts: u8,
    phase: Phase,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Phase {
    Creator,
    /// Photos: this call publishes.
    Photos {
        creator: Creator,
    },
    Begin {
        creator: Creator,
    },
    /// The upload address lets whoever has it finish this one upload, for an hour.
    Upload {
        publish_id: String,
        upload_url: String,
        offset: u64,
    },
    /// How far the upload is, asked after an answer was lost.
    Locate {
        publish_id: String,
        upload_url: String,
    },
    /// It is all there; whether it is public, and where.
    Status {
        publish_id: String,
        looks: usize,
    },
}

/// What the creator has turned off for everybody.
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
    let video = draft.media.first().filter(|facts| facts.kind() == Some(Kind::Video)).copied();
    store(State { video, restarts: 0, phase: Phase::Creator })
}

pub(super) fn step(task: &Task) -> Call {
    let State { video, phase, .. } = restore::<State>(task.state);
    match phase {
        Phase::Creator => Call::new(post(task, "post/publish/creator_info/query/", &json!({})), Effect::Prepare),
        Phase::Photos { creator } => {
            Call::new(post(task, "post/publish/content/init/", &photos(task, creator)), Effect::Commit)
        }
        Phase::Begin { creator } => {
            let total = video.and_then(|facts| facts.bytes).unwrap_or_default();
            let body = json!({
                "post_info": info(task, creator, "title"),
                "source_info": {
                    "source": "FILE_UPLOAD",
                    "video_size": total,
                    "chunk_size": upload::piece(total),
                    "total_chunk_count": upload::pieces(total),
                },
            });
            Call::new(post(task, "post/publish/video/init/", &body), Effect::Prepare)
        }
        Phase::Upload { upload_url, offset, .. } => {
            let facts = video.unwrap_or_default();
            upload::send(&upload_url, offset, facts.bytes.unwrap_or_default(), facts.format)
        }
        Phase::Locate { publish_id, .. } => Call::new(status_of(task, &publish_id), Effect::Prepare),
        Phase::Status { publish_id, .. } => Call::new(status_of(task, &publish_id), Effect::Confirm),
    }
}

fn info(task: &Task, creator: Creator, text: &str) -> Value {
    let flag = |name: &str| task.options.get(name).and_then(Value::as_bool).unwrap_or_default();
    let mut info = json!({
        text: task.content,
        "privacy_level": privacy(task),
        "disable_comment": creator.comment_disabled || flag("disableComment"),
        "brand_content_toggle": flag("brandContent"),
        "brand_organic_toggle": flag("brandOrganic"),
    });
    if text == "title" {
        info["disable_duet"] = json!(creator.duet_disabled || flag("disableDuet"));
        info["disable_stitch"] = json!(creator.stitch_disabled || flag("disableStitch"));
    }
    info
}

fn photos(task: &Task, creator: Creator) -> Value {
    json!({
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": info(task, creator, "description"),
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 0,
            "photo_images": task.media.iter().map(|media| media.url.as_str()).collect::<Vec<_>>(),
        },
    })
}

fn privacy<'a>(task: &Task<'a>) -> &'a str {
    task.options.get("privacyLevel").and_then(Value::as_str).unwrap_or(PUBLIC)
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let State { video, restarts, phase } = restore::<State>(task.state);
    let next = |phase| store(State { video, restarts, phase });
    match phase {
        Phase::Creator => {
            let creator = allowed(task, video, answer)?;
            let phase = if video.is_some() { Phase::Begin { creator } } else { Phase::Photos { creator } };
            Ok(Progress::Proceed(next(phase)))
        }
        Phase::Photos { .. } => {
            #[derive(Deserialize)]
            struct Taken {
                publish_id: String,
            }
            let Taken { publish_id } = refusal::data(answer)?;
            Ok(Progress::Wait { after: wait(0), state: next(Phase::Status { publish_id, looks: 1 }) })
        }
        Phase::Begin { .. } => {
            #[derive(Deserialize)]
            struct Begun {
                publish_id: String,
                upload_url: url::Url,
            }
            let Begun { publish_id, upload_url } = refusal::data(answer)?;
            Ok(Progress::Proceed(next(Phase::Upload { publish_id, upload_url: upload_url.into(), offset: 0 })))
        }
        Phase::Upload { publish_id, upload_url, .. } => match upload::read(answer)? {
            Taken::Until(offset) => Ok(Progress::Proceed(next(Phase::Upload { publish_id, upload_url, offset }))),
            Taken::Unwanted => Ok(Progress::Proceed(next(Phase::Locate { publish_id, upload_url }))),
            Taken::Whole => Ok(Progress::Wait { after: wait(0), state: next(Phase::Status { publish_id, looks: 1 }) }),
            Taken::Gone => again(video, restarts),
        },
        Phase::Locate { publish_id, upload_url } => match refusal::data::<Status>(answer)? {
            status if status.is_uploading() => {
                let offset = status.uploaded_bytes;
                Ok(Progress::Proceed(next(Phase::Upload { publish_id, upload_url, offset })))
            }
            _ => Ok(Progress::Proceed(next(Phase::Status { publish_id, looks: 0 }))),
        },
        Phase::Status { publish_id, looks } => {
            let status: Status = refusal::data(answer)?;
            follow(task, video, restarts, &status, (publish_id, looks))
        }
    }
}

/// TikTok has no list that an app with these permissions may read: only an upload can be asked about, by its id.
pub(super) fn read_back(task: &Task) -> Option<Request> {
    match restore::<State>(task.state).phase {
        Phase::Upload { publish_id, .. } | Phase::Locate { publish_id, .. } | Phase::Status { publish_id, .. } => {
            Some(status_of(task, &publish_id))
        }
        Phase::Creator | Phase::Photos { .. } | Phase::Begin { .. } => None,
    }
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Option<Progress>, Error> {
    let State { video, restarts, phase } = restore::<State>(task.state);
    let status: Status = refusal::data(answer)?;
    match phase {
        // Still waiting for the last piece: it has not arrived.
        Phase::Upload { .. } if status.is_uploading() => Ok(None),
        Phase::Upload { publish_id, .. } | Phase::Locate { publish_id, .. } => {
            follow(task, video, restarts, &status, (publish_id, 0)).map(Some)
        }
        Phase::Status { publish_id, looks } => follow(task, video, restarts, &status, (publish_id, looks)).map(Some),
        Phase::Creator | Phase::Photos { .. } | Phase::Begin { .. } => Ok(None),
    }
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
    fn is_uploading(&self) -> bool {
        self.status == "PROCESSING_UPLOAD"
    }
}

/// What a status says of what was taken.
fn follow(
    task: &Task,
    video: Option<Facts>,
    restarts: u8,
    status: &Status,
    (publish_id, looks): (String, usize),
) -> Result<Progress, Error> {
    let after = wait(looks);
    let state =
        |looks| store(State { video, restarts, phase: Phase::Status { publish_id: publish_id.clone(), looks } });
    match status.status.as_str() {
        "PUBLISH_COMPLETE" => {
            if let Some(id) = status.public_ids.first() {
                return Ok(Progress::Done(published(task, id, video.is_some())));
            }
            // Only a public post gets a public id, once it has been moderated.
            if privacy(task) != PUBLIC || looks >= MAX_LOOKS {
                return Ok(Progress::Done(Published::default()));
            }
            Ok(Progress::Visible { published: Published::default(), after, state: state(looks + 1) })
        }
        "FAILED" => match refusal::of_failure(&status.fail_reason) {
            Some(code) => Ok(Progress::Failed { code, message: status.fail_reason.clone() }),
            None => again(video, restarts),
        },
        "SEND_TO_USER_INBOX" => {
            let message = "TikTok put it into the creator's inbox, to be finished there".into();
            Ok(Progress::Failed { code: FaultCode::NotPermitted, message })
        }
        _ if looks >= MAX_LOOKS => Err(Error::OutcomeUnknown("TikTok has been processing it for a day".into())),
        _ => Ok(Progress::Wait { after, state: state(looks + 1) }),
    }
}

/// What the creator allows, against what was asked.
fn allowed(task: &Task, video: Option<Facts>, answer: &Response) -> Result<Creator, Error> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default)]
        privacy_level_options: Vec<String>,
        max_video_post_duration_sec: Option<u64>,
        #[serde(flatten)]
        creator: Creator,
    }
    let info: Info = refusal::data(answer)?;
    let asked = privacy(task);
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

/// From the beginning. TikTok has said that nothing of it was published, or it was never whole.
fn again(video: Option<Facts>, restarts: u8) -> Result<Progress, Error> {
    if restarts == MAX_RESTARTS {
        let message = "TikTok could not process it, several times".to_owned();
        return Ok(Progress::Failed { code: FaultCode::MediaNotProcessed, message });
    }
    Ok(Progress::Proceed(store(State { video, restarts: restarts + 1, phase: Phase::Creator })))
}

fn published(task: &Task, id: &Value, video: bool) -> Published {
    let id = id.as_str().map_or_else(|| id.to_string(), ToOwned::to_owned);
    let is_id = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    let is_name = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'.';
    // A display name stands in for a username that was withheld; it makes no address.
    let url = (is_id && task.handle.bytes().all(is_name)).then(|| {
        let kind = if video { "video" } else { "photo" };
        task.endpoints.url(&format!("https://www.tiktok.com/@{}/{kind}/{id}", task.handle)).into()
    });
    Published { platform_post_id: is_id.then_some(id), url }
}

fn wait(looks: usize) -> Duration {
    Duration::from_secs(LOOKS.get(looks).copied().unwrap_or(900))
}

fn status_of(task: &Task, publish_id: &str) -> Request {
    post(task, "post/publish/status/fetch/", &json!({ "publish_id": publish_id }))
}

fn post(task: &Task, path: &str, body: &Value) -> Request {
    request::post(&task.endpoints.url(&format!("{API}/{path}")), body)
}
