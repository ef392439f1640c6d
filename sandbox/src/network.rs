//! The trait that each network implements. The server sees networks through it only.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Request;

use crate::{
    account::Account,
    answer::Answer,
    context::Context,
    error::Error,
    notice,
    posts::FeedEntry,
    reply::{Reply, Stop},
    spec::Spec,
};

/// A request to one of a network's hosts.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) context: &'a Context,
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) host: &'a str,
    /// The segments of the path, without the host.
    pub(crate) path: &'a [&'a str],
}

pub(crate) trait Network: Sync {
    fn spec(&self) -> &'static Spec;

    /// Answers a request whose body is within the host's limit.
    fn answer<'a>(&self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Stop>>;

    /// Answers a request whose body exceeds the limit of `host`.
    fn too_large(&self, _context: &Context, _host: &str) -> Result<Reply, Error> {
        notice::too_large()
    }

    /// The newest published posts, of one account or of all, in descending order.
    fn newest<'a>(
        &self,
        context: &'a Context,
        account: Option<&'a Account>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<FeedEntry>, Error>>;
}
