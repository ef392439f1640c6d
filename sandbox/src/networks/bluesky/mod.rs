//! Bluesky: a PDS of the AT Protocol with its authorization server, the PLC directory of its accounts, and the part of the
//! website that shows a post, and the service that processes videos. This file is the route table.
//!
//! An authorization server and a PDS are at the root of an origin, so these paths have no host before them:
//! `https://bsky.social/xrpc/…` is `{public_url}/xrpc/…` here.
//!
//! Sources: atproto.com (OAuth, permissions, DIDs, data model), the lexicons `com.atproto.*`, `app.bsky.feed.*`,
//! `app.bsky.embed.*` and `app.bsky.video.*`, and where they say nothing, the reference server, or answers of the video
//! service that its users have quoted in public. RFC 7523, 7636, 9126, 9207, 9449.

mod account;
mod admission;
mod assertion;
mod authorize;
mod blob;
mod cid;
mod client;
mod document;
mod dpop;
mod embed_rules;
mod feed;
mod form;
mod identity;
mod input;
mod jwt;
mod metadata;
mod oauth;
mod oauth_error;
mod once;
mod par;
mod post_rules;
mod query;
mod read;
mod record;
mod scope;
mod service_auth;
mod session;
mod spec;
mod syntax;
mod threadgate_rules;
mod token;
mod video;
mod write;
mod xrpc_error;

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
    posts::FeedEntry,
    reply::{Reply, Stop},
    spec::Spec,
};

use dpop::Server;
use spec::{OAUTH, PLC, SITE, SPEC, VIDEO, WELL_KNOWN, XRPC};

pub(super) struct Bluesky;

impl Network for Bluesky {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn answer<'a>(&self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Stop>> {
        let Call { context, request, host, path } = call;
        async move {
            match host {
                XRPC => xrpc(context, request, path).await,
                OAUTH => Ok(oauth(context, request, path).await?.into()),
                SITE => Ok(site(context, request, path).await?.into()),
                VIDEO => Ok(videos(context, request, path).await?.into()),
                _ => Ok(documents(context, request, host, path)?.into()),
            }
        }
        .boxed()
    }

    fn too_large(&self, _: &Context, host: &str) -> Result<Reply, Error> {
        if [XRPC, VIDEO].contains(&host) {
            return Ok(xrpc_error::reply(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", "request entity too large"));
        }
        notice::too_large()
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

/// `https://bsky.app/…`: the pages of posts.
async fn site(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    Ok(match (path, request.method()) {
        (["profile", name, "post", rkey], &Method::GET) => feed::single(context, name, rkey).await?,
        (["profile", _, "post", _], _) => notice::wrong_method()?,
        _ => notice::not_found()?,
    })
}

/// Metadata and DID documents.
fn documents(context: &Context, request: &Request<Bytes>, host: &str, path: &[&str]) -> Result<Reply, Stop> {
    Ok(match (host, path, request.method()) {
        (WELL_KNOWN, ["oauth-protected-resource"], &Method::GET) => metadata::resource(context),
        (WELL_KNOWN, ["oauth-authorization-server"], &Method::GET) => metadata::issuer(context),
        (did, [], &Method::GET) if did.starts_with(PLC) => identity::document(context, did),
        (WELL_KNOWN, ["oauth-protected-resource" | "oauth-authorization-server"], _) => notice::wrong_method()?,
        _ => notice::not_found()?,
    })
}

/// The authorization server.
async fn oauth(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    Ok(match (path, request.method()) {
        (["authorize"], &Method::GET) => authorize::ask(context, request).await?,
        (["authorize"], &Method::POST) => authorize::decide(context, request).await?,
        (["par"], &Method::POST) => par::push(context, request).await?,
        (["token"], &Method::POST) => token::exchange(context, request).await?,
        (["revoke"], &Method::POST) => token::revoke(context, request).await?,
        (["authorize" | "par" | "token" | "revoke"], _) => notice::wrong_method()?,
        _ => notice::not_found()?,
    })
}

/// `https://video.bsky.app/xrpc/…`: the service that processes videos.
async fn videos(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    match (path, request.method()) {
        ([XRPC, "app.bsky.video.uploadVideo"], &Method::POST) => video::upload(context, request).await,
        ([XRPC, "app.bsky.video.getJobStatus"], &Method::GET) => video::status(context, request).await,
        _ => Ok(xrpc_error::not_implemented()),
    }
}

/// The PDS. Every answer to a request with a token carries the nonce for the next proof.
async fn xrpc(context: &Context, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    let expected = match path {
        ["com.atproto.repo.putRecord" | "com.atproto.repo.createRecord" | "com.atproto.repo.uploadBlob"] => {
            Method::POST
        }
        _ => Method::GET,
    };
    if request.method() != expected {
        return Ok(xrpc_error::reply(StatusCode::BAD_REQUEST, "InvalidRequest", "Incorrect HTTP method").into());
    }
    let answer = match path {
        ["com.atproto.repo.putRecord"] => write::put(context, request).await,
        ["com.atproto.repo.createRecord"] => write::create(context, request).await,
        ["com.atproto.repo.uploadBlob"] => blob::upload(context, request).await.map(Into::into),
        ["com.atproto.repo.getRecord"] => read::get(context, request).await.map(Into::into),
        ["com.atproto.repo.listRecords"] => read::list(context, request).await.map(Into::into),
        ["com.atproto.identity.resolveHandle"] => identity::resolve(request).map(Into::into),
        ["com.atproto.server.describeServer"] => Ok(identity::server(context).into()),
        ["com.atproto.server.getServiceAuth"] => service_auth::issue(context, request).await.map(Into::into),
        _ => Ok(xrpc_error::not_implemented().into()),
    };
    let mark = |reply: Reply| dpop::mark(context, Server::Resource, reply);
    match answer {
        Ok(Answer::Response(reply)) if request.headers().contains_key("dpop") => Ok(mark(reply)?.into()),
        Err(Stop::Reply(reply)) if request.headers().contains_key("dpop") => Ok(mark(*reply)?.into()),
        answer => answer,
    }
}
