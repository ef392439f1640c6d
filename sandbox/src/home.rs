//! The front page, and the pages for what is not there.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use maud::html;

use crate::{
    instagram,
    media::sample::SAMPLES,
    page::{self, Allow},
    reply::{self, Reply},
    store::Error,
    tiktok, x,
};

pub(crate) fn front(request: &Request<Bytes>) -> Result<Reply, Error> {
    if request.method() != Method::GET {
        return wrong_method();
    }
    let content = html! {
        p {
            "This server plays the social networks, so that a publisher can be tried without any \
             account of a real one. It is strict: what it refuses, the real platform would refuse."
        }
        h2 { "X" }
        p {
            "Connect one of these test accounts; each behaves in its own way. "
            a href="/feed/x" { "All their posts" }
            "."
        }
        (x::account_list())
        h2 { "Instagram" }
        p {
            "Pictures, reels and carousels. Connect one of these test accounts; each behaves in its own way. "
            a href="/feed/instagram" { "All their posts" }
            "."
        }
        (instagram::account_list())
        h2 { "TikTok" }
        p {
            "Connect one of these test accounts; each behaves in its own way. "
            a href="/feed/tiktok" { "All their posts" }
            "."
        }
        (tiktok::account_list())
        h2 { "Media to try" }
        p { "Drawings and a film for publishing; the address of each is this site's." }
        ul {
            @for sample in SAMPLES {
                li { a href={ "/media/" (sample.name) } { (sample.name) } " " (sample.about) }
            }
        }
    };
    reply::html(StatusCode::OK, page::frame("Social networks to try things on", content), Allow::Nothing)
}

pub(crate) fn not_found() -> Result<Reply, Error> {
    reply::html(
        StatusCode::NOT_FOUND,
        page::notice("Not here", "There is no such page in the sandbox."),
        Allow::Nothing,
    )
}

pub(crate) fn wrong_method() -> Result<Reply, Error> {
    reply::html(
        StatusCode::METHOD_NOT_ALLOWED,
        page::notice("Not like this", "This page does not take this method."),
        Allow::Nothing,
    )
}

pub(crate) fn too_large() -> Result<Reply, Error> {
    reply::html(
        StatusCode::PAYLOAD_TOO_LARGE,
        page::notice("Too large", "No request to this page is that large."),
        Allow::Nothing,
    )
}
