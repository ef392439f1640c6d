//! A post on a page.

use chrono::SecondsFormat;
use http::StatusCode;
use maud::{Markup, html};

use super::entry::FeedEntry;
use crate::{
    error::Error,
    page::{self, Allow},
    reply::{self, Reply},
};

/// The page of one post. `noun` is what the network calls it.
pub(crate) fn page(noun: &str, post: &FeedEntry, allow: Allow) -> Result<Reply, Error> {
    let title = format!("A {noun} of @{}", post.username);
    reply::html(StatusCode::OK, page::frame(&title, article(post)), allow)
}

pub(crate) fn article(post: &FeedEntry) -> Markup {
    let at = post.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    html! {
        article {
            strong { "@" (post.username) }
            (post.content)
            small {
                a href=(post.path) { (post.id) }
                @if let Some(remark) = &post.remark { " · " (remark) }
                " · " time datetime=(at) { (at) }
            }
        }
    }
}
