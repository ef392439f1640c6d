//! Bluesky's posts in the feeds, and the page of one post.

use chrono::DateTime;
use maud::html;
use serde_json::json;

use super::{account, post_rules::POST, record, record::Record, spec::SPEC};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    notice,
    posts::{FeedEntry, article},
    reply::Reply,
};

/// `GET /bsky.app/profile/{did or handle}/post/{rkey}`
pub(super) async fn single(context: &Context, name: &str, rkey: &str) -> Result<Reply, Error> {
    let Some(account) = account::named(name) else {
        return notice::not_found();
    };
    let found = record::find(context, account, POST, rkey).await?;
    match found.filter(|record| record.visible_at <= context.now().timestamp_millis()) {
        Some(record) => article::page("post", &entry(&record), SPEC.allow),
        None => notice::not_found(),
    }
}

pub(super) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<FeedEntry>, Error> {
    Ok(record::newest(context, account, limit).await?.iter().map(entry).collect())
}

fn entry(record: &Record) -> FeedEntry {
    let value = record.value();
    let text = value["text"].as_str().unwrap_or_default().to_owned();
    FeedEntry {
        username: SPEC.account_by_id(&record.did).map_or("", |account| account.username),
        id: record.rkey.clone(),
        created_at: DateTime::from_timestamp_millis(record.visible_at).unwrap_or_default(),
        path: format!("/bsky.app/profile/{}/post/{}", record.did, record.rkey),
        content: html! { p { bdi { (text) } } },
        text,
        remark: None,
        details: json!({ "uri": record.uri(), "cid": record.cid, "record": value }),
    }
}
