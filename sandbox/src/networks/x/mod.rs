//! X: OAuth 2.0 with PKCE for confidential clients, and the part of API v2 that publishes posts with media. This file is
//! the route table.
//!
//! Sources: docs.x.com (OAuth 2.0 authorization code, posts, media, timelines, response codes), and where they say nothing,
//! answers of the real API that its users have quoted in public.

mod account;
mod append;
mod attached;
mod authorize;
mod bearer;
mod body;
mod category;
mod create;
mod feed;
mod finalize;
mod form;
mod initialize;
mod link;
mod list;
mod metadata;
mod oauth;
mod pattern;
mod problem;
mod processing;
mod punycode;
mod rate;
mod rendering;
mod scope;
mod spec;
mod tables;
mod timeline;
mod token;
mod tweet;
mod upload;
mod user;
mod weight;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::{Method, Request};

use crate::{
    account::Account,
    answer::Answer,
    context::Context,
    error::Error,
    host::TEXT_BODY,
    network::{Call, Network},
    notice,
    oauth::authorize::ask,
    posts::FeedEntry,
    reply::{Reply, Stop},
    spec::Spec,
};

use oauth::OAUTH;
use spec::{API, SPEC};

pub(super) struct X;

impl Network for X {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn answer<'a>(&self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Stop>> {
        let Call { context, request, host, path } = call;
        async move {
            match host {
                API => api(context, request, path).await,
                _ => Ok(site(context, request, path).await?.into()),
            }
        }
        .boxed()
    }

    fn too_large(&self, _: &Context, host: &str) -> Result<Reply, Error> {
        if host == API { Ok(problem::too_large()) } else { notice::too_large() }
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

/// `https://x.com/…`: pages for people.
async fn site(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let get = request.method() == Method::GET;
    Ok(match path {
        ["i", "oauth2", "authorize"] => match *request.method() {
            Method::GET => ask(context, &OAUTH, request)?,
            Method::POST => authorize::decide(context, request).await?,
            _ => notice::wrong_method()?,
        },
        [username, "status", id] if get => feed::status(context, username, id).await?,
        [_, "status", _] => notice::wrong_method()?,
        _ => notice::not_found()?,
    })
}

/// `https://api.x.com/…`: the API.
async fn api(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    let (expected, route) = match path {
        ["2", "oauth2", "token"] => (Method::POST, Route::Token),
        ["2", "oauth2", "revoke"] => (Method::POST, Route::Revoke),
        ["2", "users", "me"] => (Method::GET, Route::Me),
        ["2", "tweets"] => (Method::POST, Route::Tweets),
        ["2", "users", id, "tweets"] => (Method::GET, Route::Timeline(id)),
        ["2", "media", "upload", "initialize"] => (Method::POST, Route::Initialize),
        ["2", "media", "upload", id, "append"] => (Method::POST, Route::Append(id)),
        ["2", "media", "upload", id, "finalize"] => (Method::POST, Route::Finalize(id)),
        ["2", "media", "upload"] => (Method::GET, Route::Status),
        ["2", "media", "metadata"] => (Method::POST, Route::Metadata),
        _ => return Ok(problem::not_found().into()),
    };
    if request.method() != expected {
        return Ok(problem::wrong_method(&expected)?.into());
    }
    if request.body().len() > TEXT_BODY && !matches!(route, Route::Append(_)) {
        return Ok(problem::too_large().into());
    }
    match route {
        Route::Token => Ok(token::exchange(context, request).await?.into()),
        Route::Revoke => Ok(token::revoke(context, request).await?.into()),
        Route::Me => Ok(user::me(context, request).await?.into()),
        Route::Tweets => create::create(context, request).await,
        Route::Timeline(id) => Ok(timeline::of(context, request, id).await?.into()),
        Route::Initialize => Ok(initialize::begin(context, request).await?.into()),
        Route::Append(id) => append::receive(context, request, id).await,
        Route::Finalize(id) => Ok(finalize::complete(context, request, id).await?.into()),
        Route::Status => Ok(processing::status(context, request).await?.into()),
        Route::Metadata => Ok(metadata::describe(context, request).await?.into()),
    }
}

enum Route<'a> {
    Token,
    Revoke,
    Me,
    Tweets,
    Timeline(&'a str),
    Initialize,
    Append(&'a str),
    Finalize(&'a str),
    Status,
    Metadata,
}
