//! One connection: its limits of time and size, and the check of `Host`.

use std::{future::Future, io, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{lingering::Lingering, refuse};

/// The time for a request's headers. Also how long an idle connection is kept.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(10);
/// The size of a request's line and headers. The gateway's limit is 10,240 bytes.
pub(super) const HEADER_SIZE: usize = 32 * 1024;

/// Limits of a request's body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// In bytes.
    pub(crate) size: usize,
    /// From the headers' end to the body's end.
    pub(crate) time: Duration,
}

/// The body of a request, which is read only if somebody asks for it.
pub(crate) struct UnreadBody {
    body: Incoming,
    limits: BodyLimits,
}

impl UnreadBody {
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_end_stream()
    }

    /// # Errors
    /// The answer to a body that is too large, too slow or incomplete.
    pub(crate) async fn read(self) -> Result<Bytes, Response<Bytes>> {
        let too_large = || refuse(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or ended early.\n");
        // A length that is said in the headers is not waited for.
        if self.body.size_hint().lower() > self.limits.size as u64 {
            return Err(too_large());
        }
        let body = Limited::new(self.body, self.limits.size).collect();
        match tokio::time::timeout(self.limits.time, body).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(_)) => Err(too_large()),
            Err(_) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "The body took too long.\n")),
        }
    }
}

type Connection<IO, S> = http1::Connection<TokioIo<Lingering<IO>>, S>;

/// Serves a connection to the server on `port`. `None` from `answer` closes it without an answer.
pub(super) fn connection<IO, F, Fut>(
    stream: IO,
    port: u16,
    limits: BodyLimits,
    answer: F,
) -> Connection<
    IO,
    impl Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = io::Error, Future = impl Future + Send>,
>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    F: Fn(Request<UnreadBody>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Response<Bytes>>> + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer.clone();
        async move {
            let answered = match misdirected(&request, port) {
                Some(refused) => Some(refused),
                None => answer(request.map(|body| UnreadBody { body, limits })).await,
            };
            answered.map(|answer| answer.map(Full::new)).ok_or_else(|| io::Error::other("the answer is lost"))
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_SIZE)
        .serve_connection(TokioIo::new(Lingering::new(stream)), service)
}

/// Refuses a request whose `Host` is not ours. A foreign host name that resolves to this machine is a DNS rebinding attack
/// by a web page. A request to a proxy also names its host in the first line.
fn misdirected<B>(request: &Request<B>, port: u16) -> Option<Response<Bytes>> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_ours = |host: &str| ours.iter().any(|name| name == host);
    let target = request.uri().authority();
    (!is_ours(host) || target.is_some_and(|target| !is_ours(target.as_str()))).then(|| {
        refuse(StatusCode::MISDIRECTED_REQUEST, "This server answers only to the names 127.0.0.1 and localhost.\n")
    })
}
