//! X's posts in the feeds, and the page of one post. Both show the text as the app sent it.

use maud::html;
use serde_json::json;

use super::{
    spec::SPEC,
    tweet::{self, Tweet},
};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    notice,
    posts::{FeedEntry, article},
    reply::Reply,
};

/// `GET /x.com/{username}/status/{id}`
pub(super) async fn status(context: &Context, username: &str, id: &str) -> Result<Reply, Error> {
    let (Some(account), Ok(id @ 0..)) = (SPEC.account_by_username(username), id.parse::<i64>()) else {
        return notice::not_found();
    };
    match tweet::find(context, account, id).await? {
        Some(tweet) => article::page("post", &entry(&tweet), SPEC.allow),
        None => notice::not_found(),
    }
}

pub(super) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<FeedEntry>, Error> {
    Ok(tweet::newest(context, account, (0, i64::MAX), limit).await?.iter().map(entry).collect())
}

fn entry(tweet: &Tweet) -> FeedEntry {
    let username = SPEC.account_by_id(&tweet.account).map_or("", |account| account.username);
    FeedEntry {
        username,
        id: tweet.id.to_string(),
        text: tweet.text.clone(),
        created_at: tweet.created_at(),
        path: format!("/x.com/{username}/status/{}", tweet.id),
        content: html! { p { bdi { (tweet.text) } } },
        remark: None,
        details: json!({}),
    }
}
