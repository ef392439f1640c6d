//! `POST /{ig}/media`: fetches media from URLs and creates a container.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    caller, cap,
    container::{self, Container, ContainerState, PostKind},
    graph_error::GraphError,
    media::{Media, MediaKind},
    post, quota, rules,
    script::{Script, Step},
    settings::{self, Settings, Use},
    spec::SPEC,
};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    fields::Fields,
    first_time,
    media::download,
    reply::{self, Reply, Stop, stop},
};

const PARAMETERS: [&str; 8] =
    ["access_token", "image_url", "video_url", "media_type", "is_carousel_item", "children", "caption", "alt_text"];
/// Parameters with the address of a file.
const ADDRESSES: [&str; 3] = ["image_url", "video_url", "cover_url"];

/// Durations of processing, in milliseconds.
const IMAGE_PROCESSING: i64 = 1000;
const VIDEO_PROCESSING: i64 = 10_000;

const CAROUSEL: std::ops::RangeInclusive<usize> = 2..=10;

/// A valid request, before anything is fetched.
enum NewContainer<'a> {
    Image { url: &'a str, used: Use },
    Video { url: &'a str, used: Use },
    Carousel(Vec<String>),
}

impl NewContainer<'_> {
    const fn used(&self) -> Use {
        match self {
            Self::Image { used, .. } | Self::Video { used, .. } => *used,
            Self::Carousel(_) => Use::Carousel,
        }
    }
}

/// What was fetched for a container.
struct ContainerContent {
    kind: PostKind,
    media: Vec<Media>,
    ready_at: i64,
    error: Option<i64>,
}

pub(crate) async fn create(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let known = [PARAMETERS, settings::PARAMETERS].concat();
    let (caller, parameters) = caller::publisher(context, request, id, &known).await?;
    let account = caller.account;
    cap::count(context, account).await?;
    let caption = parameters.get("caption").unwrap_or_default();
    let script = Script::of(account, caption);
    quota::remember(context, account, script.as_ref()).await?;
    if let Some(script) = script.as_ref().filter(|script| script.step == Step::Container) {
        return stop(script.error().reply());
    }
    let requested = read(&parameters).and_then(|requested| {
        rules::caption(caption)?;
        let settings = Settings::read(&parameters, requested.used())?;
        Ok((requested, settings))
    });
    let (requested, settings) = match requested {
        Ok(requested) => requested,
        Err(failure) => return stop(failure.reply()),
    };
    if let Some(url) = &settings.cover_url
        && let Err(failure) = cover(context, url).await
    {
        return stop(failure.reply());
    }
    let now = context.now().timestamp_millis();
    let alt_text = parameters.get("alt_text").map(str::to_owned);
    let mut content = match content(context, account, requested, alt_text, now).await? {
        Ok(content) => content,
        Err(failure) => return stop(failure.reply()),
    };
    let fails_once = matches!(account.behavior, Behavior::ProcessingFailsOnce | Behavior::MediaGoneOnce);
    let fails = fails_once && first_time::record(context, &SPEC, account, first_time::CONTAINER).await?.is_now;
    let gone = fails && account.behavior == Behavior::MediaGoneOnce;
    if fails && !gone {
        content.error = Some(rules::UNKNOWN_UPLOAD_ERROR);
    }
    let container = Container {
        id: post::new_id("17")?,
        account: account.id.to_owned(),
        kind: content.kind,
        media: content.media,
        caption: caption.to_owned(),
        settings,
        created_at: now,
        ready_at: content.ready_at,
        error: content.error,
        script,
        published: None,
        appears_at: None,
        gone,
    };
    container::insert(context, &container).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "id": container.id })))
}

fn invalid(sentence: &str) -> GraphError {
    GraphError::of(100, None).with_message(sentence)
}

/// The kind of container. Parameters of another kind are refused.
fn read(parameters: &Fields) -> Result<NewContainer<'_>, GraphError> {
    let item = match parameters.get("is_carousel_item") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(invalid("(#100) Param is_carousel_item must be a boolean")),
    };
    if item && parameters.get("caption").is_some() {
        return Err(invalid("(#100) Param caption is not supported on carousel items"));
    }
    // "URLs that contain only US ASCII characters, or the request will fail"
    if let Some(name) = ADDRESSES.iter().find(|name| parameters.get(name).is_some_and(|url| !url.is_ascii())) {
        let message = format!("The media could not be fetched from this URI: {name} has characters that are not ASCII");
        return Err(GraphError::of(9004, Some(2_207_052)).with_message(&message));
    }
    let media = (parameters.get("image_url"), parameters.get("video_url"), parameters.get("children"));
    let container = match (parameters.get("media_type"), media) {
        (Some("CAROUSEL"), (None, None, Some(children))) if !item => NewContainer::Carousel(list(children)),
        (Some("CAROUSEL"), (None, None, None)) => return Err(GraphError::of(100, Some(2_207_028))),
        (None, (Some(url), None, None)) => {
            NewContainer::Image { url, used: if item { Use::ImageItem } else { Use::Image } }
        }
        (Some("REELS"), (None, Some(url), None)) if !item => NewContainer::Video { url, used: Use::Reel },
        (Some("VIDEO"), (None, Some(url), None)) if item => NewContainer::Video { url, used: Use::VideoItem },
        (Some("STORIES"), (Some(url), None, None)) if !item => NewContainer::Image { url, used: Use::Story },
        (Some("STORIES"), (None, Some(url), None)) if !item => NewContainer::Video { url, used: Use::Story },
        (Some("VIDEO"), (None, Some(_), None)) => return Err(GraphError::of(100, Some(2_207_067))),
        (Some("CAROUSEL" | "REELS" | "VIDEO" | "STORIES") | None, _) => {
            return Err(invalid(
                "(#100) Exactly one of image_url, video_url with its media_type, and children is needed",
            ));
        }
        (Some(_), _) => return Err(GraphError::of(100, Some(2_207_023))),
    };
    let takes_alt_text = matches!(container.used(), Use::Image | Use::ImageItem);
    if parameters.get("alt_text").is_some() && !takes_alt_text {
        return Err(invalid("(#100) Param alt_text is only supported on images"));
    }
    if parameters.get("caption").is_some() && container.used() == Use::Story {
        return Err(invalid("(#100) Param caption is not supported on stories"));
    }
    Ok(container)
}

/// A list separated by commas or in JSON.
fn list(children: &str) -> Vec<String> {
    serde_json::from_str(children).unwrap_or_else(|_| children.split(',').map(|id| id.trim().to_owned()).collect())
}

async fn content(
    context: &Context,
    account: &Account,
    container: NewContainer<'_>,
    alt_text: Option<String>,
    now: i64,
) -> Result<Result<ContainerContent, GraphError>, Stop> {
    let (url, used, kind) = match container {
        NewContainer::Carousel(children) => return carousel(context, account, &children, now).await,
        NewContainer::Image { url, used } => (url, used, MediaKind::Image),
        NewContainer::Video { url, used } => (url, used, MediaKind::Video),
    };
    let story = used == Use::Story;
    let Some(fetched) = download(context, url).await else {
        let message = format!("The media could not be fetched from this URI: {url}");
        return Ok(Err(GraphError::of(9004, Some(2_207_052)).with_message(&message)));
    };
    let (processing, single, error) = match kind {
        MediaKind::Image => {
            if let Err(failure) = rules::image(&fetched, story) {
                return Ok(Err(failure));
            }
            (IMAGE_PROCESSING, PostKind::Image, None)
        }
        MediaKind::Video => (VIDEO_PROCESSING, PostKind::Reel, rules::video(&fetched, story).err()),
    };
    Ok(Ok(ContainerContent {
        kind: match used {
            Use::ImageItem | Use::VideoItem => PostKind::Item,
            Use::Story => PostKind::Story,
            _ => single,
        },
        media: vec![Media { kind, url: url.to_owned(), alt_text }],
        ready_at: now + processing,
        error,
    }))
}

/// The cover of a reel is an image as on a feed, of any ratio.
async fn cover(context: &Context, url: &str) -> Result<(), GraphError> {
    match download(context, url).await {
        Some(fetched) => rules::image(&fetched, true),
        None => Err(GraphError::of(9004, Some(2_207_052))),
    }
}

/// A carousel is ready after its last item, and fails if an item fails.
async fn carousel(
    context: &Context,
    account: &Account,
    children: &[String],
    now: i64,
) -> Result<Result<ContainerContent, GraphError>, Stop> {
    if !CAROUSEL.contains(&children.len()) {
        return Ok(Err(GraphError::of(100, Some(2_207_028))));
    }
    let mut content = ContainerContent { kind: PostKind::Carousel, media: Vec::new(), ready_at: now, error: None };
    for id in children {
        let child = container::find(context, account, id).await?;
        let Some(child) =
            child.filter(|child| child.kind == PostKind::Item && child.state(account, now) != ContainerState::Expired)
        else {
            return Ok(Err(invalid(&format!("(#100) Param children: {id} is not a carousel item of this account"))));
        };
        content.media.extend(child.media);
        content.ready_at = content.ready_at.max(child.ready_at);
        content.error = content.error.or(child.error);
    }
    content.ready_at += IMAGE_PROCESSING;
    Ok(Ok(content))
}
