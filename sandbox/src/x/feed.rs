//! What everybody sees: the feeds, as pages and as JSON, and the page of one post. The JSON is
//! not X's; it gives tests the text exactly as it was posted.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Request, StatusCode};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    account::{ACCOUNTS, Account},
    tweet::{self, Tweet},
};
use crate::{
    Sandbox, feed, home,
    page::{self, Allow},
    reply::{self, Reply, Stop},
    store::Error,
};

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    feed::accounts("x", ACCOUNTS.iter().map(|account| (account.username, account.about)))
}

/// `GET /feed/x`, `/feed/x/{username}`, and both with `.json` or `Accept: application/json`.
pub(crate) async fn feed(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let asked = feed::asked(request, path)?;
    let account = match asked.username {
        None => None,
        Some(name) => match Account::by_username(name) {
            Some(account) => Some(account),
            None => return Ok(home::not_found()?),
        },
    };
    let tweets = tweet::newest(sandbox, account, (0, i64::MAX), asked.limit()).await?;
    if asked.as_json {
        return Ok(reply::json(StatusCode::OK, &listing(account, &tweets)));
    }
    let content = html! {
        @if let Some(account) = account { p { (account.about) } }
        @if tweets.is_empty() { p { "No posts yet." } }
        @for tweet in &tweets { (post(tweet)) }
    };
    let title = match account {
        Some(account) => format!("@{} on X", account.username),
        None => "All posts on X".to_owned(),
    };
    Ok(reply::html(StatusCode::OK, page::frame(&title, content), Allow::Nothing)?)
}

/// `GET /x.com/{username}/status/{id}`
pub(crate) async fn status(sandbox: &Sandbox, username: &str, id: &str) -> Result<Reply, Error> {
    let (Some(account), Ok(id)) = (Account::by_username(username), id.parse::<i64>()) else {
        return home::not_found();
    };
    if id < 0 {
        return home::not_found();
    }
    match tweet::find(sandbox, account, id).await? {
        Some(tweet) => {
            let page = page::frame(&format!("A post of @{}", account.username), post(&tweet));
            reply::html(StatusCode::OK, page, Allow::Nothing)
        }
        None => home::not_found(),
    }
}

fn username(tweet: &Tweet) -> &'static str {
    Account::by_id(&tweet.account).map_or("", |account| account.username)
}

fn post(tweet: &Tweet) -> Markup {
    let username = username(tweet);
    let at = tweet.created_at().to_rfc3339_opts(SecondsFormat::Secs, true);
    html! {
        article {
            strong { "@" (username) }
            p { bdi { (tweet.text) } }
            small {
                a href={ "/x.com/" (username) "/status/" (tweet.id) } { (tweet.id) }
                " · " time datetime=(at) { (at) }
            }
        }
    }
}

fn listing(account: Option<&Account>, tweets: &[Tweet]) -> Value {
    let posts: Vec<Value> = tweets
        .iter()
        .map(|tweet| {
            let mut post = json!({
                "id": tweet.id.to_string(),
                "text": tweet.text,
                "createdAt": tweet.created_at().to_rfc3339_opts(SecondsFormat::Millis, true),
            });
            if account.is_none() {
                post["account"] = username(tweet).into();
            }
            post
        })
        .collect();
    match account {
        Some(account) => json!({ "account": account.username, "posts": posts }),
        None => json!({ "posts": posts }),
    }
}
