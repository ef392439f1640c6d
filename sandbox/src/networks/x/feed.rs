//! X's posts in the feeds, and the page of one post. Both show the text as the app sent it, and drawings in place of media.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    attached::Attached,
    category::Category,
    spec::SPEC,
    tweet::{self, Tweet},
};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    notice,
    posts::{FeedEntry, article, placeholder},
    reply::Reply,
};

/// `GET /x.com/{username}/status/{id}`
pub(super) async fn status(context: &Context, username: &str, id: &str) -> Result<Reply, Error> {
    let (Some(account), Ok(id @ 0..)) = (SPEC.account_by_username(username), id.parse::<i64>()) else {
        return notice::not_found();
    };
    match tweet::find(context, account, id).await? {
        Some(tweet) => article::page("post", &entry(&tweet), SPEC.allow),
        None => notice::not_found(),
    }
}

pub(super) async fn newest(
    context: &Context,
    account: Option<&Account>,
    limit: usize,
) -> Result<Vec<FeedEntry>, Error> {
    Ok(tweet::newest(context, account, (0, i64::MAX), limit).await?.iter().map(entry).collect())
}

fn entry(tweet: &Tweet) -> FeedEntry {
    let username = tweet.username();
    FeedEntry {
        username,
        id: tweet.id.to_string(),
        text: tweet.body.text.clone(),
        created_at: tweet.created_at(),
        path: format!("/x.com/{username}/status/{}", tweet.id),
        content: html! {
            @for medium in &tweet.media { (figure(medium)) }
            p { bdi { (tweet.body.text) } }
            @if let Some(poll) = &tweet.body.poll {
                ul { @for option in &poll.options { li { bdi { (option) } } } }
            }
        },
        remark: tweet.body.reply_settings.as_ref().map(|who| format!("replies: {who}")),
        details: details(tweet),
    }
}

fn figure(medium: &Attached) -> Markup {
    let alt = medium.alt_text.as_deref().unwrap_or_default();
    let what = match medium.category {
        Category::Image => "An image",
        Category::Gif => "A GIF",
        Category::Video => "A video",
    };
    html! {
        figure {
            (placeholder::medium(what, medium.bytes))
            @if !alt.is_empty() { figcaption { "Described as: " bdi { (alt) } } }
        }
    }
}

/// What the post has besides its text.
fn details(tweet: &Tweet) -> Value {
    let mut details = json!({});
    let mut note = |name: &str, value: Value| details[name] = value;
    if !tweet.media.is_empty() {
        note("media", tweet.media.iter().map(Attached::details).collect());
    }
    if let Some(poll) = &tweet.body.poll {
        note("poll", json!({ "options": poll.options, "durationMinutes": poll.duration_minutes }));
    }
    if let Some(who) = &tweet.body.reply_settings {
        note("replySettings", who.as_str().into());
    }
    for (name, is_set) in [("madeWithAi", tweet.body.made_with_ai), ("paidPartnership", tweet.body.paid_partnership)] {
        if is_set {
            note(name, true.into());
        }
    }
    details
}
