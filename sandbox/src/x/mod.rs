//! X, simulated: OAuth 2.0 with PKCE for a confidential app, and the part of API v2 that a
//! publisher of text needs. This file is the route table; each route has a file.
//!
//! Sources: docs.x.com (OAuth 2.0 authorization code, posts, timelines, response codes), and where
//! they are silent, answers of the real API that its users have quoted in public.

mod account;
mod authorize;
mod bearer;
mod create;
mod domain;
mod feed;
mod link;
mod problem;
mod rate;
mod rendering;
mod scope;
mod timeline;
mod token;
mod tweet;
mod user;
mod weight;

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
pub(crate) use problem::too_large;

pub(crate) struct X;

impl Network for X {
    type Behavior = Behavior;
    type Post = tweet::Tweet;

    const KEY: &'static str = "x";
    const NAME: &'static str = "X";
    const ACCOUNTS: &'static [Account] = account::ACCOUNTS;
    const DECLINES: Behavior = Behavior::Declines;
    const WITHDRAWN: Behavior = Behavior::TokenDeadAtPublish;
    const DIALOG: Dialog = authorize::DIALOG;
    const CODE_LIFETIME: i64 = 30;

    /// A refresh token has a scope of its own.
    fn terms(grant: &Grant) -> Terms {
        Terms {
            access: Account::by_id(&grant.account).map_or(0, Account::access_lifetime),
            refresh: if scope::covers(&grant.scope, &[scope::OFFLINE]) { Refresh::Lasting } else { Refresh::None },
        }
    }
}

/// `https://x.com/…`: what a person sees.
pub(crate) async fn site(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let get = request.method() == Method::GET;
    Ok(match path {
        ["i", "oauth2", "authorize"] => match *request.method() {
            Method::GET => oauth::authorize::ask::<X>(sandbox, request)?,
            Method::POST => authorize::decide(sandbox, request).await?,
            _ => home::wrong_method()?,
        },
        [username, "status", id] if get => feed::status(sandbox, username, id).await?,
        [_, "status", _] => home::wrong_method()?,
        _ => home::not_found()?,
    })
}

/// `https://api.x.com/…`: what a program calls.
pub(crate) async fn api(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Answer, Stop> {
    let (expected, route) = match path {
        ["2", "oauth2", "token"] => (Method::POST, Route::Token),
        ["2", "oauth2", "revoke"] => (Method::POST, Route::Revoke),
        ["2", "users", "me"] => (Method::GET, Route::Me),
        ["2", "tweets"] => (Method::POST, Route::Tweets),
        ["2", "users", id, "tweets"] => (Method::GET, Route::Timeline(id)),
        _ => return Ok(problem::not_found().into()),
    };
    if request.method() != expected {
        return Ok(problem::wrong_method(&expected)?.into());
    }
    match route {
        Route::Token => Ok(token::exchange(sandbox, request).await?.into()),
        Route::Revoke => Ok(token::revoke(sandbox, request).await?.into()),
        Route::Me => Ok(user::me(sandbox, request).await?.into()),
        Route::Tweets => create::create(sandbox, request).await,
        Route::Timeline(id) => Ok(timeline::of(sandbox, request, id).await?.into()),
    }
}

enum Route<'a> {
    Token,
    Revoke,
    Me,
    Tweets,
    Timeline(&'a str),
}
