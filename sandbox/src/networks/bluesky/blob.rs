//! `POST /xrpc/com.atproto.repo.uploadBlob`: uploads a file. It is kept for five minutes, and for good once a record refers
//! to it. The table has its digest and its size only. <https://atproto.com/specs/blob>

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    cid, embed_rules, scope, session,
    xrpc_error::{invalid, refuse, scope_missing},
};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    media::format::{Format, sniff},
    reply::{self, Reply, Stop},
    store::{Key, Write},
};

/// In seconds.
const KEPT: i64 = 5 * 60;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Blob {
    pub(super) cid: String,
    /// The media type.
    pub(super) kind: String,
    pub(super) size: usize,
    /// In seconds since the epoch.
    pub(super) uploaded_at: i64,
    /// Whether a record refers to it.
    pub(super) kept: bool,
}

impl Blob {
    /// The reference to it in a record.
    pub(super) fn reference(&self) -> Value {
        json!({ "$type": "blob", "ref": { "$link": self.cid }, "mimeType": self.kind, "size": self.size })
    }
}

fn key(account: &Account, cid: &str) -> Key {
    Key::new(format!("bluesky#blob#{}#{cid}", account.id), "blob")
}

pub(super) async fn upload(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = session::authenticate(context, request).await?;
    let named = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(named) = named.filter(|_| !request.body().is_empty()) else {
        return invalid("Request encoding (Content-Type) required but not provided");
    };
    // The server believes the bytes more than the header.
    let kind = match sniff(request.body()) {
        Some(format) => media_type(format),
        None => named,
    };
    if !scope::permits_blob(&caller.scope, kind) {
        return scope_missing(&format!("blob:{kind}"));
    }
    let blob = Blob {
        cid: cid::of_bytes(request.body()),
        kind: kind.to_owned(),
        size: request.body().len(),
        uploaded_at: context.now().timestamp(),
        kept: false,
    };
    store(context, caller.account, &blob).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "blob": blob.reference() })))
}

/// Stores an uploaded blob. A blob that a record refers to does not expire.
pub(super) async fn store(context: &Context, account: &Account, blob: &Blob) -> Result<(), Error> {
    let known = context.store.get::<Blob>(key(account, &blob.cid)).await?;
    if known.is_none_or(|known| !known.kept) {
        context.store.commit(vec![Write::put(key(account, &blob.cid), blob)?]).await?;
    }
    Ok(())
}

/// Refuses a record that refers to a blob which the account does not have, or not so. Returns the writes that keep its
/// blobs.
pub(super) async fn require_all(context: &Context, account: &Account, record: &Value) -> Result<Vec<Write>, Stop> {
    let now = context.now().timestamp();
    let mut kept: Vec<Blob> = Vec::new();
    for (cid, reference) in embed_rules::blobs(record) {
        let found = context.store.get::<Blob>(key(account, cid)).await?;
        let Some(blob) = found.filter(|blob| blob.kept || (now - KEPT..=now).contains(&blob.uploaded_at)) else {
            return refuse("BlobNotFound", &format!("Could not find blob: {cid}"));
        };
        if reference["mimeType"] != blob.kind {
            let message = "Referenced Mimetype does not match stored blob.";
            return refuse("InvalidMimeType", &format!("{message} Expected: {}", blob.kind));
        }
        if reference["size"] != blob.size {
            let message = "Referenced Size does not match stored blob.";
            return refuse("InvalidSize", &format!("{message} Expected: {}", blob.size));
        }
        if kept.iter().all(|known| known.cid != blob.cid) {
            kept.push(Blob { kept: true, ..blob });
        }
    }
    let keep = |blob: &Blob| Write::put(key(account, &blob.cid), blob);
    Ok(kept.iter().map(keep).collect::<Result<_, _>>()?)
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "image/jpeg",
        Format::Png => "image/png",
        Format::Webp => "image/webp",
        Format::Gif => "image/gif",
        Format::Mp4 => "video/mp4",
        Format::QuickTime => "video/quicktime",
        Format::Webm => "video/webm",
    }
}
