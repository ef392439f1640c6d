//! TikTok, simulated: Login Kit for the web, and the part of API v2 that posts videos and photos
//! directly. This file is the route table; each route has a file.
//!
//! Sources: developers.tiktok.com (Login Kit for Web, OAuth access tokens, Content Posting API and
//! its media transfer guide, error handling of API v2), and where they are silent, answers of the
//! real API that its users have quoted in public.

mod account;
mod admission;
mod answer;
mod authorize;
mod bearer;
mod body;
mod creator;
mod feed;
mod photo;
mod picture;
mod plan;
mod post;
mod publishing;
mod rate;
mod script;
mod source;
mod status;
mod token;
mod upload;
mod user;
mod video;

use bytes::Bytes;
use http::{Method, Request};

use crate::{
    Answer, Sandbox, home,
    network::Network,
    oauth::{self, Refresh, Terms, authorize::Dialog, grant::Grant},
    reply::{Reply, Stop},
};

use account::{Account, Behavior};
pub(crate) use feed::account_list;

/// The largest body that a request to any platform may have: the last chunk of a video has up to 128 MB.
pub const MAX_CHUNK: usize = 129 * 1024 * 1024;

/// Seconds: 180 days, which every use begins anew.
const REFRESH_LIFETIME: i64 = 15_552_000;

pub(crate) struct TikTok;

impl Network for TikTok {
    type Behavior = Behavior;
    type Post = publishing::Publishing;

    const KEY: &'static str = "tiktok";
    const NAME: &'static str = "TikTok";
    const ACCOUNTS: &'static [Account] = account::ACCOUNTS;
    const DECLINES: Behavior = Behavior::Declines;
    const WITHDRAWN: Behavior = Behavior::TokenDeadAtPublish;
    const DIALOG: Dialog = authorize::DIALOG;
    /// TikTok says only that a code is used soon.
    const CODE_LIFETIME: i64 = 60;

    fn terms(grant: &Grant) -> Terms {
        Terms {
            access: Account::by_id(&grant.account).map_or(0, Account::access_lifetime),
            refresh: Refresh::For(REFRESH_LIFETIME),
        }
    }
}

/// `https://www.tiktok.com/…`: what a person sees.
pub(crate) async fn site(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    Ok(match (path, request.method()) {
        (["v2", "auth", "authorize", ""], &Method::GET) => oauth::authorize::ask::<TikTok>(sandbox, request)?,
        (["v2", "auth", "authorize", ""], &Method::POST) => authorize::decide(sandbox, request).await?,
        ([handle, kind @ ("video" | "photo"), id], &Method::GET) => feed::single(sandbox, handle, kind, id).await?,
        (["v2", "auth", "authorize", ""] | [_, "video" | "photo", _], _) => home::wrong_method()?,
        _ => home::not_found()?,
    })
}

/// `https://open.tiktokapis.com/…`: what a program calls. Every path ends in a slash.
pub(crate) async fn api(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    match (path, request.method()) {
        (["v2", "oauth", "token", ""], &Method::POST) => Ok(token::exchange(sandbox, request).await?.into()),
        (["v2", "oauth", "revoke", ""], &Method::POST) => Ok(token::revoke(sandbox, request).await?.into()),
        (["v2", "user", "info", ""], &Method::GET) => Ok(user::info(sandbox, request).await?.into()),
        (["v2", "post", "publish", rest @ ..], &Method::POST) => match rest {
            ["creator_info", "query", ""] => Ok(creator::query(sandbox, request).await?.into()),
            ["video", "init", ""] => video::init(sandbox, request).await,
            ["content", "init", ""] => photo::init(sandbox, request).await,
            ["status", "fetch", ""] => Ok(status::fetch(sandbox, request).await?.into()),
            _ => answer::refuse(sandbox, "unsupported_path"),
        },
        _ => answer::refuse(sandbox, "unsupported_path"),
    }
}

/// `https://open-upload.tiktokapis.com/…`: where chunks of videos go.
pub(crate) async fn uploads(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    match (path, request.method()) {
        (["video", ""], &Method::PUT) => upload::put(sandbox, request).await,
        _ => answer::refuse(sandbox, "unsupported_path"),
    }
}

/// No request that carries no media is that large.
pub(crate) fn too_large(sandbox: &Sandbox) -> Result<Answer, Stop> {
    answer::invalid(sandbox, "The request body is too large")
}
