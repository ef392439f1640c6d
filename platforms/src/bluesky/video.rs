//! The service that processes videos and then uploads them to the account's server. Without it, a video is uploaded like a
//! picture, and people see the post for a while before they see the video. <https://docs.bsky.app/docs/tutorials/video>

use std::time::Duration;

use http::header;
use serde::Deserialize;
use serde_json::Value;

use super::{refusal, upload};
use crate::{
    Call, Credential, Effect, Error, FaultCode, Response, Source, Task, UnreadableState,
    media::{Facts, Format},
    request,
};

const SERVICE: &str = "https://video.bsky.app/xrpc";
/// The method of the account's server that the service calls for the account.
const METHOD: &str = "com.atproto.repo.uploadBlob";

/// The waits between two polls, in seconds. The last one repeats, for about ten minutes in all.
const POLL_WAITS: [u64; 8] = [3, 3, 5, 5, 10, 10, 15, 30];
const MAX_POLLS: usize = 25;
/// The longest id of a job that is stored.
const MAX_ID: usize = 128;

/// Sends the video.
pub(super) fn step(task: &Task, facts: &Facts) -> Result<Call, UnreadableState> {
    let mut url = task.endpoints.url(&format!("{SERVICE}/app.bsky.video.uploadVideo"));
    url.query_pairs_mut().append_pair("did", task.user_id).append_pair("name", "video.mp4");
    let host = task.host.and_then(|host| host.host_str()).ok_or(UnreadableState::Lacks("the account's server"))?;
    let credential = Credential::Service { audience: format!("did:web:{host}"), method: METHOD };
    let bytes = facts.bytes.unwrap_or_default();
    Ok(upload::send(url.as_str(), credential, Source::Media(0), bytes, facts.format.or(Some(Format::Mp4)))?)
}

/// `app.bsky.video.defs#jobStatus`
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Job {
    job_id: String,
    state: String,
    blob: Value,
    error: String,
    message: String,
    failure_code: String,
}

impl Job {
    /// The lexicon has it in `jobStatus`. The service answers some uploads without that.
    fn read(answer: &Response) -> Self {
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        Self::deserialize(body.get("jobStatus").unwrap_or(&body)).unwrap_or_default()
    }
}

/// The id of the job; `None` if the service does not take the video. A video that it knows is refused with its job.
pub(super) fn sent(answer: &Response) -> Result<Option<String>, Error> {
    // The account's server refused our token before the service was asked.
    let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    if challenge.is_some_and(|challenge| challenge.starts_with("DPoP"))
        && let error @ Error::Reconnect(_) = refusal::classify(answer)
        && !refusal::lacks_scope(answer)
    {
        return Err(error);
    }
    let taken = matches!(answer.status().as_u16(), 200..=299 | 409);
    Ok(Some(Job::read(answer).job_id).filter(|id| taken && (1..=MAX_ID).contains(&id.len())))
}

pub(super) fn ask(task: &Task, id: &str) -> Result<Call, UnreadableState> {
    let mut url = task.endpoints.url(&format!("{SERVICE}/app.bsky.video.getJobStatus"));
    url.query_pairs_mut().append_pair("jobId", id);
    let request = request::get(&url)?;
    Ok(Call { request, effect: Effect::Prepare, credential: Credential::None, upload: None })
}

/// What the service says of a job.
pub(super) enum Processing {
    /// Ask again after this time.
    Running(Duration),
    /// The reference to the processed video.
    Done(Value),
    /// The service does not say.
    Unknown,
}

/// # Errors
/// The service could not process the video.
pub(super) fn processing(answer: &Response, polls: usize) -> Result<Processing, Error> {
    let job = Job::read(answer);
    let blob = upload::reference(&job.blob);
    match job.state.as_str() {
        "JOB_STATE_COMPLETED" => Ok(blob.map_or(Processing::Unknown, Processing::Done)),
        // The service could not upload it. The account's server says why, or takes it.
        "JOB_STATE_FAILED" if job.failure_code.starts_with("pds_upload") => Ok(Processing::Unknown),
        "JOB_STATE_FAILED" => {
            let words = if job.message.is_empty() { &job.error } else { &job.message };
            Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message: refusal::cap(words) })
        }
        _ if polls >= MAX_POLLS || answer.status().as_u16() == 400 => Ok(Processing::Unknown),
        _ => Ok(Processing::Running(wait(polls))),
    }
}

pub(super) fn wait(polls: usize) -> Duration {
    Duration::from_secs(POLL_WAITS.get(polls).copied().unwrap_or(30))
}
