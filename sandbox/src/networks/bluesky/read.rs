//! `GET /xrpc/com.atproto.repo.getRecord` and `listRecords`. Records are public: no token is needed.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    query,
    record::{self, Record},
    syntax,
    xrpc_error::{invalid, refuse},
};
use crate::{
    context::Context,
    reply::{self, Reply, Stop},
};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

pub(super) async fn get(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = query::read(request, &["repo", "collection", "rkey", "cid"])?;
    let account = query::repo(&parameters)?;
    let collection = query::required(&parameters, "collection")?;
    let rkey = query::required(&parameters, "rkey")?;
    if !syntax::is_nsid(collection) || !syntax::is_record_key(rkey) {
        return invalid("Params/collection must be an nsid, and Params/rkey a record key");
    }
    let now = context.now().timestamp_millis();
    let found = record::find(context, account, collection, rkey).await?;
    let wanted =
        |record: &Record| record.visible_at <= now && parameters.get("cid").is_none_or(|cid| cid == record.cid);
    match found.filter(wanted) {
        Some(record) => Ok(reply::json(StatusCode::OK, &view(&record))),
        None => {
            let uri = format!("at://{}/{collection}/{rkey}", account.id);
            refuse("RecordNotFound", &format!("Could not locate record: {uri}"))
        }
    }
}

/// Records in descending order of their keys.
pub(super) async fn list(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = query::read(request, &["repo", "collection", "limit", "cursor"])?;
    let account = query::repo(&parameters)?;
    let collection = query::required(&parameters, "collection")?;
    let limit = match parameters.get("limit").map(str::parse) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some(_) => return invalid(&format!("Params/limit must be an integer from 1 to {MAX_LIMIT}")),
    };
    // `~` is the greatest character of record keys.
    let cursor = parameters.get("cursor");
    let mut records = record::list(context, account, collection, ("-", cursor.unwrap_or("~~")), limit + 2).await?;
    records.retain(|record| Some(record.rkey.as_str()) != cursor);
    let more = records.len() > limit;
    records.truncate(limit);
    let mut body = json!({ "records": records.iter().map(view).collect::<Vec<_>>() });
    if more && let Some(last) = records.last() {
        body["cursor"] = last.rkey.as_str().into();
    }
    Ok(reply::json(StatusCode::OK, &body))
}

fn view(record: &Record) -> Value {
    json!({ "uri": record.uri(), "cid": record.cid, "value": record.value() })
}
