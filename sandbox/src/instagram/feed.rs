//! What everybody sees: the feeds and the page of one post, with its pictures and films.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Instagram,
    account::Account,
    media::{Kind, Media},
    post::{self, Post},
};
use crate::{Sandbox, feed, home, page::Allow, reply::Reply, store::Error};

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    feed::accounts::<Instagram>()
}

/// `GET /www.instagram.com/p/{shortcode}/`
pub(crate) async fn one(sandbox: &Sandbox, shortcode: &str) -> Result<Reply, Error> {
    match post::by_shortcode(sandbox, shortcode).await? {
        Some(post) => feed::single("post", &post),
        None => home::not_found(),
    }
}

impl feed::Post for Post {
    type Network = Instagram;

    const ALLOW: Allow = Allow::Media;

    async fn newest(sandbox: &Sandbox, account: Option<&Account>, limit: usize) -> Result<Vec<Self>, Error> {
        post::newest(sandbox, account, 0, limit).await
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn sort_key(&self) -> String {
        format!("{}#{}", post::sort_key(self.at), self.id)
    }

    fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at).unwrap_or_default()
    }

    fn text(&self) -> &str {
        &self.caption
    }

    fn path(&self) -> String {
        format!("/www.instagram.com/p/{}/", self.shortcode())
    }

    fn content(&self) -> Markup {
        html! {
            @for media in &self.media { (figure(media)) }
            p { bdi { (self.caption) } }
        }
    }

    fn details(&self, sandbox: &Sandbox) -> Value {
        json!({ "permalink": self.permalink(sandbox), "media": self.media.iter().map(listed).collect::<Vec<_>>() })
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

fn listed(media: &Media) -> Value {
    json!({ "kind": media.kind, "url": media.url, "altText": media.alt_text })
}
