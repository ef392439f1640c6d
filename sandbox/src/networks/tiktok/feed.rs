//! TikTok's posts in the feeds, and the page of one post. Of uploads, the JSON feed lists the digests.

use chrono::DateTime;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    post,
    publishing::{Content, Publishing},
    spec::SPEC,
};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    notice,
    posts::{FeedEntry, article, placeholder},
    reply::Reply,
};

/// `GET /www.tiktok.com/@{username}/video/{id}`, and `photo` for photos.
pub(super) async fn single(context: &Context, handle: &str, kind: &str, id: &str) -> Result<Reply, Error> {
    let account = handle.strip_prefix('@').and_then(|username| SPEC.account_by_username(username));
    let (Some(account), Ok(id @ 0..)) = (account, id.parse::<i64>()) else {
        return notice::not_found();
    };
    match post::find(context, account, id).await?.filter(|post| kind_of(post) == kind) {
        Some(post) => article::page(&format!("{kind} post"), &entry(&post), SPEC.allow),
        None => notice::not_found(),
    }
}

pub(super) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<FeedEntry>, Error> {
    Ok(post::newest(context, account, limit).await?.iter().map(entry).collect())
}

fn entry(post: &Publishing) -> FeedEntry {
    let username = SPEC.account_by_id(&post.account).map_or("", |account| account.username);
    let kind = kind_of(post);
    let text = if post.description.is_empty() { &post.title } else { &post.description };
    let mut details = json!({
        "publishId": post.publish_id,
        "privacyLevel": post.privacy_level,
        "settings": post.settings,
        "media": media(post),
    });
    if kind == "photo" {
        details["title"] = post.title.as_str().into();
    }
    FeedEntry {
        username,
        id: post.post_id().to_string(),
        text: text.clone(),
        created_at: DateTime::from_timestamp_millis(post.received_at.unwrap_or_default()).unwrap_or_default(),
        path: format!("/www.tiktok.com/@{username}/{kind}/{}", post.post_id()),
        content: content(post),
        remark: Some(post.privacy_level.clone()),
        details,
    }
}

fn content(post: &Publishing) -> Markup {
    html! {
        @match &post.content {
            Content::Upload(upload) => (placeholder::medium("A video", upload.plan.size)),
            Content::Video(video) => (placeholder::medium("A video", video.bytes)),
            Content::Photos(photos) => @for photo in photos { img src=(photo.url) alt="A posted photo" width="240"; },
        }
        @for text in [&post.title, &post.description] {
            @if !text.is_empty() { p { bdi { (text) } } }
        }
    }
}

fn kind_of(post: &Publishing) -> &'static str {
    match post.content {
        Content::Upload(_) | Content::Video(_) => "video",
        Content::Photos(_) => "photo",
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
