//! Instagram: Business Login, and the part of the Graph API that publishes images, reels and carousels and reads them
//! back. This file is the route table.
//!
//! Sources: developers.facebook.com (Instagram Platform: business login, content publishing, error codes), and where it
//! says nothing, answers of the real API that its users have quoted in public.

mod account;
mod authorize;
mod caller;
mod cap;
mod comment;
mod container;
mod create;
mod feed;
mod graph_error;
mod graph_errors;
mod media;
mod oauth;
mod parameters;
mod post;
mod publish;
mod quota;
mod read;
mod rules;
mod script;
mod settings;
mod spec;
mod token;
mod user;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::{Method, Request};

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
use spec::{API, GRAPH, SPEC};

/// The simulated version of the Graph API.
const VERSION: &str = "v25.0";

pub(super) struct Instagram;

impl Network for Instagram {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn answer<'a>(&self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Stop>> {
        let Call { context, request, host, path } = call;
        async move {
            match host {
                API => Ok(api(context, request, path).await?.into()),
                GRAPH => graph(context, request, path).await,
                _ => Ok(site(context, request, path).await?.into()),
            }
        }
        .boxed()
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

/// `https://www.instagram.com/…`: pages for people.
async fn site(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let get = request.method() == Method::GET;
    Ok(match path {
        ["oauth", "authorize"] => match *request.method() {
            Method::GET => ask(context, &OAUTH, request)?,
            Method::POST => authorize::decide(context, request).await?,
            _ => notice::wrong_method()?,
        },
        ["stories", username, id] if get => feed::story(context, username, id).await?,
        ["p" | "reel", shortcode] | ["p" | "reel", shortcode, ""] if get => feed::single(context, shortcode).await?,
        _ => notice::not_found()?,
    })
}

/// `https://api.instagram.com/…`: the exchange of codes.
async fn api(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    match path {
        ["oauth", "access_token"] => token::exchange(context, request).await,
        _ => Ok(token::refusal("Unknown path.")),
    }
}

/// `https://graph.instagram.com/…`: the Graph API.
async fn graph(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    let get = request.method() == Method::GET;
    let post = request.method() == Method::POST;
    match path {
        ["access_token"] if get => Ok(token::exchange_for_long(context, request).await?.into()),
        ["refresh_access_token"] if get => Ok(token::refresh(context, request).await?.into()),
        [VERSION, "me"] if get => Ok(user::me(context, request).await?.into()),
        [VERSION, id, "media"] if post => Ok(create::create(context, request, id).await?.into()),
        [VERSION, id, "media"] if get => Ok(read::list(context, request, id).await?.into()),
        [VERSION, id, "media_publish"] if post => publish::publish(context, request, id).await,
        [VERSION, id, "comments"] if post => comment::create(context, request, id).await,
        [VERSION, id, "comments"] if get => Ok(comment::list(context, request, id).await?.into()),
        [VERSION, id, "content_publishing_limit"] if get => Ok(quota::limit(context, request, id).await?.into()),
        [VERSION, id] if get => Ok(read::object(context, request, id).await?.into()),
        _ => Ok(graph_error::unknown_path(request).into()),
    }
}
