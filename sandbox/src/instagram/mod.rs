//! Instagram, simulated: Business Login, and the part of the Graph API that a publisher needs: containers
//! of pictures, reels and carousels, their publication, and reading back. This file is the route table;
//! each route has a file.
//!
//! Sources: developers.facebook.com (Instagram Platform: business login, content publishing, error codes),
//! and where it is silent, answers of the real API that its users have quoted in public.

mod account;
mod authorize;
mod caller;
mod container;
mod create;
mod failure;
mod feed;
mod known;
mod media;
mod parameters;
mod post;
mod publish;
mod quota;
mod read;
mod rules;
mod script;
mod token;
mod user;

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

/// The one version of the Graph API that is simulated.
const VERSION: &str = "v25.0";

pub(crate) struct Instagram;

impl Network for Instagram {
    type Behavior = Behavior;
    type Post = post::Post;

    const KEY: &'static str = "instagram";
    const NAME: &'static str = "Instagram";
    const ACCOUNTS: &'static [Account] = account::ACCOUNTS;
    const DECLINES: Behavior = Behavior::Declines;
    const WITHDRAWN: Behavior = Behavior::TokenDead;
    const DIALOG: Dialog = authorize::DIALOG;
    const CODE_LIFETIME: i64 = 60 * 60;

    /// The first token lives an hour, and there are no refresh tokens: see `token`.
    fn terms(_: &Grant) -> Terms {
        Terms { access: token::SHORT, refresh: Refresh::None }
    }
}

/// `https://www.instagram.com/…`: what a person sees.
pub(crate) async fn site(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let get = request.method() == Method::GET;
    Ok(match path {
        ["oauth", "authorize"] => match *request.method() {
            Method::GET => oauth::authorize::ask::<Instagram>(sandbox, request)?,
            Method::POST => authorize::decide(sandbox, request).await?,
            _ => home::wrong_method()?,
        },
        ["p" | "reel", shortcode] | ["p" | "reel", shortcode, ""] if get => feed::one(sandbox, shortcode).await?,
        _ => home::not_found()?,
    })
}

/// `https://api.instagram.com/…`: codes are exchanged here, and nothing else.
pub(crate) async fn api(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    match path {
        ["oauth", "access_token"] => token::exchange(sandbox, request).await,
        _ => Ok(token::refused("Unknown path.")),
    }
}

/// `https://graph.instagram.com/…`: what a program calls.
pub(crate) async fn graph(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    let get = request.method() == Method::GET;
    let post = request.method() == Method::POST;
    match path {
        ["access_token"] if get => Ok(token::lengthen(sandbox, request).await?.into()),
        ["refresh_access_token"] if get => Ok(token::refresh(sandbox, request).await?.into()),
        [VERSION, "me"] if get => Ok(user::me(sandbox, request).await?.into()),
        [VERSION, id, "media"] if post => Ok(create::create(sandbox, request, id).await?.into()),
        [VERSION, id, "media"] if get => Ok(read::list(sandbox, request, id).await?.into()),
        [VERSION, id, "media_publish"] if post => publish::publish(sandbox, request, id).await,
        [VERSION, id, "content_publishing_limit"] if get => Ok(quota::limit(sandbox, request, id).await?.into()),
        [VERSION, id] if get => Ok(read::object(sandbox, request, id).await?.into()),
        _ => Ok(failure::unknown_path(request).into()),
    }
}
