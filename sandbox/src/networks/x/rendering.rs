//! The text of a post as the API returns it: `&`, `<` and `>` are escaped, links are replaced by t.co links, and a post with
//! media ends with one more.

use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::{link, tweet::Tweet};

/// A link. `start` and `end` are offsets in the returned text, in Unicode code points.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct UrlEntity {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) url: String,
    pub(crate) expanded_url: String,
    pub(crate) display_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media_key: Option<String>,
}

pub(crate) struct Rendering {
    pub(crate) text: String,
    pub(crate) urls: Vec<UrlEntity>,
}

pub(crate) fn render(tweet: &Tweet) -> Rendering {
    let written_text = &tweet.body.text;
    let mut text = String::new();
    let mut urls = Vec::new();
    let mut done = 0;
    for (range, number) in link::find(written_text).into_iter().zip(0..) {
        escape(&mut text, written_text.get(done..range.start).unwrap_or_default());
        let written = written_text.get(range.clone()).unwrap_or_default();
        let url = short(tweet.id, number);
        let start = text.chars().count();
        text.push_str(&url);
        urls.push(UrlEntity {
            start,
            end: start + url.chars().count(),
            url,
            expanded_url: expanded(written),
            display_url: display(written),
            media_key: None,
        });
        done = range.end;
    }
    escape(&mut text, written_text.get(done..).unwrap_or_default());
    append_media(tweet, &mut text, &mut urls);
    Rendering { text, urls }
}

/// How many characters of a long post its `text` shows.
pub(crate) const SHOWN: usize = 254;

/// What `text` shows of a long post: its beginning, and a link to the whole.
pub(crate) fn beginning(text: &str, tweet: &Tweet) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    format!("{}\u{2026} {}", shown.trim_end(), short(tweet.id, u32::MAX - 1))
}

/// The link to the media at the end: one in the text, and one entity for each medium.
fn append_media(tweet: &Tweet, text: &mut String, urls: &mut Vec<UrlEntity>) {
    if tweet.media.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push(' ');
    }
    let url = short(tweet.id, u32::MAX);
    let start = text.chars().count();
    text.push_str(&url);
    let (username, id) = (tweet.username(), tweet.id);
    urls.extend((1..).zip(&tweet.media).map(|(n, medium): (usize, _)| UrlEntity {
        start,
        end: start + url.chars().count(),
        url: url.clone(),
        expanded_url: format!("https://x.com/{username}/status/{id}/{}/{n}", medium.category.address()),
        display_url: url.replace("https://t.co/", "pic.x.com/"),
        media_key: Some(medium.key.clone()),
    }));
}

fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            c => into.push(c),
        }
    }
}

/// A t.co link. Its 23 characters are the weight of a link.
fn short(id: i64, number: u32) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let hash = digest(&SHA256, format!("{id}#{number}").as_bytes());
    let path: String = hash
        .as_ref()
        .iter()
        .take(10)
        .filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()))
        .map(|byte| char::from(*byte))
        .collect();
    format!("https://t.co/{path}")
}

fn expanded(written: &str) -> String {
    if link::scheme(written).is_some() { written.to_owned() } else { format!("http://{written}") }
}

/// Without scheme and `www.`, and shortened as X shortens it.
fn display(written: &str) -> String {
    const SHOWN: usize = 27;
    let bare = link::scheme(written).and_then(|scheme| written.get(scheme..)).unwrap_or(written);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    if bare.chars().count() <= SHOWN {
        return bare.to_owned();
    }
    let shown: String = bare.chars().take(SHOWN - 1).collect();
    format!("{shown}\u{2026}")
}
