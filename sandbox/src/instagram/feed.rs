//! What everybody sees: the feeds, as pages and as JSON, and the page of one post. The JSON is not
//! Instagram's; it gives tests what was published.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Request, StatusCode};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    account::{ACCOUNTS, Account},
    media::{Kind, Media},
    post::{self, Post},
};
use crate::{
    Sandbox, feed, home,
    page::{self, Allow},
    reply::{self, Reply, Stop},
    store::Error,
};

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    feed::accounts("instagram", ACCOUNTS.iter().map(|account| (account.username, account.about)))
}

/// `GET /feed/instagram`, `/feed/instagram/{username}`, and both with `.json` or `Accept: application/json`.
pub(crate) async fn feed(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let asked = feed::asked(request, path)?;
    let account = match asked.username {
        None => None,
        Some(name) => match Account::by_username(name) {
            Some(account) => Some(account),
            None => return Ok(home::not_found()?),
        },
    };
    let posts = post::newest(sandbox, account, 0, asked.limit()).await?;
    if asked.as_json {
        return Ok(reply::json(StatusCode::OK, &listing(sandbox, account, &posts)));
    }
    let content = html! {
        @if let Some(account) = account { p { (account.about) } }
        @if posts.is_empty() { p { "No posts yet." } }
        @for post in &posts { (article(post)) }
    };
    let title = match account {
        Some(account) => format!("@{} on Instagram", account.username),
        None => "All posts on Instagram".to_owned(),
    };
    Ok(reply::html(StatusCode::OK, page::frame(&title, content), Allow::Media)?)
}

/// `GET /www.instagram.com/p/{shortcode}/`
pub(crate) async fn one(sandbox: &Sandbox, shortcode: &str) -> Result<Reply, Error> {
    match post::by_shortcode(sandbox, shortcode).await? {
        Some(post) => {
            let page = page::frame(&format!("A post of @{}", post.username()), article(&post));
            reply::html(StatusCode::OK, page, Allow::Media)
        }
        None => home::not_found(),
    }
}

fn article(post: &Post) -> Markup {
    let at = post.created_at().to_rfc3339_opts(SecondsFormat::Secs, true);
    html! {
        article {
            strong { "@" (post.username()) }
            @for media in &post.media { (figure(media)) }
            p { bdi { (post.caption) } }
            small {
                a href={ "/www.instagram.com/p/" (post.shortcode()) "/" } { (post.id) }
                " · " time datetime=(at) { (at) }
            }
        }
    }
}

fn figure(media: &Media) -> Markup {
    let alt = media.alt_text.as_deref().unwrap_or_default();
    html! {
        figure {
            @match media.kind {
                Kind::Image => img src=(media.url) alt=(alt);,
                Kind::Video => video src=(media.url) controls preload="metadata" {},
            }
            @if !alt.is_empty() { figcaption { "Described as: " bdi { (alt) } } }
        }
    }
}

fn listing(sandbox: &Sandbox, account: Option<&Account>, posts: &[Post]) -> Value {
    let posts: Vec<Value> = posts
        .iter()
        .map(|post| {
            let mut view = json!({
                "id": post.id,
                "text": post.caption,
                "createdAt": post.created_at().to_rfc3339_opts(SecondsFormat::Millis, true),
                "permalink": post.permalink(sandbox),
                "media": post.media.iter().map(shown).collect::<Vec<_>>(),
            });
            if account.is_none() {
                view["account"] = post.username().into();
            }
            view
        })
        .collect();
    match account {
        Some(account) => json!({ "account": account.username, "posts": posts }),
        None => json!({ "posts": posts }),
    }
}

fn shown(media: &Media) -> Value {
    let kind = match media.kind {
        Kind::Image => "image",
        Kind::Video => "video",
    };
    json!({ "kind": kind, "url": media.url, "altText": media.alt_text })
}
