//! The steps of a post: create a container for each file of a carousel, create the container of the post, poll until
//! Instagram has processed the media, check the account's quota, publish the container, write the first
//! comment, and ask for the post's address.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    container::{Status, status},
    graph::{GRAPH, is_id},
    newest::{address, newest},
    options::{STORY, first_comment, is_set},
    refusal::{self, AboutContainer},
};
use crate::{
    Call, Draft, Effect, Error, FaultCode, Found, Progress, Published, Request, Response, Task, UnreadableState,
    media::{Kind, ascii_address},
    options::integer,
    request,
    state::{restore, store},
};

/// The waits between two polls of a container, in seconds; then a minute.
const POLL_WAITS: [u64; 6] = [2, 3, 5, 10, 20, 30];
/// After this many polls, about 25 minutes, the container is given up.
const MAX_POLLS: usize = 30;
/// How often an expired or missing container is created again.
const MAX_RESTARTS: u8 = 3;

/// The state between two steps.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// Whether each of the post's media is a video.
    videos: Vec<bool>,
    restarts: u8,
    phase: Phase,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Phase {
    /// Create the containers of a carousel's files; `made` exist already.
    Items { made: Vec<String> },
    /// Poll the containers of a carousel's files; the first `ready` of them are ready.
    ItemsReady { made: Vec<String>, ready: usize, polls: usize },
    /// Create the container of the post, with the containers of a carousel's files.
    Make { children: Vec<String> },
    /// Poll the container of the post.
    Ready { container: String, polls: usize },
    /// Check the account's quota.
    Quota { container: String },
    /// Publish the container.
    Publish { container: String },
    /// The post is public: write the first comment. Without `url`, the address is asked for next.
    Comment { id: String, url: Option<String> },
    /// The post is public: ask for its address.
    Address { id: String },
    /// The post is public, but the response with its id was lost: search the newest posts.
    Newest,
}

pub(super) fn plan(draft: &Draft) -> Value {
    let videos: Vec<bool> = draft.content.media.iter().map(|facts| facts.kind() == Some(Kind::Video)).collect();
    let phase = first(&videos);
    store(State { videos, restarts: 0, phase })
}

fn first(videos: &[bool]) -> Phase {
    if videos.len() > 1 { Phase::Items { made: Vec::new() } } else { Phase::Make { children: Vec::new() } }
}

#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(super) fn step(task: &Task) -> Result<Call, UnreadableState> {
    let state = restore::<State>(task.state)?;
    let user = task.user_id;
    let (request, effect) = match &state.phase {
        Phase::Items { made } => {
            let mut body = item(task, &state, made.len());
            body["is_carousel_item"] = json!(true);
            (post(task, &format!("{user}/media"), &body), Effect::Prepare)
        }
        Phase::ItemsReady { made, ready, .. } => {
            (get_fields(task, made.get(*ready).map_or("", String::as_str), "status_code,status"), Effect::Prepare)
        }
        Phase::Make { children } => {
            let body = whole(task, &state, children);
            (post(task, &format!("{user}/media"), &body), Effect::Prepare)
        }
        Phase::Ready { container, .. } => (get_fields(task, container, "status_code,status"), Effect::Prepare),
        Phase::Quota { .. } => {
            (get_fields(task, &format!("{user}/content_publishing_limit"), "config,quota_usage"), Effect::Prepare)
        }
        Phase::Publish { container } => {
            let body = json!({ "creation_id": container });
            (post(task, &format!("{user}/media_publish"), &body), Effect::Commit)
        }
        Phase::Address { id } => (get_fields(task, id, "permalink"), Effect::Confirm),
        Phase::Comment { id, .. } => {
            let body = json!({ "message": first_comment(task.options) });
            (post(task, &format!("{id}/comments"), &body), Effect::Confirm)
        }
        Phase::Newest => {
            (get_fields(task, &format!("{user}/media"), "id,permalink,caption,timestamp"), Effect::Confirm)
        }
    };
    Ok(Call::new(request?, effect))
}

/// The fields of the post's container.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
fn whole(task: &Task, state: &State, children: &[String]) -> Value {
    let options = task.options;
    let mut body = match children {
        [] => item(task, state, 0),
        children => json!({ "media_type": "CAROUSEL", "children": children.join(",") }),
    };
    if is_set(options, "aiGenerated") {
        body["is_ai_generated"] = json!(true);
    }
    if is_set(options, STORY) {
        return body;
    }
    body["caption"] = json!(task.content);
    let mut set = |parameter: &str, value: Option<&Value>| {
        if let Some(value) = value {
            body[parameter] = value.clone();
        }
    };
    set("collaborators", options.get("collaborators"));
    set("location_id", options.get("locationId"));
    if state.videos == [true] {
        let cover = options.get("coverUrl").and_then(Value::as_str);
        set("cover_url", cover.map(|url| json!(ascii_address(url))).as_ref());
        set("thumb_offset", options.get("thumbOffset").and_then(integer).map(|at| json!(at)).as_ref());
        set("share_to_feed", options.get("shareToFeed"));
        set("audio_name", options.get("audioName"));
    }
    body
}

/// The fields of a file's container. A single video is a reel, unless the post is a story. Tags are on the first file.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
fn item(task: &Task, state: &State, n: usize) -> Value {
    let Some(media) = task.media.get(n) else { return json!({}) };
    let video = state.videos.get(n).copied().unwrap_or_default();
    let mut item = json!({ if video { "video_url" } else { "image_url" }: media.address() });
    if is_set(task.options, STORY) {
        item["media_type"] = json!("STORIES");
        return item;
    }
    if video {
        item["media_type"] = json!(if state.videos.len() > 1 { "VIDEO" } else { "REELS" });
    } else if let Some(text) = &media.alt_text {
        item["alt_text"] = json!(text);
    }
    if n == 0
        && let Some(tags) = task.options.get("userTags").and_then(Value::as_array)
    {
        // A tag on a video has no place.
        let tag = |tag: &Value| if video { json!({ "username": tag["username"] }) } else { tag.clone() };
        item["user_tags"] = tags.iter().map(tag).collect();
    }
    item
}

/// A comment must not be written twice. If its answer is lost, it is left as it is.
pub(super) fn without_answer(task: &Task) -> Option<Value> {
    let State { videos, restarts, phase } = restore::<State>(task.state).ok()?;
    let Phase::Comment { id, .. } = phase else { return None };
    Some(store(State { videos, restarts, phase: Phase::Address { id } }))
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let State { videos, restarts, phase } = restore::<State>(task.state)?;
    let next = |phase| store(State { videos: videos.clone(), restarts, phase });
    match phase {
        Phase::Items { mut made } => {
            made.push(made_id(answer)?);
            if made.len() < videos.len() {
                return Ok(Progress::Proceed(next(Phase::Items { made })));
            }
            Ok(Progress::Wait { after: wait(0), state: next(Phase::ItemsReady { made, ready: 0, polls: 0 }) })
        }
        Phase::ItemsReady { made, ready, polls } => match status(answer)? {
            Status::Finished | Status::Published if ready + 1 == made.len() => {
                Ok(Progress::Proceed(next(Phase::Make { children: made })))
            }
            Status::Finished | Status::Published => {
                Ok(Progress::Proceed(next(Phase::ItemsReady { made, ready: ready + 1, polls })))
            }
            Status::InProgress => not_ready(polls, |polls| next(Phase::ItemsReady { made, ready, polls })),
            Status::Failed(reason) => remake(&reason, videos, restarts),
            Status::Expired | Status::Missing => restart(videos, restarts),
        },
        Phase::Make { .. } => {
            let container = made_id(answer)?;
            Ok(Progress::Wait { after: wait(0), state: next(Phase::Ready { container, polls: 0 }) })
        }
        Phase::Ready { container, polls } => match status(answer)? {
            Status::Finished => Ok(Progress::Proceed(next(Phase::Quota { container }))),
            Status::InProgress => not_ready(polls, |polls| next(Phase::Ready { container, polls })),
            Status::Published => Ok(without_id(task, next(Phase::Newest))),
            Status::Failed(reason) => remake(&reason, videos, restarts),
            Status::Expired | Status::Missing => restart(videos, restarts),
        },
        Phase::Quota { container } => {
            quota(answer)?;
            Ok(Progress::Proceed(next(Phase::Publish { container })))
        }
        Phase::Publish { container } => match refusal::about_container(answer) {
            Some(AboutContainer::Unpublished) => {
                let phase = Phase::Ready { container, polls: POLL_WAITS.len() };
                Ok(Progress::Wait { after: wait(0), state: next(phase) })
            }
            // A new container could publish the post twice.
            Some(AboutContainer::Gone) => Err(container_unknown()),
            None => {
                let id = made_id(answer)?;
                let published = Published { platform_post_id: Some(id.clone()), url: None };
                let phase = match first_comment(task.options) {
                    Some(_) => Phase::Comment { id, url: None },
                    None => Phase::Address { id },
                };
                Ok(visible(published, next(phase)))
            }
        },
        Phase::Address { id } => {
            #[derive(Deserialize)]
            struct Post {
                permalink: Option<String>,
            }
            let post: Post = refusal::body(answer)?;
            Ok(Progress::Done(Published { platform_post_id: Some(id), url: post.permalink.and_then(address) }))
        }
        Phase::Newest => Ok(then_comment(task, newest(task, answer)?, next)),
        Phase::Comment { id, url } => match (made_id(answer), url) {
            (Err(wait @ Error::RateLimited { .. }), _) => Err(wait),
            // Whatever became of the comment, the post is public.
            (_, Some(url)) => Ok(Progress::Done(Published { platform_post_id: Some(id), url: Some(url) })),
            (_, None) => {
                let published = Published { platform_post_id: Some(id.clone()), url: None };
                Ok(visible(published, next(Phase::Address { id })))
            }
        },
    }
}

/// The post is public, and the answer with its id was lost. The newest posts contain no stories.
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>
fn without_id(task: &Task, newest: Value) -> Progress {
    if is_set(task.options, STORY) {
        return Progress::Done(Published::default());
    }
    visible(Published::default(), newest)
}

/// The post is public. The first comment follows, if there is one.
fn then_comment(task: &Task, published: Published, next: impl FnOnce(Phase) -> Value) -> Progress {
    match published.platform_post_id.clone() {
        Some(id) if first_comment(task.options).is_some() => {
            let state = next(Phase::Comment { id, url: published.url.clone() });
            visible(published, state)
        }
        _ => Progress::Done(published),
    }
}

pub(super) fn read_back(task: &Task) -> Result<Option<Request>, UnreadableState> {
    Ok(match restore::<State>(task.state)?.phase {
        Phase::Publish { container } | Phase::Ready { container, .. } => {
            Some(get_fields(task, &container, "status_code,status")?)
        }
        _ => None,
    })
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Found, Error> {
    let State { videos, restarts, .. } = restore::<State>(task.state)?;
    Ok(match status(answer)? {
        Status::Missing => return Err(container_unknown()),
        Status::Published => Found::Known(without_id(task, store(State { videos, restarts, phase: Phase::Newest }))),
        Status::Finished | Status::InProgress => Found::Missing { again: task.state.clone() },
        Status::Expired => Found::Absent { again: again(videos, restarts) },
        Status::Failed(reason) => match remake(&reason, videos, restarts) {
            Ok(Progress::StartOver { state, .. } | Progress::Proceed(state)) => Found::Absent { again: state },
            Ok(known) => Found::Known(known),
            Err(Error::Rejected { code, message }) => Found::Known(Progress::Failed { code, message }),
            Err(error) => return Err(error),
        },
    })
}

/// A container that a commit was sent for and that Instagram does not know may have been published.
fn container_unknown() -> Error {
    Error::OutcomeUnknown("Instagram no longer knows the container".into())
}

const fn visible(published: Published, state: Value) -> Progress {
    Progress::Visible { published, after: Duration::ZERO, state }
}

fn not_ready(polls: usize, state: impl FnOnce(usize) -> Value) -> Result<Progress, Error> {
    if polls >= MAX_POLLS {
        let message = "Instagram did not process the media in time".into();
        return Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message });
    }
    Ok(Progress::Wait { after: wait(polls), state: state(polls + 1) })
}

fn wait(polls: usize) -> Duration {
    Duration::from_secs(POLL_WAITS.get(polls).copied().unwrap_or(60))
}

/// Starts over: nothing became visible.
fn restart(videos: Vec<bool>, restarts: u8) -> Result<Progress, Error> {
    if restarts == MAX_RESTARTS {
        let message = "Instagram lost the prepared media several times".into();
        return Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message });
    }
    Ok(Progress::Proceed(again(videos, restarts)))
}

/// The state to start over from.
fn again(videos: Vec<bool>, restarts: u8) -> Value {
    let phase = first(&videos);
    store(State { videos, restarts: restarts.saturating_add(1), phase })
}

/// A container with an error is made anew if the reason may pass.
fn remake(reason: &str, videos: Vec<bool>, restarts: u8) -> Result<Progress, Error> {
    match refusal::of_status(reason) {
        Error::Later { code, retry_after, message } => {
            let phase = first(&videos);
            Ok(Progress::StartOver {
                after: retry_after,
                state: store(State { videos, restarts, phase }),
                code,
                message,
            })
        }
        Error::OutcomeUnknown(_) => restart(videos, restarts),
        refusal => Err(refusal),
    }
}

/// Checks the quota before the commit, where a refusal proves that nothing was published.
fn quota(answer: &Response) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Limits {
        data: Vec<Limit>,
    }
    #[derive(Deserialize)]
    struct Limit {
        quota_usage: u64,
        config: Option<Config>,
    }
    #[derive(Deserialize)]
    struct Config {
        quota_total: u64,
    }
    let limits: Limits = refusal::body(answer)?;
    let Some(Limit { quota_usage, config: Some(Config { quota_total }) }) = limits.data.first() else { return Ok(()) };
    if quota_usage < quota_total {
        return Ok(());
    }
    Err(Error::Later {
        code: FaultCode::QuotaReached,
        retry_after: Duration::from_secs(3600),
        message: format!("{quota_usage} of {quota_total} posts within 24 hours are used"),
    })
}

fn made_id(answer: &Response) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let made: Made = refusal::body(answer)?;
    if is_id(&made.id) {
        return Ok(made.id);
    }
    Err(Error::OutcomeUnknown("Instagram's response has an invalid id".into()))
}

fn get_fields(task: &Task, path: &str, fields: &str) -> http::Result<Request> {
    let mut url = task.endpoints.url(&format!("{GRAPH}/{path}"));
    url.query_pairs_mut().append_pair("fields", fields);
    request::get(&url)
}

fn post(task: &Task, path: &str, body: &Value) -> http::Result<Request> {
    request::post(&task.endpoints.url(&format!("{GRAPH}/{path}")), body)
}
