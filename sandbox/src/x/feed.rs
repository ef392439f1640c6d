//! What everybody sees: the feeds, as pages and as JSON, and the page of one post. The JSON is
//! not X's; it gives tests the text exactly as it was posted.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Method, Request, StatusCode, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    account::{ACCOUNTS, Account},
    tweet::{self, Tweet},
};
use crate::{
    Sandbox, home,
    page::{self, Allow},
    reply::{self, Reply},
    store::Error,
};

/// How many posts a page shows, and how many the JSON has at most.
const SHOWN: usize = 100;
const LISTED: usize = 10_000;

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    html! {
        ul {
            @for account in ACCOUNTS {
                li {
                    a href={ "/feed/x/" (account.username) } { "@" (account.username) }
                    " " (account.about)
                }
            }
        }
    }
}

/// `GET /feed/x`, `/feed/x/{username}`, and both with `.json` or `Accept: application/json`.
pub(crate) async fn feed(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Error> {
    if request.method() != Method::GET {
        return home::wrong_method();
    }
    let (name, suffixed) = match path {
        [] => (None, false),
        [name] => match name.strip_suffix(".json") {
            Some(name) => (Some(name), true),
            None => (Some(*name), false),
        },
        _ => return home::not_found(),
    };
    let account = match name {
        None => None,
        Some(name) => match Account::by_username(name) {
            Some(account) => Some(account),
            None => return home::not_found(),
        },
    };
    let as_json = suffixed
        || request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("application/json"));
    let limit = if as_json { LISTED } else { SHOWN };
    let tweets = tweet::newest(sandbox, account, (0, i64::MAX), limit).await?;
    if as_json {
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
    reply::html(StatusCode::OK, page::frame(&title, content), Allow::Nothing)
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
