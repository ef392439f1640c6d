//! `POST /{ig}/media`: uploads by address, and gives a container.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    account::Account,
    caller,
    container::{self, Container, Kind, State},
    failure::Failure,
    media::{self, Media},
    post, quota, rules,
    script::{Script, Step},
};
use crate::{
    Sandbox,
    fields::Fields,
    media::fetch,
    reply::{self, Reply, Stop, stop},
};

const PARAMETERS: [&str; 8] =
    ["access_token", "image_url", "video_url", "media_type", "is_carousel_item", "children", "caption", "alt_text"];

/// How long processing takes, in milliseconds.
const IMAGE_TAKES: i64 = 1000;
const VIDEO_TAKES: i64 = 10_000;

const CAROUSEL: std::ops::RangeInclusive<usize> = 2..=10;

/// What a request asks for, its words checked and nothing fetched.
enum Asked<'a> {
    Image { url: &'a str, item: bool },
    Video { url: &'a str, item: bool },
    Carousel(Vec<String>),
}

/// What is in a container.
struct Content {
    kind: Kind,
    media: Vec<Media>,
    ready_at: i64,
    error: Option<i64>,
}

pub(crate) async fn create(sandbox: &Sandbox, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let (caller, parameters) = caller::publisher(sandbox, request, id, &PARAMETERS).await?;
    let account = caller.account;
    let caption = parameters.get("caption").unwrap_or_default();
    let script = Script::of(account, caption);
    quota::remember(sandbox, account, script.as_ref()).await?;
    if let Some(script) = script.as_ref().filter(|script| script.step == Step::Container) {
        return stop(script.failure().reply());
    }
    let asked = match asked(&parameters).and_then(|asked| rules::caption(caption).map(|()| asked)) {
        Ok(asked) => asked,
        Err(failure) => return stop(failure.reply()),
    };
    let now = (sandbox.clock)().timestamp_millis();
    let alt_text = parameters.get("alt_text").map(str::to_owned);
    let content = match content(sandbox, account, asked, alt_text, now).await? {
        Ok(content) => content,
        Err(failure) => return stop(failure.reply()),
    };
    let container = Container {
        id: post::new_id("17")?,
        account: account.id.to_owned(),
        kind: content.kind,
        media: content.media,
        caption: caption.to_owned(),
        created_at: now,
        ready_at: content.ready_at,
        error: content.error,
        script,
        published: None,
    };
    container::insert(sandbox, &container).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "id": container.id })))
}

fn invalid(sentence: &str) -> Failure {
    Failure::of(100, None).saying(sentence)
}

/// Which of the three kinds this is; every parameter that does not belong to it is refused.
fn asked(parameters: &Fields) -> Result<Asked<'_>, Failure> {
    let item = match parameters.get("is_carousel_item") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(invalid("(#100) Param is_carousel_item must be a boolean")),
    };
    if item && parameters.get("caption").is_some() {
        return Err(invalid("(#100) Param caption is not supported on carousel items"));
    }
    let media = (parameters.get("image_url"), parameters.get("video_url"), parameters.get("children"));
    let asked = match (parameters.get("media_type"), media) {
        (Some("CAROUSEL"), (None, None, Some(children))) if !item => Asked::Carousel(listed(children)),
        (Some("CAROUSEL"), (None, None, None)) => return Err(Failure::of(100, Some(2_207_028))),
        (None, (Some(url), None, None)) => Asked::Image { url, item },
        (Some("REELS"), (None, Some(url), None)) if !item => Asked::Video { url, item },
        (Some("VIDEO"), (None, Some(url), None)) if item => Asked::Video { url, item },
        (Some("VIDEO"), (None, Some(_), None)) => return Err(Failure::of(100, Some(2_207_067))),
        (Some("CAROUSEL" | "REELS" | "VIDEO") | None, _) => {
            return Err(invalid(
                "(#100) Exactly one of image_url, video_url with its media_type, and children is needed",
            ));
        }
        (Some(_), _) => return Err(Failure::of(100, Some(2_207_023))),
    };
    if parameters.get("alt_text").is_some() && !matches!(asked, Asked::Image { .. }) {
        return Err(invalid("(#100) Param alt_text is only supported on images"));
    }
    Ok(asked)
}

/// A list with commas, or as JSON.
fn listed(children: &str) -> Vec<String> {
    serde_json::from_str(children).unwrap_or_else(|_| children.split(',').map(|id| id.trim().to_owned()).collect())
}

async fn content(
    sandbox: &Sandbox,
    account: &Account,
    asked: Asked<'_>,
    alt_text: Option<String>,
    now: i64,
) -> Result<Result<Content, Failure>, Stop> {
    let (url, item, kind) = match asked {
        Asked::Carousel(children) => return carousel(sandbox, account, &children, now).await,
        Asked::Image { url, item } => (url, item, media::Kind::Image),
        Asked::Video { url, item } => (url, item, media::Kind::Video),
    };
    let Some(fetched) = fetch(sandbox, url).await else {
        let told = format!("The media could not be fetched from this URI: {url}");
        return Ok(Err(Failure::of(9004, Some(2_207_052)).saying(&told)));
    };
    let (takes, single, error) = match kind {
        media::Kind::Image => {
            if let Err(failure) = rules::image(&fetched) {
                return Ok(Err(failure));
            }
            (IMAGE_TAKES, Kind::Image, None)
        }
        media::Kind::Video => (VIDEO_TAKES, Kind::Reel, rules::video(&fetched).err()),
    };
    Ok(Ok(Content {
        kind: if item { Kind::Item } else { single },
        media: vec![Media { kind, url: url.to_owned(), alt_text }],
        ready_at: now + takes,
        error,
    }))
}

/// A carousel is ready after the last of its items, and fails with any of them.
async fn carousel(
    sandbox: &Sandbox,
    account: &Account,
    children: &[String],
    now: i64,
) -> Result<Result<Content, Failure>, Stop> {
    if !CAROUSEL.contains(&children.len()) {
        return Ok(Err(Failure::of(100, Some(2_207_028))));
    }
    let mut content = Content { kind: Kind::Carousel, media: Vec::new(), ready_at: now, error: None };
    for id in children {
        let child = container::find(sandbox, account, id).await?;
        let Some(child) = child.filter(|child| child.kind == Kind::Item && child.state(account, now) != State::Expired)
        else {
            return Ok(Err(invalid(&format!("(#100) Param children: {id} is not a carousel item of this account"))));
        };
        content.media.extend(child.media);
        content.ready_at = content.ready_at.max(child.ready_at);
        content.error = content.error.or(child.error);
    }
    content.ready_at += IMAGE_TAKES;
    Ok(Ok(content))
}
