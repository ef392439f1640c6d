//! Calls to the account's server. <https://atproto.com/specs/xrpc>

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::refusal;
use crate::{Error, Request, Response, Task, UnreadableState, request};

/// The address of a method at the account's server, which is stored with the account.
pub(super) fn method(task: &Task, method: &str) -> Result<Url, UnreadableState> {
    let mut url = task.host.ok_or(UnreadableState::Lacks("the account's server"))?.clone();
    url.set_path(&format!("/xrpc/{method}"));
    Ok(url)
}

pub(super) fn get(task: &Task, name: &str, query: &[(&str, &str)]) -> Result<Request, UnreadableState> {
    let mut url = method(task, name)?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(request::get(&url)?)
}

/// <https://docs.bsky.app/docs/api/com-atproto-repo-get-record>
pub(super) fn get_record(task: &Task, collection: &str, rkey: &str) -> Result<Request, UnreadableState> {
    get(task, "com.atproto.repo.getRecord", &[("repo", task.user_id), ("collection", collection), ("rkey", rkey)])
}

/// <https://docs.bsky.app/docs/api/com-atproto-repo-put-record>
pub(super) fn put_record(
    task: &Task,
    collection: &str,
    rkey: &str,
    record: &Value,
) -> Result<Request, UnreadableState> {
    let body = json!({
        "repo": task.user_id,
        "collection": collection,
        "rkey": rkey,
        "record": record,
        // Only if the key is free: an equal record passes, and another one is never overwritten. `validate` is omitted: a
        // server that knows this schema validates by default.
        "swapRecord": null,
    });
    Ok(request::post(&method(task, "com.atproto.repo.putRecord")?, &body)?)
}

/// The body of a successful response, or the classified refusal.
pub(super) fn body<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status() != StatusCode::OK {
        return Err(refusal::classify(answer));
    }
    serde_json::from_slice(answer.body())
        .map_err(|_| Error::OutcomeUnknown("Bluesky's response does not have the documented shape".into()))
}
