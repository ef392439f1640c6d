//! Instagram's posts in the feeds, and the page of one post, with images and videos.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    container::PostKind,
    media::{Media, MediaKind},
    post::{self, Post},
    spec::SPEC,
};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    notice,
    posts::{FeedEntry, article},
    reply::Reply,
};

/// `GET /www.instagram.com/p/{shortcode}/`
pub(super) async fn single(context: &Context, shortcode: &str) -> Result<Reply, Error> {
    match post::by_shortcode(context, shortcode).await? {
        Some(post) => article::page("post", &entry(context, &post), SPEC.allow),
        None => notice::not_found(),
    }
}

/// `GET /www.instagram.com/stories/{username}/{id}`
pub(super) async fn story(context: &Context, username: &str, id: &str) -> Result<Reply, Error> {
    match post::find(context, id).await?.filter(|post| post.kind == PostKind::Story && post.username() == username) {
        Some(post) => article::page("story", &entry(context, &post), SPEC.allow),
        None => notice::not_found(),
    }
}

pub(super) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<FeedEntry>, Error> {
    let posts = post::newest(context, account, 0, limit).await?;
    Ok(posts.iter().map(|post| entry(context, post)).collect())
}

fn entry(context: &Context, post: &Post) -> FeedEntry {
    let media: Vec<Value> = post.media.iter().map(details).collect();
    FeedEntry {
        username: post.username(),
        id: post.id.clone(),
        text: post.caption.clone(),
        created_at: post.created_at(),
        path: format!("/www.instagram.com/p/{}/", post.shortcode()),
        content: html! {
            @for media in &post.media { (figure(media)) }
            p { bdi { (post.caption) } }
            @for comment in &post.comments { p { "Comment: " bdi { (comment.text) } } }
        },
        remark: None,
        details: json!({
            "permalink": post.permalink(context),
            "media": media,
            "story": post.kind == PostKind::Story,
            "settings": post.settings,
            "comments": post.comments,
        }),
    }
}

fn figure(media: &Media) -> Markup {
    let alt = media.alt_text.as_deref().unwrap_or_default();
    html! {
        figure {
            @match media.kind {
                MediaKind::Image => img src=(media.url) alt=(alt);,
                MediaKind::Video => video src=(media.url) controls preload="metadata" {},
            }
            @if !alt.is_empty() { figcaption { "Described as: " bdi { (alt) } } }
        }
    }
}

fn details(media: &Media) -> Value {
    json!({ "kind": media.kind, "url": media.url, "altText": media.alt_text })
}
