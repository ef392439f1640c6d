//! The read-back: the account's newest posts, among which the published one is recognized by its uploads or its text.
//! <https://docs.x.com/x-api/users/get-posts>

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{post::published, problem, publish};
use crate::{Error, Found, Progress, Request, Response, Task, request};

/// How far X's clock may be behind ours.
const CLOCK_SKEW: chrono::Duration = chrono::Duration::seconds(120);

pub(super) fn request(task: &Task) -> http::Result<Request> {
    let mut url = task.endpoints.url(&format!("https://api.x.com/2/users/{}/tweets", task.user_id));
    url.query_pairs_mut()
        .append_pair("max_results", "100")
        .append_pair("tweet.fields", "attachments,created_at,entities,note_tweet");
    if let Some(sent_at) = task.sent_at {
        let since = (sent_at - CLOCK_SKEW).to_rfc3339_opts(SecondsFormat::Secs, true);
        url.query_pairs_mut().append_pair("start_time", &since);
    }
    request::get(&url)
}

pub(super) fn find(task: &Task, answer: &Response) -> Result<Found, Error> {
    #[derive(Deserialize)]
    struct Timeline {
        #[serde(default)]
        data: Vec<Tweet>,
    }
    let media = publish::media(task)?;
    let timeline: Timeline = problem::read(answer)?;
    let since = task.sent_at.map(|sent_at| sent_at - CLOCK_SKEW);
    let recent = |tweet: &Tweet| since.is_none_or(|since| tweet.created_at >= since);
    match timeline.data.into_iter().find(|tweet| recent(tweet) && tweet.is(task.content.trim(), &media)) {
        Some(tweet) => Ok(Found::Known(Progress::Done(published(task, tweet.id)?))),
        None => Ok(Found::Missing { again: task.state.clone() }),
    }
}

/// A post in a timeline.
#[derive(Deserialize)]
struct Tweet {
    id: String,
    text: String,
    created_at: DateTime<Utc>,
    #[serde(default)]
    entities: Entities,
    #[serde(default)]
    attachments: Attachments,
    /// The whole text of a post of more than 280 weighted characters, of which `text` has the beginning.
    note_tweet: Option<Note>,
}

#[derive(Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    entities: Entities,
}

#[derive(Default, Deserialize)]
struct Entities {
    #[serde(default)]
    urls: Vec<ShortUrl>,
}

#[derive(Default, Deserialize)]
struct Attachments {
    #[serde(default)]
    media_keys: Vec<String>,
}

#[derive(Deserialize)]
struct ShortUrl {
    url: String,
    expanded_url: String,
}

impl Tweet {
    /// Whether this is the post with this text and the uploads with these ids. An upload belongs to one post, so the text of
    /// a post with media, to which X adds a link, is not compared.
    fn is(&self, content: &str, media: &[String]) -> bool {
        let keys = &self.attachments.media_keys;
        match media {
            [] => keys.is_empty() && self.says(content),
            media => keys.len() == media.len() && media.iter().all(|id| keys.iter().any(|key| names(key, id))),
        }
    }

    /// Whether the text is the published content. X escapes three characters and replaces each link by a short one. The
    /// expanded link has a scheme, even if the author wrote none.
    fn says(&self, content: &str) -> bool {
        let (text, entities) = match &self.note_tweet {
            Some(note) => (&note.text, &note.entities),
            None => (&self.text, &self.entities),
        };
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let (text, content): (String, String) = (text.nfc().collect(), content.nfc().collect());
        let (mut text, mut content) = (text.as_str(), content.as_str());
        for link in &entities.urls {
            let Some((before, after)) = text.split_once(&link.url) else { continue };
            let written = [link.expanded_url.as_str(), link.expanded_url.trim_start_matches("http://")];
            let Some(rest) = content.strip_prefix(before) else { return false };
            let Some(rest) = written.into_iter().find_map(|link| rest.strip_prefix(link)) else { return false };
            (text, content) = (after, rest);
        }
        text == content
    }
}

/// Whether a media key is of this upload: a number for the kind of media, and the upload's id.
fn names(key: &str, id: &str) -> bool {
    key.split_once('_').is_some_and(|(_, own)| own == id)
}
