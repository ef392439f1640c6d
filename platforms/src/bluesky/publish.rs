//! The steps of a post: resolve the mentioned handles, and write the record. If its key is taken, read the record there.

use std::{collections::BTreeMap, time::Duration};

use chrono::SecondsFormat;
use http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use super::{
    facets::{self, Feature},
    refusal, tid,
};
use crate::{
    Call, Category, Draft, Effect, Error, FaultCode, Found, Progress, Published, Request, Response, Task,
    UnreadableState, request,
    state::{restore, store},
};

const COLLECTION: &str = "app.bsky.feed.post";

const NO_HANDLE: UnreadableState = UnreadableState::Lacks("a handle that is left to resolve");

/// The state between two steps. Key and time never change once they are stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    rkey: String,
    created_at: String,
    phase: Phase,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Phase {
    /// The mentioned handles that are not resolved yet (the last one is next), and the DIDs found so far.
    Resolve { left: Vec<String>, dids: BTreeMap<String, String> },
    /// The record is complete. Every attempt sends exactly this record.
    Put { record: Value },
    /// The key is taken: compare the record under it with this one.
    Compare { record: Value },
}

pub(super) fn plan(draft: &Draft) -> Value {
    let mut left = Vec::new();
    for facet in facets::detect(draft.content.text) {
        if let Feature::Mention { handle } = facet.feature
            && !left.contains(&handle)
        {
            left.push(handle);
        }
    }
    left.reverse();
    let created_at = draft.now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let phase = next_phase(draft.content.text, &created_at, left, BTreeMap::new());
    store(State { rkey: tid::tid(draft.now, &draft.identity), created_at, phase })
}

/// Resolves the next handle, or writes the record if no handle is left.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
fn next_phase(content: &str, created_at: &str, left: Vec<String>, dids: BTreeMap<String, String>) -> Phase {
    if !left.is_empty() {
        return Phase::Resolve { left, dids };
    }
    let facets: Vec<Value> = facets::detect(content).iter().filter_map(|facet| facet.to_json(&dids)).collect();
    let mut record = json!({ "$type": COLLECTION, "text": content, "createdAt": created_at });
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    Phase::Put { record }
}

pub(super) fn step(task: &Task) -> Result<Call, UnreadableState> {
    let state = restore::<State>(task.state)?;
    Ok(match state.phase {
        Phase::Resolve { left, .. } => {
            let handle = left.last().ok_or(NO_HANDLE)?;
            let query = [("handle", handle.as_str())];
            Call::new(get(task, "com.atproto.identity.resolveHandle", &query)?, Effect::Prepare)
        }
        Phase::Put { record } => {
            let body = json!({
                "repo": task.user_id,
                "collection": COLLECTION,
                "rkey": state.rkey,
                "record": record,
                // Only if the key is free: an equal record passes, and another one is never overwritten. `validate` is
                // omitted: a server that knows this schema validates by default.
                "swapRecord": null,
            });
            let request = request::post(&xrpc(task, "com.atproto.repo.putRecord")?, &body)?;
            Call::new(request, Effect::Commit)
        }
        Phase::Compare { .. } => Call::new(get_record(task, &state.rkey)?, Effect::Confirm),
    })
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let State { rkey, created_at, phase } = restore::<State>(task.state)?;
    match phase {
        Phase::Resolve { mut left, mut dids } => {
            let handle = left.pop().ok_or(NO_HANDLE)?;
            if let Some(did) = resolved(answer)? {
                dids.insert(handle, did);
            }
            let phase = next_phase(task.content, &created_at, left, dids);
            Ok(Progress::Proceed(store(State { rkey, created_at, phase })))
        }
        Phase::Put { record } => {
            if answer.status() == StatusCode::BAD_REQUEST && refusal::name(answer) == "InvalidSwap" {
                let state = store(State { rkey, created_at, phase: Phase::Compare { record } });
                return Ok(Progress::Taken { after: Duration::ZERO, state });
            }
            let written: Written = body(answer)?;
            let published = published(task, &rkey);
            if Some(&written.uri) != published.platform_post_id.as_ref() {
                return Err(Error::OutcomeUnknown(
                    "the server names another record than the one that was written".into(),
                ));
            }
            Ok(Progress::Done(published))
        }
        Phase::Compare { record } => {
            let found = stored(answer)?.ok_or_else(|| {
                Error::OutcomeUnknown("the key was taken a moment ago, and now there is no record under it".into())
            })?;
            Ok(compare(task, &rkey, &record, &found))
        }
    }
}

/// Compares the record under the key with the one that was sent. Ours cannot be written while another one is there.
fn compare(task: &Task, rkey: &str, record: &Value, found: &Value) -> Progress {
    if found == record {
        return Progress::Done(published(task, rkey));
    }
    let message = "another record already has this post's key".into();
    Progress::Failed { code: FaultCode::RecordKeyTaken, message }
}

pub(super) fn read_back(task: &Task) -> Result<Request, UnreadableState> {
    get_record(task, &restore::<State>(task.state)?.rkey)
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Found, Error> {
    let State { rkey, created_at, phase } = restore::<State>(task.state)?;
    let (Phase::Put { record } | Phase::Compare { record }) = phase else {
        return Ok(Found::Missing { again: task.state.clone() });
    };
    Ok(match stored(answer)? {
        Some(found) => Found::Known(compare(task, &rkey, &record, &found)),
        None => Found::Missing { again: store(State { rkey, created_at, phase: Phase::Put { record } }) },
    })
}

#[derive(Deserialize)]
struct Written {
    uri: String,
}

/// The DID of a mentioned handle. A handle that does not resolve stays plain text and does not stop the post.
fn resolved(answer: &Response) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    match body::<Resolved>(answer) {
        Ok(Resolved { did }) => Ok(Some(did).filter(|did| is_did(did))),
        Err(Error::Rejected { code, .. }) if matches!(code.category(), Category::Content | Category::Platform) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// <https://atproto.com/specs/did#at-protocol-did-identifier-syntax>. The server refuses a record with an invalid DID.
fn is_did(text: &str) -> bool {
    let Some((method, id)) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) else { return false };
    text.len() <= 2048
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:%-".contains(&byte))
        && !id.is_empty()
        && !id.ends_with([':', '%'])
}

/// The record in a response to `getRecord`; `None` if there is no such record.
fn stored(answer: &Response) -> Result<Option<Value>, Error> {
    #[derive(Deserialize)]
    struct Record {
        value: Value,
    }
    if answer.status().is_client_error() && refusal::name(answer) == "RecordNotFound" {
        return Ok(None);
    }
    body::<Record>(answer).map(|record| Some(record.value))
}

/// The body of a successful response, or the classified refusal.
fn body<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if answer.status() != StatusCode::OK {
        return Err(refusal::classify(answer));
    }
    serde_json::from_slice(answer.body())
        .map_err(|_| Error::OutcomeUnknown("Bluesky's response does not have the documented shape".into()))
}

/// The address contains the DID, because the handle can change.
fn published(task: &Task, rkey: &str) -> Published {
    let did = task.user_id;
    Published {
        platform_post_id: Some(format!("at://{did}/{COLLECTION}/{rkey}")),
        url: Some(format!("https://bsky.app/profile/{did}/post/{rkey}")),
    }
}

/// <https://docs.bsky.app/docs/api/com-atproto-repo-get-record>
fn get_record(task: &Task, rkey: &str) -> Result<Request, UnreadableState> {
    let query = [("repo", task.user_id), ("collection", COLLECTION), ("rkey", rkey)];
    get(task, "com.atproto.repo.getRecord", &query)
}

fn get(task: &Task, method: &str, query: &[(&str, &str)]) -> Result<Request, UnreadableState> {
    let mut url = xrpc(task, method)?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(request::get(&url)?)
}

/// The address of a method at the account's server, which is stored with the account.
fn xrpc(task: &Task, method: &str) -> Result<Url, UnreadableState> {
    let mut url = task.host.ok_or(UnreadableState::Lacks("the account's server"))?.clone();
    url.set_path(&format!("/xrpc/{method}"));
    Ok(url)
}
