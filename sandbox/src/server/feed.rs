//! `GET /feed/{network}` and `/feed/{network}/{username}`: the published posts, as pages and as JSON. The JSON format
//! is the sandbox's own; tests read it.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Method, Request, StatusCode, header};
use maud::html;
use serde_json::{Value, json};

use crate::{
    account::Account,
    context::Context,
    error::Error,
    network::Network,
    notice, page,
    posts::{FeedEntry, article::article},
    reply::{self, Reply, Stop, stop},
    spec::Spec,
};

/// The most posts that a page and the JSON show.
const ON_PAGE: usize = 100;
const IN_JSON: usize = 20_000;

struct FeedRequest {
    /// Whose posts; `None` for all accounts.
    account: Option<&'static Account>,
    as_json: bool,
}

/// JSON is requested with `.json` after the username, or with `Accept: application/json`.
pub(super) async fn show(
    context: &Context,
    network: &dyn Network,
    request: &Request<Bytes>,
    path: &[&str],
) -> Result<Reply, Stop> {
    let spec = network.spec();
    let asked = read(spec, request, path)?;
    let limit = if asked.as_json { IN_JSON } else { ON_PAGE };
    let posts = network.newest(context, asked.account, limit).await?;
    if asked.as_json {
        return Ok(reply::json(StatusCode::OK, &listing(asked.account, posts)));
    }
    Ok(as_page(spec, asked.account, &posts)?)
}

fn read(spec: &Spec, request: &Request<Bytes>, path: &[&str]) -> Result<FeedRequest, Stop> {
    if request.method() != Method::GET {
        return stop(notice::wrong_method()?);
    }
    let (username, suffixed) = match path {
        [] => (None, false),
        [name] => match name.strip_suffix(".json") {
            Some(name) => (Some(name), true),
            None => (Some(*name), false),
        },
        _ => return stop(notice::not_found()?),
    };
    let account = match username.map(|username| spec.account_by_username(username)) {
        Some(None) => return stop(notice::not_found()?),
        known => known.flatten(),
    };
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let as_json = suffixed || accept.is_some_and(|accept| accept.contains("application/json"));
    Ok(FeedRequest { account, as_json })
}

fn as_page(spec: &Spec, account: Option<&Account>, posts: &[FeedEntry]) -> Result<Reply, Error> {
    let content = html! {
        @if let Some(account) = account { p { (account.about) } }
        @if posts.is_empty() { p { "No posts yet." } }
        @for post in posts { (article(post)) }
    };
    let title = match account {
        Some(account) => format!("@{} on {}", account.username, spec.name),
        None => format!("All posts on {}", spec.name),
    };
    reply::html(StatusCode::OK, page::frame(&title, content), spec.allow)
}

fn listing(account: Option<&Account>, posts: Vec<FeedEntry>) -> Value {
    let listed = |post: FeedEntry| {
        let mut listed = post.details;
        listed["id"] = post.id.into();
        listed["text"] = post.text.into();
        listed["createdAt"] = post.created_at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        if account.is_none() {
            listed["account"] = post.username.into();
        }
        listed
    };
    let posts: Vec<Value> = posts.into_iter().map(listed).collect();
    match account {
        Some(account) => json!({ "account": account.username, "posts": posts }),
        None => json!({ "posts": posts }),
    }
}
