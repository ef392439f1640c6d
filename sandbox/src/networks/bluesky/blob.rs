//! `POST /xrpc/com.atproto.repo.uploadBlob`: uploads a file. It is kept for five minutes, until a record refers to it.
//! <https://atproto.com/specs/blob>

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    cid, embed_rules, scope, session,
    xrpc_error::{self, invalid, refuse},
};
use crate::{
    account::Account,
    context::Context,
    media::format::{Format, sniff},
    reply::{self, Reply, Stop, stop},
    store::{Key, Write},
};

/// In seconds.
const KEPT: i64 = 5 * 60;

#[derive(Serialize, Deserialize)]
struct Blob {
    uploaded_at: i64,
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
        let message = format!("Missing required scope \"blob:{kind}\"");
        return stop(xrpc_error::reply(StatusCode::FORBIDDEN, "ScopeMissingError", &message));
    }
    let cid = cid::of_bytes(request.body());
    let blob = Blob { uploaded_at: context.now().timestamp() };
    context.store.commit(vec![Write::put(key(caller.account, &cid), &blob)?]).await?;
    let blob = json!({ "$type": "blob", "ref": { "$link": cid }, "mimeType": kind, "size": request.body().len() });
    Ok(reply::json(StatusCode::OK, &json!({ "blob": blob })))
}

/// Refuses a record that refers to a blob which the account has not uploaded within the last five minutes.
pub(super) async fn require_all(context: &Context, account: &Account, record: &Value) -> Result<(), Stop> {
    for cid in embed_rules::blobs(record) {
        let found = context.store.get::<Blob>(key(account, cid)).await?;
        let oldest = context.now().timestamp() - KEPT;
        if found.is_none_or(|blob| blob.uploaded_at < oldest) {
            return refuse("BlobNotFound", &format!("Could not find blob: {cid}"));
        }
    }
    Ok(())
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
