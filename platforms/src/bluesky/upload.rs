//! Uploads of files to the account's server, which keeps a file for minutes until a record refers to it.
//! <https://docs.bsky.app/docs/api/com-atproto-repo-upload-blob>

use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{refusal, xrpc};
use crate::{
    Call, Credential, Effect, Error, FaultCode, Frame, Response, Source, Task, UnreadableState, Upload, media::Format,
};

/// The longest CID and media type that is stored.
const MAX_NAME: usize = 256;

/// Sends a whole file to the account's server.
pub(super) fn step(task: &Task, source: Source, bytes: u64, format: Option<Format>) -> Result<Call, UnreadableState> {
    let url = xrpc::method(task, "com.atproto.repo.uploadBlob")?;
    Ok(send(url.as_str(), Credential::Grant, source, bytes, format)?)
}

/// A whole file as the body of a POST.
pub(super) fn send(
    url: &str,
    credential: Credential,
    source: Source,
    bytes: u64,
    format: Option<Format>,
) -> http::Result<Call> {
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(header::CONTENT_TYPE, format.map_or("application/octet-stream", Format::content_type))
        .header(header::CONTENT_LENGTH, bytes)
        .body(Bytes::new())?;
    let upload = Upload { source, range: 0..bytes, total: bytes, frame: Frame::default() };
    // Nobody sees a file that no record refers to.
    Ok(Call { request, effect: Effect::Prepare, credential, upload: Some(upload) })
}

/// The reference to the uploaded file.
pub(super) fn read(answer: &Response) -> Result<Value, Error> {
    #[derive(Deserialize)]
    struct Uploaded {
        blob: Value,
    }
    let status = answer.status();
    if refusal::lacks_scope(answer) {
        let message = "the connection does not permit uploads: it was made before Onbehalf asked for them".into();
        return Err(Error::Rejected { code: FaultCode::ScopeMissing, message });
    }
    match xrpc::body::<Uploaded>(answer) {
        Ok(Uploaded { blob }) => reference(&blob)
            .ok_or_else(|| Error::OutcomeUnknown("Bluesky's response does not name the uploaded file".into())),
        Err(Error::Rejected { code: FaultCode::ContentRefused, message }) => {
            let too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
            let code = if too_large { FaultCode::MediaTooLarge } else { FaultCode::MediaRefused };
            Err(Error::Rejected { code, message })
        }
        Err(error) => Err(error),
    }
}

/// A reference to a file as a record has it, without anything else that a server says.
/// <https://atproto.com/specs/data-model#blob-type>
pub(super) fn reference(blob: &Value) -> Option<Value> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Blob {
        #[serde(rename = "$type")]
        kind: String,
        r#ref: Link,
        mime_type: String,
        size: u64,
    }
    #[derive(Deserialize)]
    struct Link {
        #[serde(rename = "$link")]
        link: String,
    }
    let Blob { kind, r#ref: Link { link }, mime_type, size } = Blob::deserialize(blob).ok()?;
    let is_short = link.len() <= MAX_NAME && mime_type.len() <= MAX_NAME;
    (kind == "blob" && is_short)
        .then(|| json!({ "$type": "blob", "ref": { "$link": link }, "mimeType": mime_type, "size": size }))
}
