//! The card of a post's first link: the page is read, and its picture uploaded. A failure leaves out the picture or the card,
//! and never stops the post.
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/external.json>

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{
    facets::{self, Feature},
    page, upload,
};
use crate::{
    Call, Credential, Effect, MAX_ENDPOINT, Options, Response, Source, Task, UnreadableState,
    media::{Format, Kind},
};

/// The redirects of the page, and of its picture, that are followed.
const MAX_REDIRECTS: [u8; 2] = [3, 1];
/// The largest picture, by the lexicon.
const MAX_PICTURE: u64 = 1_000_000;
/// The range of a page that is asked for. A server that sends more than a response may have gets no card.
const MAX_PAGE: u64 = 1_000_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    uri: String,
    title: String,
    description: String,
    picture: Option<Picture>,
    /// The reference to the uploaded picture.
    pub(super) thumb: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Picture {
    url: String,
    format: Format,
    bytes: u64,
}

impl Card {
    #[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
    pub(super) fn to_json(&self) -> Value {
        let mut card = json!({ "uri": self.uri, "title": self.title, "description": self.description });
        if let Some(thumb) = &self.thumb {
            card["thumb"] = thumb.clone();
        }
        card
    }

    pub(super) const fn has_picture(&self) -> bool {
        self.picture.is_some()
    }

    /// Uploads the picture.
    pub(super) fn upload(&self, task: &Task) -> Result<Call, UnreadableState> {
        let picture = self.picture.as_ref().ok_or(UnreadableState::Lacks("the picture of the link's page"))?;
        upload::step(task, Source::Page(picture.url.clone()), picture.bytes, Some(picture.format))
    }

    /// Reads the answer to [`Self::upload`].
    pub(super) fn uploaded(&mut self, answer: &Response) {
        let is_picture = |blob: &Value| {
            let kind = blob.get("mimeType").and_then(Value::as_str).unwrap_or_default();
            let size = blob.get("size").and_then(Value::as_u64).unwrap_or(u64::MAX);
            kind.starts_with("image/") && size <= MAX_PICTURE
        };
        self.thumb = upload::read(answer).ok().filter(is_picture);
        if self.thumb.is_none() {
            self.picture = None;
        }
    }
}

/// The first link of a text, as written, unless the post is to have no card.
pub(super) fn link(content: &str, options: &Options) -> Option<String> {
    if options.get("linkCard") == Some(&Value::Bool(false)) {
        return None;
    }
    facets::detect(content).into_iter().find_map(|facet| match facet.feature {
        Feature::Link { uri } => Some(uri),
        Feature::Mention { .. } | Feature::Tag { .. } => None,
    })
}

/// Where a link is read, without its fragment. The caller sends nothing to an address that is not https.
pub(super) fn address(link: &str) -> Option<String> {
    let mut url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    url.set_fragment(None);
    // A host that a URL may have and a request may not: `https://{{cdn}}/`.
    let can_be_asked = |url: &String| url.len() <= MAX_ENDPOINT && url.parse::<http::Uri>().is_ok();
    Some(url.into()).filter(can_be_asked)
}

/// Reads a page, or asks for a picture.
pub(super) fn ask(method: Method, url: &str) -> Result<Call, UnreadableState> {
    let mut request = http::Request::builder()
        .method(&method)
        .uri(url)
        .header(header::USER_AGENT, "Mozilla/5.0 (compatible; onbehalf; link card)")
        .header(header::ACCEPT_ENCODING, "identity");
    if method == Method::GET {
        let range = format!("bytes=0-{}", MAX_PAGE - 1);
        request = request.header(header::ACCEPT, "text/html").header(header::RANGE, range);
    }
    let request = request.body(Bytes::new())?;
    Ok(Call { request, effect: Effect::Prepare, credential: Credential::None, upload: None })
}

/// What a page or a picture's server answers.
pub(super) enum Reading<T> {
    Redirect(String),
    Read(T),
    Nothing,
}

/// The card by the page at `url`, and the address of its picture.
pub(super) fn read_page(link: &str, url: &str, redirects: u8, answer: &Response) -> Reading<(Card, Option<String>)> {
    if let Some(to) = redirect(url, answer) {
        return if redirects < MAX_REDIRECTS[0] { Reading::Redirect(to) } else { Reading::Nothing };
    }
    let kind = text(answer.headers(), header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    let is_page = ["text/html", "application/xhtml+xml"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    if !matches!(answer.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT) || !is_page {
        return Reading::Nothing;
    }
    let page = page::read(answer.body());
    if page.title.is_empty() {
        return Reading::Nothing;
    }
    let picture = page.picture.and_then(|picture| joined(url, &picture));
    let card =
        Card { uri: link.to_owned(), title: page.title, description: page.description, picture: None, thumb: None };
    Reading::Read((card, picture))
}

/// Adds the picture at `url` to the card, if its server names a type and a length that Bluesky takes.
pub(super) fn read_picture(card: &mut Card, url: &str, redirects: u8, answer: &Response) -> Reading<()> {
    if let Some(to) = redirect(url, answer) {
        return if redirects < MAX_REDIRECTS[1] { Reading::Redirect(to) } else { Reading::Nothing };
    }
    let format = Format::of_content_type(text(answer.headers(), header::CONTENT_TYPE));
    let bytes = text(answer.headers(), header::CONTENT_LENGTH).parse().unwrap_or_default();
    match format.filter(|format| format.kind() == Kind::Image) {
        Some(format) if answer.status() == StatusCode::OK && (1..=MAX_PICTURE).contains(&bytes) => {
            card.picture = Some(Picture { url: url.to_owned(), format, bytes });
            Reading::Read(())
        }
        _ => Reading::Nothing,
    }
}

/// Where a redirect leads, if it is followed.
fn redirect(url: &str, answer: &Response) -> Option<String> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    joined(url, answer.headers().get(header::LOCATION)?.to_str().ok()?)
}

fn joined(url: &str, to: &str) -> Option<String> {
    address(Url::parse(url).ok()?.join(to).ok()?.as_str())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
