//! `PUT` to an upload URL: one chunk of a video. Chunks arrive in order, with the announced sizes. The last one
//! publishes the post.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};

use super::{
    account::loses_last_answer,
    answer, film, post,
    publishing::{self, Content, Publishing, Upload},
    spec::SPEC,
};
use crate::{
    account::Account,
    answer::Answer,
    behavior::Behavior,
    context::Context,
    error::Error,
    fields::Fields,
    first_time,
    media::format::{Format, sniff},
    reply::{Reply, Stop, stop},
    secret,
    store::{Committed, Update, Value, Write, number},
};

/// How long an upload URL is valid, in milliseconds.
const LIFETIME: i64 = 60 * 60 * 1000;
const TYPES: &[&str] = &["video/mp4", "video/quicktime", "video/webm"];

pub(crate) async fn put(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let (before, upload) = find(context, request).await?;
    if context.now().timestamp_millis() >= before.started_at + LIFETIME {
        return refuse(context, StatusCode::FORBIDDEN, "The upload_url has expired");
    }
    let (first, last, total) = range(context, request)?;
    let index = u64::try_from(before.digests.len()).unwrap_or_default();
    let plan = upload.plan;
    let out_of_range = |chunks| stop(unsatisfiable(context, plan.received(chunks), plan.size)?);
    let Some(account) = SPEC.account_by_id(&before.account) else {
        return unknown(context);
    };
    let is_last = total == plan.size && plan.range(plan.count - 1) == Some((first, last));
    if is_last && let Some(answer) = repeated(context, &before, account).await? {
        return Ok(answer);
    }
    if total != plan.size || plan.range(index) != Some((first, last)) {
        return out_of_range(index);
    }
    let complete = index + 1 == plan.count;
    let after = with_chunk(context, &before, request.body(), complete, account);
    if let Committed::ConditionFailed = store(context, &after, index).await? {
        // A concurrent request stored this chunk.
        return out_of_range(index + 1);
    }
    if loses_answer(context, account, index, complete).await? {
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

/// The upload of the URL.
async fn find(context: &Context, request: &Request<Bytes>) -> Result<(Publishing, Upload), Stop> {
    let query = request.uri().query().unwrap_or_default();
    let fields = Fields::read(query.as_bytes()).ok();
    let parameter = |name| fields.as_ref().and_then(|fields| fields.get(name)).unwrap_or_default();
    let found = context.store.get::<Publishing>(publishing::key(parameter("upload_id"))).await?;
    if let Some(publishing) = found
        && let Content::Upload(upload) = publishing.content.clone()
        && upload.token == secret::fingerprint(parameter("upload_token"))
    {
        return Ok((publishing, upload));
    }
    unknown(context)
}

/// What the account answers to the last chunk of a post that it has already received; `None` for the usual answer.
async fn repeated(context: &Context, before: &Publishing, account: &Account) -> Result<Option<Answer>, Stop> {
    let now = context.now().timestamp_millis();
    let Some(received_at) = before.received_at else {
        return Ok(None);
    };
    match account.behavior {
        Behavior::RepetitionNotFound => unknown(context),
        Behavior::LandsTwice => {
            let second = before.again(now)?;
            let mut writes = post::writes(&second)?;
            writes.push(Write::put(publishing::key(second.upload_id()), &second)?);
            context.store.commit(writes).await?;
            Ok(Some(Answer::Lost))
        }
        Behavior::LandsLate if received_at > now => Ok(Some(Answer::Lost)),
        _ => Ok(None),
    }
}

fn unknown<T>(context: &Context) -> Result<T, Stop> {
    refuse(context, StatusCode::NOT_FOUND, "There is no upload task for this upload_url")
}

/// First byte, last byte and total size, if the headers match the body.
fn range(context: &Context, request: &Request<Bytes>) -> Result<(u64, u64, u64), Stop> {
    let bad = |message| refuse(context, StatusCode::BAD_REQUEST, message);
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

/// The post after this chunk.
fn with_chunk(context: &Context, before: &Publishing, chunk: &[u8], complete: bool, account: &Account) -> Publishing {
    let mut after = before.clone();
    if before.digests.is_empty() {
        let readable = sniff(chunk).is_some_and(Format::is_video);
        let failure = if readable { film::failure(chunk) } else { Some("file_format_check_failed") };
        after.fail_reason = failure.map(str::to_owned).or(after.fail_reason);
    }
    after.digests.push(secret::fingerprint(chunk));
    after.received_at = complete.then(|| context.now().timestamp_millis() + account.behavior.delay() * 1000);
    after
}

async fn store(context: &Context, after: &Publishing, index: u64) -> Result<Committed, Error> {
    let nothing = || Value::Null(true);
    let digest = after.digests.last().cloned().unwrap_or_default();
    // The condition admits one of concurrent requests with the same chunk.
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
        writes.extend(post::writes(after)?);
    }
    context.store.commit(writes).await
}

/// Whether the account loses the answer.
async fn loses_answer(context: &Context, account: &Account, index: u64, complete: bool) -> Result<bool, Error> {
    match account.behavior {
        _ if loses_last_answer(account) => Ok(complete),
        Behavior::ChunkAnswerLostOnce if index == 1 || (index == 0 && complete) => {
            Ok(first_time::record(context, &SPEC, account, first_time::LOST_CHUNK).await?.is_now)
        }
        _ => Ok(false),
    }
}

fn refuse<T>(context: &Context, status: StatusCode, message: &str) -> Result<T, Stop> {
    stop(answer::refusal_with(context, status, "invalid_file_upload", message)?)
}

/// 416, with the received bytes.
fn unsatisfiable(context: &Context, received: u64, total: u64) -> Result<Reply, Error> {
    let message = "Content-Range does not reflect the upload progress";
    let mut reply = answer::refusal_with(context, StatusCode::RANGE_NOT_SATISFIABLE, "invalid_file_upload", message)?;
    let progress = match received.checked_sub(1) {
        Some(last) => format!("bytes 0-{last}/{total}"),
        None => format!("bytes */{total}"),
    };
    reply.headers_mut().insert(header::CONTENT_RANGE, HeaderValue::try_from(progress)?);
    Ok(reply)
}
