//! `GET /`: the front page.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use maud::{Markup, html};

use crate::{
    error::Error,
    media::sample::SAMPLES,
    networks, notice,
    page::{self, Allow},
    reply::{self, Reply},
    spec::Spec,
};

pub(super) fn show(request: &Request<Bytes>) -> Result<Reply, Error> {
    if request.method() != Method::GET {
        return notice::wrong_method();
    }
    let content = html! {
        p {
            "This server simulates social networks, so that a publisher can be tested without accounts on the real \
             ones. It refuses what the real platforms refuse."
        }
        @for network in networks::ALL { (accounts(network.spec())) }
        h2 { "Sample media" }
        p { "Images and videos for test posts, served at the addresses below." }
        ul {
            @for sample in SAMPLES {
                li { a href={ "/media/" (sample.name) } { (sample.name) } " " (sample.about) }
            }
        }
    };
    reply::html(StatusCode::OK, page::frame("Simulated social networks", content), Allow::Nothing)
}

fn accounts(spec: &Spec) -> Markup {
    let feed = format!("/feed/{}", spec.key);
    html! {
        h2 { (spec.name) }
        p {
            (spec.about) " Connect one of these test accounts. "
            a href=(feed) { "All posts" }
        }
        ul {
            @for account in spec.accounts {
                li {
                    a href={ (feed) "/" (account.username) } { "@" (account.username) }
                    " " (account.about)
                }
            }
        }
    }
}
