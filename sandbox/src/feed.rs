//! What the feeds of all platforms have in common: what is asked for, and the list of accounts.

use bytes::Bytes;
use http::{Method, Request, header};
use maud::{Markup, html};

use crate::{
    home,
    reply::{Stop, stop},
};

/// How many posts a page shows, and how many the JSON has at most.
const SHOWN: usize = 100;
const LISTED: usize = 10_000;

pub(crate) struct Asked<'a> {
    /// Whose feed; none: everybody's.
    pub(crate) username: Option<&'a str>,
    pub(crate) as_json: bool,
}

impl Asked<'_> {
    /// How many posts the answer has at most.
    pub(crate) fn limit(&self) -> usize {
        if self.as_json { LISTED } else { SHOWN }
    }
}

/// `GET /feed/{platform}`, `/feed/{platform}/{username}`, and both as JSON: by `.json` behind the name or by
/// `Accept: application/json`.
pub(crate) fn asked<'a>(request: &Request<Bytes>, path: &[&'a str]) -> Result<Asked<'a>, Stop> {
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
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let as_json = suffixed || accept.is_some_and(|accept| accept.contains("application/json"));
    Ok(Asked { username, as_json })
}

/// A platform's test accounts, each by its username and what it does.
pub(crate) fn accounts(platform: &str, accounts: impl Iterator<Item = (&'static str, &'static str)>) -> Markup {
    html! {
        ul {
            @for (username, about) in accounts {
                li {
                    a href={ "/feed/" (platform) "/" (username) } { "@" (username) }
                    " " (about)
                }
            }
        }
    }
}
