//! Uploads of media in the table. Of a file, only the sizes and digests of its segments and the format in its first bytes are
//! kept. The state of processing depends on the clock.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{account::processing, category::Category, problem, rate::Window, tweet};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    media::format::{Format, sniff},
    reply::{self, Reply, Stop, stop},
    secret,
    store::{Key, Write},
};

/// How long segments are accepted, in seconds.
pub(crate) const SESSION: i64 = 1_295_999;
/// How long a finalized upload can be posted, in seconds.
pub(crate) const VALID: i64 = 24 * 60 * 60;

pub(crate) const LAST_SEGMENT: u16 = 999;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MediaUpload {
    pub(crate) id: i64,
    /// The id of the account that may use it.
    pub(crate) account: String,
    pub(crate) category: Category,
    pub(crate) media_type: String,
    pub(crate) total_bytes: u64,
    /// Seconds since the epoch.
    pub(crate) expires_at: i64,
    /// When it was finalized, in milliseconds since the epoch.
    pub(crate) finalized_at: Option<i64>,
    /// Whether it fails to be processed.
    pub(crate) fails: bool,
    /// Known once it is finalized.
    pub(crate) segments: Vec<Segment>,
    pub(crate) alt_text: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) index: u16,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// As its first bytes show it.
    pub(crate) format: Option<Format>,
}

pub(crate) enum MediaState {
    /// Segments are received.
    Receiving,
    Pending,
    InProgress {
        percent: i64,
        seconds_left: i64,
    },
    Succeeded,
    Failed,
}

impl Segment {
    pub(crate) fn of(index: u16, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { index, bytes: length, sha256: secret::fingerprint(bytes), format: sniff(bytes) }
    }
}

impl MediaUpload {
    pub(crate) fn media_key(&self) -> String {
        format!("{}_{}", self.category.key_prefix(), self.id)
    }

    pub(crate) fn state(&self, account: &Account, now: DateTime<Utc>) -> MediaState {
        let Some(finalized_at) = self.finalized_at else { return MediaState::Receiving };
        let (passed, takes) = (now.timestamp_millis() - finalized_at, processing(account));
        match passed {
            _ if !self.category.is_processed() => MediaState::Succeeded,
            ..1000 => MediaState::Pending,
            passed if passed < takes => {
                let seconds_left = (takes - passed + 999) / 1000;
                MediaState::InProgress { percent: passed * 100 / takes, seconds_left }
            }
            _ if self.fails => MediaState::Failed,
            _ => MediaState::Succeeded,
        }
    }

    /// The answer to `finalize` and `STATUS`.
    pub(crate) fn report(&self, account: &Account, now: DateTime<Utc>, expires_at: i64) -> Reply {
        let mut data = json!({
            "id": self.id.to_string(),
            "media_key": self.media_key(),
            "size": self.total_bytes,
            "expires_after_secs": expires_at - now.timestamp(),
        });
        if let Some(info) = processing_info(&self.state(account, now)).filter(|_| self.category.is_processed()) {
            data["processing_info"] = info;
        }
        reply::json(StatusCode::OK, &json!({ "data": data }))
    }
}

fn processing_info(state: &MediaState) -> Option<Value> {
    Some(match state {
        MediaState::Receiving => return None,
        MediaState::Pending => json!({ "state": "pending", "check_after_secs": 1 }),
        MediaState::InProgress { percent, seconds_left } => {
            json!({ "state": "in_progress", "check_after_secs": seconds_left.min(&10), "progress_percent": percent })
        }
        MediaState::Succeeded => json!({ "state": "succeeded", "progress_percent": 100 }),
        MediaState::Failed => json!({
            "state": "failed",
            "progress_percent": 0,
            "error": { "code": 1, "name": "InvalidMedia", "message": "Unsupported video format" },
        }),
    })
}

fn partition(id: i64) -> String {
    format!("x#media#{id}")
}

fn segment_key(index: u16) -> String {
    format!("segment#{index:03}")
}

/// A media id of this time.
pub(crate) fn new_id(now: DateTime<Utc>) -> Result<i64, Error> {
    let unique = i64::try_from(secret::number()? & ((1 << 22) - 1)).unwrap_or_default();
    Ok(tweet::first_id(now) | unique)
}

pub(crate) async fn store(context: &Context, upload: &MediaUpload) -> Result<(), Error> {
    context.store.commit(vec![Write::put(Key::new(partition(upload.id), "upload"), upload)?]).await?;
    Ok(())
}

/// Stores a segment. One that is sent again replaces itself.
pub(crate) async fn store_segment(context: &Context, upload: &MediaUpload, segment: &Segment) -> Result<(), Error> {
    let key = Key::new(partition(upload.id), segment_key(segment.index));
    context.store.commit(vec![Write::put(key, segment)?]).await?;
    Ok(())
}

/// The received segments in order.
pub(crate) async fn segments(context: &Context, upload: &MediaUpload) -> Result<Vec<Segment>, Error> {
    let all = (segment_key(0), segment_key(LAST_SEGMENT));
    let most = usize::from(LAST_SEGMENT) + 1;
    let known = ("index", i64::from(LAST_SEGMENT));
    let mut found: Vec<Segment> = context.store.newest(&partition(upload.id), (&all.0, &all.1), known, most).await?;
    found.reverse();
    Ok(found)
}

/// An upload of this account that has not expired.
pub(crate) async fn find(context: &Context, account: &Account, id: &str) -> Result<Option<MediaUpload>, Error> {
    let Some(id) = parse(id) else { return Ok(None) };
    let found = context.store.get::<MediaUpload>(Key::new(partition(id), "upload")).await?;
    Ok(found.filter(|upload| upload.account == account.id && context.now().timestamp() < upload.expires_at))
}

/// The upload with the id in a request, or X's refusal.
pub(crate) async fn require(
    context: &Context,
    account: &Account,
    window: &Window,
    (name, id): (&str, &str),
) -> Result<MediaUpload, Stop> {
    match find(context, account, id).await? {
        Some(upload) => Ok(upload),
        None => stop(window.mark(problem::invalid_parameter(name, id, "Invalid media id."))?),
    }
}

/// An id in X's form: `^[0-9]{1,19}$`.
fn parse(id: &str) -> Option<i64> {
    let digits = (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    if digits { id.parse().ok() } else { None }
}

/// Whether the account fails to process everything.
pub(crate) fn always_fails(account: &Account) -> bool {
    account.behavior == Behavior::ProcessingFails
}
