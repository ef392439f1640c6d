//! What everybody sees: the feeds of complete posts and the page of one post, with the digests of what was uploaded.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    TikTok,
    account::Account,
    picture, post,
    publishing::{Content, Publishing},
};
use crate::{
    Sandbox,
    feed::{self, Post},
    home,
    page::Allow,
    reply::Reply,
    store::Error,
};

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    feed::accounts::<TikTok>()
}

/// `GET /www.tiktok.com/@{username}/video/{id}`, and `photo` for photos.
pub(crate) async fn single(sandbox: &Sandbox, handle: &str, kind: &str, id: &str) -> Result<Reply, Error> {
    let account = handle.strip_prefix('@').and_then(Account::by_username);
    let (Some(account), Ok(id @ 0..)) = (account, id.parse::<i64>()) else {
        return home::not_found();
    };
    match post::find(sandbox, account, id).await?.filter(|post| kind_of(post) == kind) {
        Some(post) => feed::single(&format!("{kind} post"), &post),
        None => home::not_found(),
    }
}

impl Post for Publishing {
    type Network = TikTok;

    const ALLOW: Allow = Allow::Media;

    async fn newest(sandbox: &Sandbox, account: Option<&Account>, limit: usize) -> Result<Vec<Self>, Error> {
        post::newest(sandbox, account, limit).await
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn id(&self) -> String {
        self.post_id().to_string()
    }

    fn sort_key(&self) -> String {
        post::sort_key(self.post_id())
    }

    fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.received_at.unwrap_or_default()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        if self.description.is_empty() { &self.title } else { &self.description }
    }

    fn path(&self) -> String {
        format!("/www.tiktok.com/@{}/{}/{}", self.username(), kind_of(self), self.post_id())
    }

    fn content(&self) -> Markup {
        html! {
            @match &self.content {
                Content::Upload(upload) => (picture::video(upload.plan.size)),
                Content::Video(video) => (picture::video(video.bytes)),
                Content::Photos(photos) => @for photo in photos { img src=(photo.url) alt="A posted photo" width="240"; },
            }
            @for text in [&self.title, &self.description] {
                @if !text.is_empty() { p { bdi { (text) } } }
            }
        }
    }

    fn remark(&self) -> Option<&str> {
        Some(&self.privacy_level)
    }

    fn details(&self, _: &Sandbox) -> Value {
        let mut details = json!({
            "publishId": self.publish_id,
            "privacyLevel": self.privacy_level,
            "media": media(self),
        });
        if kind_of(self) == "photo" {
            details["title"] = self.title.as_str().into();
        }
        details
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
