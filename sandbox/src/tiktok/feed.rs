//! What everybody sees: the feeds of complete posts, as pages and as JSON, and the page of one post.
//! The JSON is not TikTok's; it gives tests what was posted, and the digests of what was uploaded.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Method, Request, StatusCode, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    account::{ACCOUNTS, Account},
    picture, post,
    publishing::{Content, Publishing},
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
                    a href={ "/feed/tiktok/" (account.username) } { "@" (account.username) }
                    " " (account.about)
                }
            }
        }
    }
}

/// `GET /feed/tiktok`, `/feed/tiktok/{username}`, and both with `.json` or `Accept: application/json`.
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
    let account = match name.map(Account::by_username) {
        Some(None) => return home::not_found(),
        known => known.flatten(),
    };
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if suffixed || accept.contains("application/json") {
        let posts = post::newest(sandbox, account, LISTED).await?;
        return Ok(reply::json(StatusCode::OK, &listing(account, &posts)));
    }
    let posts = post::newest(sandbox, account, SHOWN).await?;
    let content = html! {
        @if let Some(account) = account { p { (account.about) } }
        @if posts.is_empty() { p { "No posts yet." } }
        @for post in &posts { (article(post)) }
    };
    let title = match account {
        Some(account) => format!("@{} on TikTok", account.username),
        None => "All posts on TikTok".to_owned(),
    };
    reply::html(StatusCode::OK, page::frame(&title, content), Allow::Media)
}

/// `GET /www.tiktok.com/@{username}/video/{id}`, and `photo` for photos.
pub(crate) async fn single(sandbox: &Sandbox, handle: &str, kind: &str, id: &str) -> Result<Reply, Error> {
    let account = handle.strip_prefix('@').and_then(Account::by_username);
    let (Some(account), Some(id)) = (account, id.parse().ok().filter(|id: &i64| *id >= 0)) else {
        return home::not_found();
    };
    match post::find(sandbox, account, id).await?.filter(|post| kind_of(post) == kind) {
        Some(post) => {
            let page = page::frame(&format!("A {kind} post of @{}", account.username), article(&post));
            reply::html(StatusCode::OK, page, Allow::Media)
        }
        None => home::not_found(),
    }
}

fn username(post: &Publishing) -> &'static str {
    Account::by_id(&post.account).map_or("", |account| account.username)
}

fn kind_of(post: &Publishing) -> &'static str {
    match post.content {
        Content::Upload(_) | Content::Video(_) => "video",
        Content::Photos(_) => "photo",
    }
}

fn article(post: &Publishing) -> Markup {
    let (username, id) = (username(post), post.post_id());
    let at = post.created_at().to_rfc3339_opts(SecondsFormat::Secs, true);
    html! {
        article {
            strong { "@" (username) }
            @match &post.content {
                Content::Upload(upload) => (picture::video(upload.plan.size)),
                Content::Video(video) => (picture::video(video.bytes)),
                Content::Photos(photos) => @for photo in photos { img src=(photo.url) alt="A posted photo" width="240"; },
            }
            @for text in [&post.title, &post.description] {
                @if !text.is_empty() { p { bdi { (text) } } }
            }
            small {
                a href={ "/www.tiktok.com/@" (username) "/" (kind_of(post)) "/" (id) } { (id) }
                " · " (post.privacy_level) " · " time datetime=(at) { (at) }
            }
        }
    }
}

fn listing(account: Option<&Account>, posts: &[Publishing]) -> Value {
    let posts: Vec<Value> = posts
        .iter()
        .map(|post| {
            let mut listed = json!({
                "id": post.post_id().to_string(),
                "publishId": post.publish_id,
                "text": if post.description.is_empty() { &post.title } else { &post.description },
                "createdAt": post.created_at().to_rfc3339_opts(SecondsFormat::Millis, true),
                "privacyLevel": post.privacy_level,
                "media": media(post),
            });
            if kind_of(post) == "photo" {
                listed["title"] = post.title.as_str().into();
            }
            if account.is_none() {
                listed["account"] = username(post).into();
            }
            listed
        })
        .collect();
    match account {
        Some(account) => json!({ "account": account.username, "posts": posts }),
        None => json!({ "posts": posts }),
    }
}

fn media(post: &Publishing) -> Value {
    match &post.content {
        Content::Upload(upload) => {
            let ranges = (0..).map_while(|index| upload.plan.range(index));
            let chunks: Vec<Value> = ranges
                .zip(&post.digests)
                .map(|((start, end), sha256)| json!({ "start": start, "end": end, "sha256": sha256 }))
                .collect();
            json!([{ "kind": "video", "bytes": upload.plan.size, "chunks": chunks }])
        }
        Content::Video(video) => json!([{ "kind": "video", "url": video.url, "bytes": video.bytes }]),
        Content::Photos(photos) => {
            photos.iter().map(|photo| json!({ "kind": "image", "url": photo.url, "bytes": photo.bytes })).collect()
        }
    }
}
