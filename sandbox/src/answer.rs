//! The outcome of a request.

use bytes::Bytes;
use http::Response;

use crate::reply::Reply;

pub enum Answer {
    Response(Response<Bytes>),
    /// The connection is to be closed without an answer. The request may have been processed.
    Lost,
    /// The connection is to be kept open without an answer, until the caller closes it.
    Never,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Response(reply)
    }
}
