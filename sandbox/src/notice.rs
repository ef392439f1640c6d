//! Pages that refuse a request.

use http::StatusCode;

use crate::{
    error::Error,
    page::{self, Allow},
    reply::{self, Reply},
};

/// A page with one sentence.
pub(crate) fn notice(status: StatusCode, title: &str, sentence: &str) -> Result<Reply, Error> {
    reply::html(status, page::frame(title, maud::html! { p { (sentence) } }), Allow::Nothing)
}

pub(crate) fn not_found() -> Result<Reply, Error> {
    notice(StatusCode::NOT_FOUND, "Not found", "The sandbox has no such page.")
}

pub(crate) fn wrong_method() -> Result<Reply, Error> {
    notice(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "This page does not support this method.")
}

pub(crate) fn too_large() -> Result<Reply, Error> {
    notice(StatusCode::PAYLOAD_TOO_LARGE, "Too large", "The body of the request is too large for this page.")
}
