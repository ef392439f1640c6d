//! The steps of a post: for each file, begin an upload, send it piece by piece, complete it, poll until X has processed it,
//! and describe it; then publish the post with the uploads.

use std::{fmt::Write, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    post, problem,
    upload::{self, Told},
};
use crate::{
    Call, Draft, Effect, Error, FaultCode, Progress, Response, Task, UnreadableState,
    media::{Format, Kind},
    state::{restore, store},
};

/// The least waits between two polls, in seconds; then a minute.
const POLL_WAITS: [u64; 6] = [1, 2, 5, 10, 20, 30];
/// The longest wait between two polls, in seconds, whatever X asks for.
const LONGEST_WAIT: u64 = 300;
/// After this many polls of an upload, about 25 minutes or more, it is given up.
const MAX_POLLS: usize = 30;
/// How often an upload that failed or was lost is begun again.
const MAX_RESTARTS: u8 = 3;

const NO_FILE: UnreadableState = UnreadableState::Lacks("a file that is left to upload");

/// The state between two steps. A post without media has none.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// Separates the parts of a form. A file contains it only if the agency put it there, and then spoils its own upload.
    boundary: String,
    files: Vec<File>,
    /// The ids of the uploads that are ready, in the order of the files.
    made: Vec<String>,
    restarts: u8,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct File {
    format: Format,
    bytes: u64,
}

/// What is done with the first file that is not ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Phase {
    Initialize,
    /// Send a piece.
    Append {
        id: String,
        piece: u64,
    },
    Finalize {
        id: String,
    },
    /// Poll until it is processed.
    Status {
        id: String,
        polls: usize,
    },
    /// Set the alternative text.
    Describe {
        id: String,
    },
    /// All files are ready: publish.
    Post,
}

pub(super) fn plan(draft: &Draft) -> Value {
    if draft.content.media.is_empty() {
        return Value::Null;
    }
    let file = |facts: &crate::media::Facts| File {
        format: facts.format.unwrap_or(Format::Jpeg),
        bytes: facts.bytes.unwrap_or_default(),
    };
    let mut boundary = String::with_capacity(2 * draft.identity.len());
    for byte in draft.identity {
        let _ = write!(boundary, "{byte:02x}");
    }
    let files = draft.content.media.iter().map(file).collect();
    store(State { boundary, files, made: Vec::new(), restarts: 0, phase: Phase::Initialize })
}

/// The ids of the uploads that the post was published with.
pub(super) fn media(task: &Task) -> Result<Vec<String>, UnreadableState> {
    Ok(restore::<Option<State>>(task.state)?.map(|state| state.made).unwrap_or_default())
}

pub(super) fn step(task: &Task) -> Result<Call, UnreadableState> {
    let Some(state) = restore::<Option<State>>(task.state)? else {
        return Ok(Call::new(post::request(task, &[])?, Effect::Commit));
    };
    let request = match &state.phase {
        Phase::Initialize => {
            let File { format, bytes } = state.file()?;
            upload::initialize(task, format, bytes)
        }
        Phase::Append { id, piece } => {
            let total = state.file()?.bytes;
            return Ok(upload::append(task, id, (state.made.len(), *piece, total), &state.boundary)?);
        }
        Phase::Finalize { id } => upload::finalize(task, id),
        Phase::Status { id, .. } => upload::status(task, id),
        Phase::Describe { id } => {
            let text = state.alt_text(task).ok_or(UnreadableState::Lacks("an alternative text"))?;
            upload::describe(task, id, text)
        }
        Phase::Post => return Ok(Call::new(post::request(task, &state.made)?, Effect::Commit)),
    };
    Ok(Call::new(request?, Effect::Prepare))
}

pub(super) fn read(task: &Task, answer: &Response) -> Result<Progress, Error> {
    let Some(state) = restore::<Option<State>>(task.state)? else {
        return post::read(task, answer).map(Progress::Done);
    };
    let told = match state.phase.clone() {
        Phase::Initialize => return Ok(state.then(Phase::Append { id: upload::begun(answer)?, piece: 0 })),
        Phase::Append { id, piece } => match upload::taken(answer)? {
            Told::Ready if piece + 1 < upload::pieces(state.file()?.bytes) => {
                return Ok(state.then(Phase::Append { id, piece: piece + 1 }));
            }
            Told::Ready => return Ok(state.then(Phase::Finalize { id })),
            told => (told, id, 0),
        },
        Phase::Finalize { id } => (upload::told(answer)?, id, 0),
        Phase::Status { id, polls } => (upload::told(answer)?, id, polls),
        Phase::Describe { id } => match upload::taken(answer)? {
            Told::Ready => return Ok(state.next_file(id)),
            told => (told, id, 0),
        },
        Phase::Post if problem::is_about_media(answer) => {
            return State { made: Vec::new(), ..state }.restart(problem::message(answer));
        }
        Phase::Post => return post::read(task, answer).map(Progress::Done),
    };
    match told {
        (Told::Ready, id, _) if state.alt_text(task).is_some() => Ok(state.then(Phase::Describe { id })),
        (Told::Ready, id, _) => Ok(state.next_file(id)),
        (Told::Processing(seconds), id, polls) => state.poll(id, polls, seconds),
        (Told::Failed(Some(message)), ..) => Err(Error::Rejected { code: FaultCode::MediaRefused, message }),
        (Told::Failed(None), ..) => state.restart("X could not process the media".into()),
        (Told::Gone(message), ..) => state.restart(message),
    }
}

impl State {
    /// The first file that is not ready.
    fn file(&self) -> Result<File, UnreadableState> {
        self.files.get(self.made.len()).copied().ok_or(NO_FILE)
    }

    /// The alternative text of the first file that is not ready. X takes none for a video.
    fn alt_text<'t>(&self, task: &Task<'t>) -> Option<&'t str> {
        let n = self.made.len();
        self.files.get(n).filter(|file| file.format.kind() == Kind::Image)?;
        task.media.get(n)?.alt_text.as_deref()
    }

    fn then(self, phase: Phase) -> Progress {
        Progress::Proceed(store(Self { phase, ..self }))
    }

    fn next_file(mut self, ready: String) -> Progress {
        self.made.push(ready);
        let phase = if self.made.len() < self.files.len() { Phase::Initialize } else { Phase::Post };
        self.then(phase)
    }

    fn poll(self, id: String, polls: usize, seconds: u64) -> Result<Progress, Error> {
        if polls >= MAX_POLLS {
            let message = "X did not process the media in time".into();
            return Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message });
        }
        let least = POLL_WAITS.get(polls).copied().unwrap_or(60);
        let after = Duration::from_secs(seconds.max(least).min(LONGEST_WAIT));
        Ok(Progress::Wait { after, state: store(Self { phase: Phase::Status { id, polls: polls + 1 }, ..self }) })
    }

    /// Begins the upload of the first file that is not ready once more: nothing became visible.
    fn restart(self, message: String) -> Result<Progress, Error> {
        if self.restarts == MAX_RESTARTS {
            return Err(Error::Rejected { code: FaultCode::MediaNotProcessed, message });
        }
        let restarts = self.restarts + 1;
        Ok(Self { restarts, ..self }.then(Phase::Initialize))
    }
}
