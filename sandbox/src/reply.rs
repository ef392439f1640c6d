//! Builders of replies: JSON, pages and redirects.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::{error::Error, page};

pub(crate) type Reply = Response<Bytes>;

/// Why a handler returns early.
pub(crate) enum Stop {
    /// The simulated platform refuses the request with this reply.
    Reply(Box<Reply>),
    /// The simulated platform hangs: it never answers this request.
    Never,
    /// The sandbox failed.
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Ends a request with this reply.
pub(crate) fn stop<T>(reply: Reply) -> Result<T, Stop> {
    Err(Stop::Reply(Box::new(reply)))
}

pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    reply
}

pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Reply {
    reply(status, "application/json; charset=utf-8", body.to_string())
}

pub(crate) fn problem(status: StatusCode, body: &serde_json::Value) -> Reply {
    reply(status, "application/problem+json", body.to_string())
}

pub(crate) fn html(status: StatusCode, page: maud::Markup, allow: page::Allow) -> Result<Reply, Error> {
    let mut reply = reply(status, "text/html; charset=utf-8", page.into_string());
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(page::policy(allow))?);
    // Under `no-referrer`, browsers send `Origin: null` with the consent form.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(reply)
}

/// 303: the browser continues with a GET.
pub(crate) fn see_other(location: &str) -> Result<Reply, Error> {
    let mut answer = reply(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "");
    answer.headers_mut().insert(header::LOCATION, HeaderValue::try_from(location)?);
    Ok(answer)
}

/// The 500 for a fault of the sandbox.
pub(crate) fn fault() -> Reply {
    reply(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        "The sandbox itself has failed. This is not an answer of a simulated platform; see the sandbox's log.\n",
    )
}
