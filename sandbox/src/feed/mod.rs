//! What everybody sees: the feeds of a network, as pages and as JSON, and the page of one post. The JSON is no
//! network's own; it gives tests what was published. `post` says what a post is, `shelf` keeps posts.

mod post;
pub(crate) mod shelf;

use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Method, Request, StatusCode, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::{
    Sandbox,
    account::Account,
    home,
    network::Network,
    page,
    reply::{self, Reply, Stop, stop},
    store::Error,
};

pub(crate) use post::Post;

/// How many posts a page shows, and how many the JSON has at most.
const SHOWN: usize = 100;
const LISTED: usize = 10_000;

struct Asked<N: Network> {
    /// Whose feed; none: everybody's.
    account: Option<&'static Account<N>>,
    as_json: bool,
}

impl<N: Network> Asked<N> {
    /// How many posts the answer has at most.
    fn limit(&self) -> usize {
        if self.as_json { LISTED } else { SHOWN }
    }
}

/// `GET /feed/{network}`, `/feed/{network}/{username}`, and both as JSON: by `.json` behind the name or by
/// `Accept: application/json`.
pub(crate) async fn of<N: Network>(sandbox: &Sandbox, request: &Request<Bytes>, path: &[&str]) -> Result<Reply, Stop> {
    let asked = asked(request, path)?;
    let posts = N::Post::newest(sandbox, asked.account, asked.limit()).await?;
    Ok(answer(sandbox, &asked, &posts)?)
}

fn asked<N: Network>(request: &Request<Bytes>, path: &[&str]) -> Result<Asked<N>, Stop> {
    if request.method() != Method::GET {
        return stop(home::wrong_method()?);
    }
    let (username, suffixed) = match path {
        [] => (None, false),
        [name] => match name.strip_suffix(".json") {
            Some(name) => (Some(name), true),
            None => (Some(*name), false),
        },
        _ => return stop(home::not_found()?),
    };
    let account = match username.map(Account::by_username) {
        Some(None) => return stop(home::not_found()?),
        known => known.flatten(),
    };
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let as_json = suffixed || accept.is_some_and(|accept| accept.contains("application/json"));
    Ok(Asked { account, as_json })
}

fn answer<P: Post>(sandbox: &Sandbox, asked: &Asked<P::Network>, posts: &[P]) -> Result<Reply, Error> {
    if asked.as_json {
        return Ok(reply::json(StatusCode::OK, &listing(sandbox, asked.account, posts)));
    }
    let content = html! {
        @if let Some(account) = asked.account { p { (account.about) } }
        @if posts.is_empty() { p { "No posts yet." } }
        @for post in posts { (article(post)) }
    };
    let name = P::Network::NAME;
    let title = match asked.account {
        Some(account) => format!("@{} on {name}", account.username),
        None => format!("All posts on {name}"),
    };
    reply::html(StatusCode::OK, page::frame(&title, content), P::ALLOW)
}

/// The page of one post, which is called so.
pub(crate) fn single<P: Post>(called: &str, post: &P) -> Result<Reply, Error> {
    let title = format!("A {called} of @{}", post.username());
    reply::html(StatusCode::OK, page::frame(&title, article(post)), P::ALLOW)
}

/// The test accounts and what each does, for the front page.
pub(crate) fn accounts<N: Network>() -> Markup {
    html! {
        ul {
            @for account in N::ACCOUNTS {
                li {
                    a href={ "/feed/" (N::KEY) "/" (account.username) } { "@" (account.username) }
                    " " (account.about)
                }
            }
        }
    }
}

fn article<P: Post>(post: &P) -> Markup {
    let at = post.created_at().to_rfc3339_opts(SecondsFormat::Secs, true);
    html! {
        article {
            strong { "@" (post.username()) }
            (post.content())
            small {
                a href=(post.path()) { (post.id()) }
                @if let Some(remark) = post.remark() { " · " (remark) }
                " · " time datetime=(at) { (at) }
            }
        }
    }
}

fn listing<P: Post>(sandbox: &Sandbox, account: Option<&Account<P::Network>>, posts: &[P]) -> Value {
    let listed = |post: &P| {
        let mut listed = post.details(sandbox);
        listed["id"] = post.id().into();
        listed["text"] = post.text().into();
        listed["createdAt"] = post.created_at().to_rfc3339_opts(SecondsFormat::Millis, true).into();
        if account.is_none() {
            listed["account"] = post.username().into();
        }
        listed
    };
    let posts: Vec<Value> = posts.iter().map(listed).collect();
    match account {
        Some(account) => json!({ "account": account.username, "posts": posts }),
        None => json!({ "posts": posts }),
    }
}
