//! The service that processes videos and uploads them to the account's PDS: `app.bsky.video.uploadVideo` and
//! `getJobStatus`. A job is identified by its account and the video's bytes. The table has their digest only.
//! <https://docs.bsky.app/docs/tutorials/video>

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    account, blob,
    blob::Blob,
    cid, identity, query, service_auth,
    xrpc_error::{invalid, refuse},
};
use crate::{
    account::Account,
    behavior::Behavior,
    content_type,
    context::Context,
    media::format::{Format, sniff},
    reply::{self, Reply, Stop, stop},
    secret,
    store::{Key, Write},
};

/// How long processing takes, in seconds.
const PROCESSING: i64 = 12;

/// The method of the PDS that the service calls for the account.
const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";

#[derive(Serialize, Deserialize)]
struct Job {
    id: String,
    did: String,
    /// In seconds since the epoch.
    started_at: i64,
    /// The processed video. It is at the PDS when processing is complete.
    blob: Blob,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Percent that are done.
    InProcess(i64),
    Completed,
    Failed,
}

fn key(id: &str) -> Key {
    Key::new(format!("bluesky#video#{id}"), "job")
}

pub(super) async fn upload(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = query::read(request, &["did", "name"])?;
    let did = query::required(&parameters, "did")?;
    query::required(&parameters, "name")?;
    let caller = service_auth::verify(context, request, &identity::service_did(context), UPLOAD_BLOB).await?;
    let Some(account) = account::named(did).filter(|account| account.id == caller) else {
        return invalid("The token is not of the account that did names");
    };
    if !content_type::is(request, "video/mp4") || sniff(request.body()) != Some(Format::Mp4) {
        return invalid("Wrong request encoding (Content-Type): video/mp4 is expected");
    }
    if account.behavior == Behavior::VideoRefused {
        let refused = json!({ "jobId": "", "did": "", "state": "", "error": "unconfirmed_email" });
        return stop(reply::json(StatusCode::UNAUTHORIZED, &json!({ "jobStatus": refused })));
    }
    let now = context.now().timestamp();
    let cid = cid::of_bytes(request.body());
    let id = secret::fingerprint(format!("{did}#{cid}"))[..20].to_owned();
    if let Some(job) = context.store.get::<Job>(key(&id)).await? {
        match job.state(context, account) {
            State::Failed => {}
            State::InProcess(_) => return Ok(reply::json(StatusCode::OK, &json!({ "jobStatus": job.view(context) }))),
            // Unlike other answers, its fields are at the top. The blob is not uploaded again.
            State::Completed => {
                let mut view = job.view(context);
                view["error"] = "already_exists".into();
                view["message"] = "Video already processed".into();
                return Ok(reply::json(StatusCode::CONFLICT, &view));
            }
        }
    }
    let uploaded_at = now + PROCESSING;
    let blob = Blob { cid, kind: "video/mp4".to_owned(), size: request.body().len(), uploaded_at, kept: false };
    let job = Job { id, did: did.to_owned(), started_at: now, blob };
    context.store.commit(vec![Write::put(key(&job.id), &job)?]).await?;
    if !matches!(account.behavior, Behavior::NeverReady | Behavior::ProcessingFails) {
        blob::store(context, account, &job.blob).await?;
    }
    Ok(reply::json(StatusCode::OK, &json!({ "jobStatus": job.view(context) })))
}

/// Needs no token.
pub(super) async fn status(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = query::read(request, &["jobId"])?;
    let id = query::required(&parameters, "jobId")?;
    match context.store.get::<Job>(key(id)).await? {
        Some(job) => Ok(reply::json(StatusCode::OK, &json!({ "jobStatus": job.view(context) }))),
        None => refuse("InvalidRequest", "job not found"),
    }
}

impl Job {
    fn state(&self, context: &Context, account: &Account) -> State {
        let passed = context.now().timestamp() - self.started_at;
        match account.behavior {
            _ if passed < PROCESSING => State::InProcess(passed * 100 / PROCESSING),
            Behavior::NeverReady => State::InProcess(99),
            Behavior::ProcessingFails => State::Failed,
            _ => State::Completed,
        }
    }

    /// `app.bsky.video.defs#jobStatus`
    fn view(&self, context: &Context) -> Value {
        let mut view = json!({ "jobId": self.id, "did": self.did });
        let state = account::named(&self.did).map_or(State::Failed, |account| self.state(context, account));
        view["state"] = match state {
            State::InProcess(0) => "JOB_STATE_CREATED",
            State::InProcess(_) => "JOB_STATE_ENCODING",
            State::Completed => "JOB_STATE_COMPLETED",
            State::Failed => "JOB_STATE_FAILED",
        }
        .into();
        match state {
            State::InProcess(progress) => view["progress"] = progress.into(),
            State::Completed => view["blob"] = self.blob.reference(),
            State::Failed => {
                view["error"] = format!("video processing error for job: {}", self.id).into();
                view["failureCode"] = "encoding_failure".into();
                view["message"] = "Failed to process video".into();
            }
        }
        view
    }
}
