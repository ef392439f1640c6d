//! The steps of a post: resolve the mentioned handles, read the page of its link, upload its files, and write the record. If
//! its key is taken, read the record there. Nothing is visible before the record is written.

use std::time::Duration;

use chrono::SecondsFormat;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{
    card::{self, Reading},
    mention,
    record::{self, POST, THREADGATE, Written},
    refusal,
    state::{Parts, Phase, State},
    tid, upload,
    video::{self, Processing},
    xrpc,
};
use crate::{
    Call, Draft, Effect, Error, FaultCode, Found, Progress, Published, Request, Response, Source, Task,
    UnreadableState,
    state::{restore, store},
};

/// How often files are uploaded again that the server had dropped.
const MAX_DROPPED: u8 = 3;

const NO_FILE: UnreadableState = UnreadableState::Lacks("a file that is left to upload");
const NO_CARD: UnreadableState = UnreadableState::Lacks("the card of the link");

pub(super) fn plan(draft: &Draft) -> Value {
    let created_at = draft.now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let rkey = tid::tid(draft.now, &draft.identity);
    let parts = Parts { files: draft.content.media.to_vec(), ..Parts::default() };
    let mut state = State { rkey, created_at, phase: Phase::Upload, parts, sent: None };
    // Without files, the record has no descriptions of them.
    let written = Written { content: draft.content.text, media: &[], options: draft.content.options };
    state.phase = mention::resolve(draft.content.text).unwrap_or_else(|| after_mentions(written, &state));
    store(state)
}

/// Reads the page of the link of a post without files.
fn after_mentions(written: Written, state: &State) -> Phase {
    let link = if state.parts.files.is_empty() { card::link(written.content, written.options) } else { None };
    match link.and_then(|link| card::address(&link)) {
        Some(url) => Phase::Page { url, redirects: 0 },
        None => prepared(written, state),
    }
}

/// Uploads the next file, or writes the record if no file is left.
fn prepared(written: Written, State { created_at, parts, .. }: &State) -> Phase {
    let left = parts.files.len() > parts.blobs.len();
    match &parts.card {
        _ if left && parts.is_video() && !parts.unprocessed => Phase::Video,
        _ if left => Phase::Upload,
        Some(card) if card.has_picture() && card.thumb.is_none() => Phase::Thumb,
        _ => Phase::Put { record: record::post(written, created_at, parts) },
    }
}

pub(super) fn step(task: &Task) -> Result<Call, UnreadableState> {
    let State { rkey, created_at, phase, parts, .. } = restore::<State>(task.state)?;
    match phase {
        Phase::Resolve { left, .. } => mention::step(task, &left),
        Phase::Page { url, .. } => card::ask(Method::GET, &url),
        Phase::Picture { url, .. } => card::ask(Method::HEAD, &url),
        Phase::Thumb => parts.card.ok_or(NO_CARD)?.upload(task),
        Phase::Upload => {
            let next = parts.blobs.len();
            let facts = parts.files.get(next).ok_or(NO_FILE)?;
            upload::step(task, Source::Media(next), facts.bytes.unwrap_or_default(), facts.format)
        }
        Phase::Video => video::step(task, parts.files.first().ok_or(NO_FILE)?),
        Phase::Job { id, .. } => video::ask(task, &id),
        Phase::Put { record } => Ok(Call::new(xrpc::put_record(task, POST, &rkey, &record)?, Effect::Commit)),
        Phase::Compare { .. } => Ok(Call::new(xrpc::get_record(task, POST, &rkey)?, Effect::Confirm)),
        Phase::Gate => {
            let gate = gate(task, &rkey, &created_at).ok_or(UnreadableState::Lacks("who may reply"))?;
            // Written again, it is the same record. What becomes of it changes nothing about the post.
            Ok(Call::new(xrpc::put_record(task, THREADGATE, &rkey, &gate)?, Effect::Confirm))
        }
    }
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let mut state = restore::<State>(task.state)?;
    let written = Written { content: task.content, media: task.media, options: task.options };
    let phase = std::mem::replace(&mut state.phase, Phase::Upload);
    state.phase = match phase {
        Phase::Resolve { mut left, mut dids } => {
            let handle = left.pop().ok_or(mention::NO_HANDLE)?;
            if let Some(did) = mention::resolved(answer)? {
                dids.insert(handle, did);
            }
            if left.is_empty() {
                state.parts.dids = dids;
                after_mentions(written, &state)
            } else {
                Phase::Resolve { left, dids }
            }
        }
        Phase::Page { url, redirects } => {
            let link = card::link(task.content, task.options).unwrap_or_default();
            match card::read_page(&link, &url, redirects, answer) {
                Reading::Redirect(url) => Phase::Page { url, redirects: redirects + 1 },
                Reading::Read((card, picture)) => {
                    state.parts.card = Some(card);
                    picture.map_or_else(|| prepared(written, &state), |url| Phase::Picture { url, redirects: 0 })
                }
                Reading::Nothing => prepared(written, &state),
            }
        }
        Phase::Picture { url, redirects } => {
            let card = state.parts.card.as_mut().ok_or(NO_CARD)?;
            match card::read_picture(card, &url, redirects, answer) {
                Reading::Redirect(url) => Phase::Picture { url, redirects: redirects + 1 },
                Reading::Read(()) | Reading::Nothing => prepared(written, &state),
            }
        }
        Phase::Thumb => {
            state.parts.card.as_mut().ok_or(NO_CARD)?.uploaded(answer);
            prepared(written, &state)
        }
        Phase::Upload => {
            state.parts.blobs.push(upload::read(answer)?);
            prepared(written, &state)
        }
        Phase::Video => match video::sent(answer)? {
            Some(id) => {
                state.phase = Phase::Job { id, polls: 1 };
                return Ok(Progress::Wait { after: video::wait(0), state: store(state) });
            }
            None => unprocessed(written, &mut state),
        },
        Phase::Job { id, polls } => match video::processing(answer, polls)? {
            Processing::Running(after) => {
                state.phase = Phase::Job { id, polls: polls + 1 };
                return Ok(Progress::Wait { after, state: store(state) });
            }
            Processing::Done(blob) => {
                state.parts.blobs.push(blob);
                prepared(written, &state)
            }
            Processing::Unknown => unprocessed(written, &mut state),
        },
        Phase::Put { record } => return put(task, written, state, record, answer),
        Phase::Compare { record } => {
            let found = stored(answer)?.ok_or_else(|| {
                Error::OutcomeUnknown("the key was taken a moment ago, and now there is no record under it".into())
            })?;
            return Ok(compare(task, state, &record, &found));
        }
        Phase::Gate => {
            // A refusal cannot be mended here. A token that has ended can.
            return match xrpc::body::<Value>(answer) {
                Err(error @ (Error::RateLimited { .. } | Error::OutcomeUnknown(_))) => Err(error),
                Err(error @ Error::Reconnect(_)) if !refusal::lacks_scope(answer) => Err(error),
                _ => Ok(Progress::Done(published(task, &state.rkey))),
            };
        }
    };
    Ok(Progress::Proceed(store(state)))
}

/// The video goes to the account's server as it is.
fn unprocessed(written: Written, state: &mut State) -> Phase {
    state.parts.unprocessed = true;
    prepared(written, state)
}

/// The answer to the record.
fn put(task: &Task, written: Written, mut state: State, record: Value, answer: &Response) -> Result<Progress, Error> {
    #[derive(Deserialize)]
    struct Put {
        uri: String,
    }
    if answer.status() == StatusCode::BAD_REQUEST {
        match refusal::name(answer).as_str() {
            "InvalidSwap" => {
                state.phase = Phase::Compare { record };
                return Ok(Progress::Taken { after: Duration::ZERO, state: store(state) });
            }
            // The server keeps a file for minutes. Nothing was written, and nothing can be until these files are there again.
            // A reference is made from the content, so the record stays as it is.
            "BlobNotFound" if state.parts.dropped < MAX_DROPPED => {
                state.sent.get_or_insert(record);
                state.parts.dropped += 1;
                state.parts.blobs.clear();
                if let Some(card) = &mut state.parts.card {
                    card.thumb = None;
                }
                // The service does not upload a video again that it has processed.
                state.parts.unprocessed = true;
                state.phase = prepared(written, &state);
                return Ok(Progress::Proceed(store(state)));
            }
            "BlobNotFound" => {
                let message = "Bluesky dropped the files several times before the post arrived".into();
                return Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message });
            }
            _ => {}
        }
    }
    let Put { uri } = xrpc::body(answer)?;
    if Some(&uri) != published(task, &state.rkey).platform_post_id.as_ref() {
        return Err(Error::OutcomeUnknown("the server names another record than the one that was written".into()));
    }
    Ok(public(task, state))
}

/// Compares the record under the key with the one that was sent. Ours cannot be written while another one is there.
fn compare(task: &Task, state: State, record: &Value, found: &Value) -> Progress {
    if found == record || Some(found) == state.sent.as_ref() {
        return public(task, state);
    }
    let message = "another record already has this post's key".into();
    Progress::Failed { code: FaultCode::RecordKeyTaken, message }
}

/// The post is public. Who may reply to it is still to be written, if not everybody may.
fn public(task: &Task, state: State) -> Progress {
    let published = published(task, &state.rkey);
    if gate(task, &state.rkey, &state.created_at).is_none() {
        return Progress::Done(published);
    }
    let state = store(State { phase: Phase::Gate, ..state });
    Progress::Visible { published, after: Duration::ZERO, state }
}

fn gate(task: &Task, rkey: &str, created_at: &str) -> Option<Value> {
    let uri = published(task, rkey).platform_post_id?;
    record::threadgate(task.options, &uri, created_at)
}

pub(super) fn read_back(task: &Task) -> Result<Request, UnreadableState> {
    xrpc::get_record(task, POST, &restore::<State>(task.state)?.rkey)
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Found, Error> {
    let mut state = restore::<State>(task.state)?;
    let (record, again) = match (&state.phase, &state.sent) {
        (Phase::Put { record }, _) => (record.clone(), None),
        (Phase::Compare { record }, _) => (record.clone(), Some(Phase::Put { record: record.clone() })),
        // The files of an earlier attempt are being uploaded again.
        (_, Some(sent)) => (sent.clone(), None),
        (_, None) => return Ok(Found::Missing { again: task.state.clone() }),
    };
    if let Some(found) = stored(answer)? {
        return Ok(Found::Known(compare(task, state, &record, &found)));
    }
    Ok(Found::Missing {
        again: match again {
            Some(phase) => {
                state.phase = phase;
                store(state)
            }
            None => task.state.clone(),
        },
    })
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
    xrpc::body::<Record>(answer).map(|record| Some(record.value))
}

/// The address contains the DID, because the handle can change.
fn published(task: &Task, rkey: &str) -> Published {
    let did = task.user_id;
    Published {
        platform_post_id: Some(format!("at://{did}/{POST}/{rkey}")),
        url: Some(format!("https://bsky.app/profile/{did}/post/{rkey}")),
    }
}
