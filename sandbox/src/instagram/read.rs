//! Reading back: a container or a post by its id, and an account's posts, newest first.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    caller,
    container::{self, Kind},
    failure::Failure,
    media, parameters,
    post::{self, Post},
};
use crate::{
    Sandbox,
    feed::Post as _,
    reply::{self, Reply, Stop, stop},
};

/// The fields that are simulated, of the many that Instagram has.
const CONTAINER: [&str; 3] = ["id", "status", "status_code"];
const MEDIA: [&str; 8] =
    ["id", "caption", "media_product_type", "media_type", "permalink", "shortcode", "timestamp", "username"];

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;

/// `GET /{id}`
pub(crate) async fn object(sandbox: &Sandbox, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields"])?;
    let caller = caller::authenticate(sandbox, request, &parameters).await?;
    if let Some(container) = container::find(sandbox, caller.account, id).await? {
        let asked = parameters::fields(&parameters, &CONTAINER)?;
        let state = container.state(caller.account, (sandbox.clock)().timestamp_millis());
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
    match post::find(sandbox, id).await? {
        Some(post) if post.account == caller.account.id => {
            let asked = parameters::fields(&parameters, &MEDIA)?;
            Ok(reply::json(StatusCode::OK, &view(sandbox, &post, &asked)))
        }
        _ => stop(Failure::no_such(id).reply()),
    }
}

/// `GET /{ig}/media`
pub(crate) async fn list(sandbox: &Sandbox, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields", "limit"])?;
    let caller = caller::authenticate(sandbox, request, &parameters).await?;
    caller.owns(id)?;
    let asked = parameters::fields(&parameters, &MEDIA)?;
    let limit = match parameters.get("limit").map(str::parse) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some(_) => return stop(Failure::of(100, None).saying("(#100) Param limit must be 1 to 100").reply()),
    };
    let posts = post::newest(sandbox, Some(caller.account), 0, limit).await?;
    let data: Vec<Value> = posts.iter().map(|post| view(sandbox, post, &asked)).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "data": data })))
}

/// The id is always told; what is empty is left out, as Instagram does.
fn view(sandbox: &Sandbox, post: &Post, fields: &[String]) -> Value {
    let mut view = json!({});
    for field in fields {
        let value = match field.as_str() {
            "caption" if post.caption.is_empty() => continue,
            "caption" => post.caption.clone(),
            "media_product_type" if post.kind == Kind::Reel => "REELS".to_owned(),
            "media_product_type" => "FEED".to_owned(),
            "media_type" => media_type(post).to_owned(),
            "permalink" => post.permalink(sandbox),
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
        [only] if only.kind == media::Kind::Video => "VIDEO",
        [_] => "IMAGE",
        _ => "CAROUSEL_ALBUM",
    }
}
