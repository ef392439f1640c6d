//! `PUT` to an upload URL: the chunks of a video, strictly in order and of the announced sizes. The
//! last one publishes it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};

use super::{
    account::{Account, Behavior},
    answer, post,
    publishing::{self, Content, Publishing, Upload},
};
use crate::{
    Answer, Sandbox,
    fields::Fields,
    media::kind::{Kind, kind},
    once,
    reply::{Reply, Stop, stop},
    secret,
    store::{Committed, Error, Update, Value, Write, number},
};

/// How long an upload URL is good, in milliseconds.
const LIFETIME: i64 = 60 * 60 * 1000;
const TYPES: &[&str] = &["video/mp4", "video/quicktime", "video/webm"];

pub(crate) async fn put(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let (before, upload) = task(sandbox, request).await?;
    if (sandbox.clock)().timestamp_millis() >= before.started_at + LIFETIME {
        return refuse(sandbox, StatusCode::FORBIDDEN, "The upload_url has expired");
    }
    let (first, last, total) = range(sandbox, request)?;
    let index = u64::try_from(before.digests.len()).unwrap_or_default();
    let plan = upload.plan;
    let out_of_range = |chunks| stop(unsatisfiable(sandbox, plan.received(chunks), plan.size)?);
    if total != plan.size || plan.range(index) != Some((first, last)) {
        return out_of_range(index);
    }
    let complete = index + 1 == plan.count;
    let after = taken(sandbox, &before, request.body(), complete);
    if let Committed::Refused = keep(sandbox, &after, index).await? {
        // Another request has brought this chunk meanwhile.
        return out_of_range(index + 1);
    }
    if lost(sandbox, &before.account, index, complete).await? {
        return Ok(Answer::Lost);
    }
    let status = if complete { StatusCode::CREATED } else { StatusCode::PARTIAL_CONTENT };
    let mut reply = Reply::new(Bytes::new());
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(header::CONTENT_RANGE, HeaderValue::try_from(format!("bytes 0-{last}/{total}")).map_err(Error::from)?);
    Ok(reply.into())
}

/// The upload that the URL stands for.
async fn task(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<(Publishing, Upload), Stop> {
    let query = request.uri().query().unwrap_or_default();
    let fields = Fields::read(query.as_bytes()).ok();
    let parameter = |name| fields.as_ref().and_then(|fields| fields.get(name)).unwrap_or_default();
    let found = sandbox.store.get::<Publishing>(publishing::key(parameter("upload_id"))).await?;
    if let Some(publishing) = found
        && let Content::Upload(upload) = publishing.content.clone()
        && upload.token == secret::fingerprint(parameter("upload_token"))
    {
        return Ok((publishing, upload));
    }
    refuse(sandbox, StatusCode::NOT_FOUND, "There is no upload task for this upload_url")
}

/// First byte, last byte and total of a request whose headers tell the truth about its body.
fn range(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<(u64, u64, u64), Stop> {
    let bad = |message| refuse(sandbox, StatusCode::BAD_REQUEST, message);
    let headers = request.headers();
    if !TYPES.contains(&text(headers, header::CONTENT_TYPE)) {
        return bad("Content-Type is not one of video/mp4, video/quicktime, video/webm");
    }
    let bytes = u64::try_from(request.body().len()).unwrap_or_default();
    if text(headers, header::CONTENT_LENGTH).parse() != Ok(bytes) {
        return bad("Content-Length does not match the body");
    }
    let Some((first, last, total)) = content_range(text(headers, header::CONTENT_RANGE)) else {
        return bad("Content-Range is not of the form bytes {FIRST_BYTE}-{LAST_BYTE}/{TOTAL_BYTE_LENGTH}");
    };
    if last.checked_sub(first).and_then(|span| span.checked_add(1)) != Some(bytes) {
        return bad("Content-Range does not match the body");
    }
    Ok((first, last, total))
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn content_range(header: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}

/// The post with this chunk.
fn taken(sandbox: &Sandbox, before: &Publishing, chunk: &[u8], complete: bool) -> Publishing {
    let mut after = before.clone();
    if before.digests.is_empty() && !kind(chunk).is_some_and(Kind::is_video) {
        after.fail_reason = Some("file_format_check_failed".to_owned());
    }
    after.digests.push(secret::fingerprint(chunk));
    after.received_at = complete.then(|| (sandbox.clock)().timestamp_millis());
    after
}

async fn keep(sandbox: &Sandbox, after: &Publishing, index: u64) -> Result<Committed, Error> {
    let nothing = || Value::Null(true);
    let digest = after.digests.last().cloned().unwrap_or_default();
    // Of the same chunk twice at once, only one finds its place still free.
    let update = Update::new(
        publishing::key(after.upload_id()),
        "SET #digests = list_append(#digests, :digest), #fail_reason = :reason, #received_at = :at",
    )
    .only_if("size(#digests) = :index")
    .with(":digest", Value::L(vec![Value::S(digest)]))
    .with(":reason", after.fail_reason.clone().map_or_else(nothing, Value::S))
    .with(":at", after.received_at.map_or_else(nothing, number))
    .with(":index", number(i64::try_from(index).unwrap_or(i64::MAX)));
    let mut writes: Vec<Write> = vec![update.into()];
    if after.received_at.is_some() {
        writes.extend(post::shown(after)?);
    }
    sandbox.store.commit(writes).await
}

/// Whether the connection breaks before the answer.
async fn lost(sandbox: &Sandbox, account: &str, index: u64, complete: bool) -> Result<bool, Error> {
    let Some(account) = Account::by_id(account) else {
        return Ok(false);
    };
    match account.behavior {
        Behavior::AnswerLost => Ok(complete),
        Behavior::ChunkLostOnce if index == 1 || (index == 0 && complete) => {
            Ok(once::mark(sandbox, account, once::LOST_CHUNK).await?.first)
        }
        _ => Ok(false),
    }
}

fn refuse<T>(sandbox: &Sandbox, status: StatusCode, message: &str) -> Result<T, Stop> {
    stop(answer::refusal_with(sandbox, status, "invalid_file_upload", message)?)
}

/// 416, with the progress so far.
fn unsatisfiable(sandbox: &Sandbox, received: u64, total: u64) -> Result<Reply, Error> {
    let message = "Content-Range does not reflect the upload progress";
    let mut reply = answer::refusal_with(sandbox, StatusCode::RANGE_NOT_SATISFIABLE, "invalid_file_upload", message)?;
    let progress = match received.checked_sub(1) {
        Some(last) => format!("bytes 0-{last}/{total}"),
        None => format!("bytes */{total}"),
    };
    reply.headers_mut().insert(header::CONTENT_RANGE, HeaderValue::try_from(progress)?);
    Ok(reply)
}
