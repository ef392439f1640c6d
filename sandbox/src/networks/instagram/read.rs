//! Reads a container or a post by its id, and an account's posts in descending order.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    caller,
    container::{self, PostKind},
    graph_error::GraphError,
    media::MediaKind,
    parameters,
    post::{self, Post},
};
use crate::{
    context::Context,
    reply::{self, Reply, Stop, stop},
};

/// The simulated fields; Instagram has more.
const CONTAINER_FIELDS: [&str; 3] = ["id", "status", "status_code"];
const MEDIA_FIELDS: [&str; 8] =
    ["id", "caption", "media_product_type", "media_type", "permalink", "shortcode", "timestamp", "username"];

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;

/// `GET /{id}`
pub(crate) async fn object(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields"])?;
    let caller = caller::authenticate(context, request, &parameters).await?;
    if let Some(container) = container::find(context, caller.account, id).await? {
        let asked = parameters::fields(&parameters, &CONTAINER_FIELDS)?;
        let state = container.state(caller.account, context.now().timestamp_millis());
        let mut body = json!({});
        for field in asked {
            let value = match field.as_str() {
                "status" => state.text(),
                "status_code" => state.code().to_owned(),
                _ => container.id.clone(),
            };
            body[field] = value.into();
        }
        body["id"] = container.id.into();
        return Ok(reply::json(StatusCode::OK, &body));
    }
    match post::find(context, id).await? {
        Some(post) if post.account == caller.account.id => {
            let asked = parameters::fields(&parameters, &MEDIA_FIELDS)?;
            Ok(reply::json(StatusCode::OK, &view(context, &post, &asked)))
        }
        _ => stop(GraphError::no_such(id).reply()),
    }
}

/// `GET /{ig}/media`
pub(crate) async fn list(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields", "limit"])?;
    let caller = caller::authenticate(context, request, &parameters).await?;
    caller.owns(id)?;
    let asked = parameters::fields(&parameters, &MEDIA_FIELDS)?;
    let limit = match parameters.get("limit").map(str::parse) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some(_) => return stop(GraphError::of(100, None).with_message("(#100) Param limit must be 1 to 100").reply()),
    };
    let posts = post::newest(context, Some(caller.account), 0, limit).await?;
    // Stories have an edge of their own.
    let data: Vec<Value> =
        posts.iter().filter(|post| post.kind != PostKind::Story).map(|post| view(context, post, &asked)).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "data": data })))
}

/// The id is always included, and an empty caption is omitted, as Instagram does.
fn view(context: &Context, post: &Post, fields: &[String]) -> Value {
    let mut view = json!({});
    for field in fields {
        let value = match field.as_str() {
            "caption" if post.caption.is_empty() => continue,
            "caption" => post.caption.clone(),
            "media_product_type" if post.kind == PostKind::Reel => "REELS".to_owned(),
            "media_product_type" if post.kind == PostKind::Story => "STORY".to_owned(),
            "media_product_type" => "FEED".to_owned(),
            "media_type" => media_type(post).to_owned(),
            "permalink" => post.permalink(context),
            "shortcode" => post.shortcode(),
            "timestamp" => post.created_at().format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
            "username" => post.username().to_owned(),
            _ => post.id.clone(),
        };
        view[field] = value.into();
    }
    view["id"] = post.id.as_str().into();
    view
}

fn media_type(post: &Post) -> &'static str {
    match post.media.as_slice() {
        [only] if only.kind == MediaKind::Video => "VIDEO",
        [_] => "IMAGE",
        _ => "CAROUSEL_ALBUM",
    }
}
