//! TikTok: Login Kit for the web, and the part of API v2 that posts videos and photos directly. This file is the route
//! table.
//!
//! Sources: developers.tiktok.com (Login Kit for Web, OAuth access tokens, Content Posting API and its media transfer
//! guide, error handling of API v2), and where they say nothing, answers of the real API that its users have quoted in
//! public.

mod account;
mod answer;
mod authorize;
mod bearer;
mod body;
mod chunk_plan;
mod creator;
mod feed;
mod film;
mod oauth;
mod photo;
mod post;
mod publisher;
mod publishing;
mod rate;
mod scripted;
mod source;
mod spec;
mod status;
mod token;
mod upload;
mod user;
mod video;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::{Method, Request, StatusCode};

use crate::{
    account::Account,
    answer::Answer,
    context::Context,
    error::Error,
    network::{Call, Network},
    notice,
    oauth::authorize::ask,
    posts::FeedEntry,
    reply::{Reply, Stop},
    spec::Spec,
};

use oauth::OAUTH;
use spec::{API, SPEC, UPLOADS};

pub(super) struct TikTok;

impl Network for TikTok {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn answer<'a>(&self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Stop>> {
        let Call { context, request, host, path } = call;
        async move {
            match host {
                API => api(context, request, path).await,
                UPLOADS => uploads(context, request, path).await,
                _ => Ok(site(context, request, path).await?.into()),
            }
        }
        .boxed()
    }

    fn too_large(&self, context: &Context, host: &str) -> Result<Reply, Error> {
        if host != API {
            return notice::too_large();
        }
        answer::refusal_with(context, StatusCode::BAD_REQUEST, "invalid_params", "The request body is too large")
    }

    fn newest<'a>(
        &self,
        context: &'a Context,
        account: Option<&'a Account>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<FeedEntry>, Error>> {
        feed::newest(context, account, limit).boxed()
    }
}

/// `https://www.tiktok.com/…`: pages for people.
async fn site(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    Ok(match (path, request.method()) {
        (["v2", "auth", "authorize", ""], &Method::GET) => ask(context, &OAUTH, request)?,
        (["v2", "auth", "authorize", ""], &Method::POST) => authorize::decide(context, request).await?,
        ([handle, kind @ ("video" | "photo"), id], &Method::GET) => feed::single(context, handle, kind, id).await?,
        (["v2", "auth", "authorize", ""] | [_, "video" | "photo", _], _) => notice::wrong_method()?,
        _ => notice::not_found()?,
    })
}

/// `https://open.tiktokapis.com/…`: the API. All paths end in a slash.
async fn api(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    match (path, request.method()) {
        (["v2", "oauth", "token", ""], &Method::POST) => Ok(token::exchange(context, request).await?.into()),
        (["v2", "oauth", "revoke", ""], &Method::POST) => Ok(token::revoke(context, request).await?.into()),
        (["v2", "user", "info", ""], &Method::GET) => Ok(user::info(context, request).await?.into()),
        (["v2", "post", "publish", rest @ ..], &Method::POST) => match rest {
            ["creator_info", "query", ""] => Ok(creator::query(context, request).await?.into()),
            ["video", "init", ""] => video::init(context, request).await,
            ["inbox", "video", "init", ""] => video::inbox(context, request).await,
            ["content", "init", ""] => photo::init(context, request).await,
            ["status", "fetch", ""] => Ok(status::fetch(context, request).await?.into()),
            _ => answer::refuse(context, "unsupported_path"),
        },
        _ => answer::refuse(context, "unsupported_path"),
    }
}

/// `https://open-upload.tiktokapis.com/…`: uploads of video chunks.
async fn uploads(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    match (path, request.method()) {
        (["video", ""], &Method::PUT) => upload::put(context, request).await,
        _ => answer::refuse(context, "unsupported_path"),
    }
}
