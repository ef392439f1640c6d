//! The upload of one file: the requests, and what X answers.
//! <https://docs.x.com/x-api/media/quickstart/media-upload-chunked>

use std::ops::Range;

use bytes::Bytes;
use http::{Method, header};
use serde::Deserialize;
use serde_json::json;

use super::{
    is_id,
    problem::{self, Problem},
};
use crate::{
    Call, Credential, Effect, Error, FaultCode, Frame, Request, Response, Source, Task, Upload,
    media::{Format, Kind},
    request,
};

const UPLOAD: &str = "https://api.x.com/2/media/upload";

/// The size of all pieces but the last, in bytes. X takes at most 5 MB in a piece and at most 1000 pieces.
const PIECE: u64 = 4 * 1024 * 1024;

pub(super) fn initialize(task: &Task, format: Format, bytes: u64) -> http::Result<Request> {
    let category = match format {
        Format::Gif => "tweet_gif",
        format if format.kind() == Kind::Video => "tweet_video",
        _ => "tweet_image",
    };
    let body = json!({ "media_type": format.content_type(), "total_bytes": bytes, "media_category": category });
    request::post(&task.endpoints.url(&format!("{UPLOAD}/initialize")), &body)
}

/// The number of pieces of a file.
pub(super) const fn pieces(total: u64) -> u64 {
    total.div_ceil(PIECE)
}

const fn range(piece: u64, total: u64) -> Range<u64> {
    let start = piece * PIECE;
    if start + PIECE < total { start..start + PIECE } else { start..total }
}

/// Sends a piece of the post's medium `n` as a form. A piece that is sent again replaces itself.
pub(super) fn append(
    task: &Task,
    id: &str,
    (n, piece, total): (usize, u64, u64),
    boundary: &str,
) -> http::Result<Call> {
    let part = |disposition: &str| format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n");
    let index = part("name=\"segment_index\"");
    let media = part("name=\"media\"; filename=\"media\"");
    let before = format!("{index}\r\n{piece}\r\n{media}Content-Type: application/octet-stream\r\n\r\n");
    let frame = Frame { before: before.into(), after: format!("\r\n--{boundary}--\r\n").into() };
    let range = range(piece, total);
    let length = range.end - range.start;
    let framed = u64::try_from(frame.before.len() + frame.after.len()).unwrap_or_default();
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(task.endpoints.url(&format!("{UPLOAD}/{id}/append")).as_str())
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
        .header(header::CONTENT_LENGTH, length + framed)
        .body(Bytes::new())?;
    let upload = Upload { source: Source::Media(n), range, total, frame };
    Ok(Call { request, effect: Effect::Prepare, credential: Credential::Grant, upload: Some(upload) })
}

pub(super) fn finalize(task: &Task, id: &str) -> http::Result<Request> {
    http::Request::post(task.endpoints.url(&format!("{UPLOAD}/{id}/finalize")).as_str()).body(Bytes::new())
}

pub(super) fn status(task: &Task, id: &str) -> http::Result<Request> {
    let mut url = task.endpoints.url(UPLOAD);
    url.query_pairs_mut().append_pair("command", "STATUS").append_pair("media_id", id);
    request::get(&url)
}

/// <https://docs.x.com/x-api/media/create-media-metadata>
pub(super) fn describe(task: &Task, id: &str, text: &str) -> http::Result<Request> {
    let body = json!({ "id": id, "metadata": { "alt_text": { "text": text } } });
    request::post(&task.endpoints.url("https://api.x.com/2/media/metadata"), &body)
}

/// What X says of an upload.
pub(super) enum Told {
    /// The file is not ready. Ask again after so many seconds.
    Processing(u64),
    Ready,
    /// X cannot process the file, with its reason if it gives one.
    Failed(Option<String>),
    /// X does not know the upload, or no longer, or lacks a part of the file.
    Gone(String),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    data: Option<Medium>,
    errors: Vec<Problem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Medium {
    id: String,
    processing_info: Option<Processing>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Processing {
    state: String,
    check_after_secs: u64,
    error: Option<Problem>,
}

/// The id of a new upload.
///
/// # Errors
/// X refused the file: no upload can begin.
pub(super) fn begun(answer: &Response) -> Result<String, Error> {
    let data = match tell(answer)? {
        Ok(data) => data,
        Err(message) => return Err(Error::Rejected { code: FaultCode::MediaRefused, message }),
    };
    match data {
        Some(Medium { id, .. }) if is_id(&id) => Ok(id),
        _ => Err(unreadable()),
    }
}

/// Reads the answer to `append` and to the alternative text, whose bodies say nothing.
pub(super) fn taken(answer: &Response) -> Result<Told, Error> {
    if answer.status().is_success() {
        return Ok(Told::Ready);
    }
    Ok(tell(answer)?.map_or_else(Told::Gone, |_| Told::Ready))
}

/// Reads the answer to `finalize` and to the status.
pub(super) fn told(answer: &Response) -> Result<Told, Error> {
    let info = match tell(answer)? {
        Ok(Some(medium)) => medium.processing_info,
        Ok(None) => return Err(unreadable()),
        Err(message) => return Ok(Told::Gone(message)),
    };
    let Some(info) = info else { return Ok(Told::Ready) };
    match info.state.as_str() {
        "succeeded" => Ok(Told::Ready),
        "pending" | "in_progress" => Ok(Told::Processing(info.check_after_secs)),
        "failed" => Ok(Told::Failed(info.error.and_then(Problem::into_reason))),
        _ => Err(Error::OutcomeUnknown("an upload has an undocumented state".into())),
    }
}

/// The data in an answer, or why X does not work with this upload.
fn tell(answer: &Response) -> Result<Result<Option<Medium>, String>, Error> {
    match answer.status().as_u16() {
        200..=299 => {
            let Answer { data, errors } = serde_json::from_slice(answer.body()).map_err(|_| unreadable())?;
            match errors.into_iter().find_map(Problem::into_reason) {
                Some(reason) if data.is_none() => Ok(Err(reason)),
                _ => Ok(Ok(data)),
            }
        }
        400 | 404 | 409 | 410 => Ok(Err(problem::message(answer))),
        413 => Err(Error::Rejected { code: FaultCode::MediaTooLarge, message: problem::message(answer) }),
        _ => Err(match problem::classify(answer) {
            // X names no reason. An account that may post and may not upload lacks the scope for it.
            Error::Rejected { code: FaultCode::NotPermitted, message } => {
                Error::Rejected { code: FaultCode::ScopeMissing, message }
            }
            error => error,
        }),
    }
}

fn unreadable() -> Error {
    Error::OutcomeUnknown("X's answer about an upload does not have the documented shape".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn pieces_have_sizes_that_x_accepts() {
        for total in [1, PIECE - 1, PIECE, PIECE + 1, 5 * MB, 512 * MB, 3900 * MB] {
            let count = pieces(total);
            assert!((1..=1000).contains(&count), "{total}: {count} pieces");
            let mut end = 0;
            for n in 0..count {
                let piece = range(n, total);
                assert_eq!(piece.start, end);
                assert!(piece.end > piece.start && piece.end - piece.start <= 5 * MB);
                end = piece.end;
            }
            assert_eq!(end, total, "the whole file and no more");
        }
    }
}
