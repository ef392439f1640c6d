//! A connection for one request. It is made for the request, never pooled, closed after the answer, and reset when the exchange
//! is abandoned.
//!
//! While Lambda freezes a process, the servers close the connections of its pool. A request on such a connection may leave
//! and get no answer, so that its outcome is in doubt although nothing arrived. A commit therefore has its own connection.
//!
//! No task in the background drives the connection. The exchange does, so that the socket is closed at once when the
//! deadline drops the exchange. With a linger of zero, the kernel discards what it has not sent yet and sends a
//! reset instead.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Either, Fuse, select},
};
use http::{HeaderValue, Uri, header, request::Parts, uri::PathAndQuery};
use http_body::{Body, Frame, SizeHint};
use hyper::{
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{BodyError, HttpClient, MAX_RESPONSE, Reach, Request, Response, SendError, StreamingBody, media::Piece};

/// A connection of [`Wire`](super::Wire) that carries one request.
pub struct FreshConnection {
    server: Uri,
    sender: SendRequest<StreamingBody>,
    driver: Driver,
}

/// Moves the bytes. It ends with the connection.
type Driver = Fuse<BoxFuture<'static, ()>>;

impl FreshConnection {
    pub(super) async fn over(stream: MaybeHttpsStream<TokioIo<TcpStream>>, server: &Uri) -> Result<Self, SendError> {
        let tcp = match &stream {
            MaybeHttpsStream::Http(tcp) => tcp.inner(),
            MaybeHttpsStream::Https(tls) => tls.inner().get_ref().0.inner().inner(),
        };
        // Where the system does not support it, closing the socket sends what is buffered.
        let _ = tcp.set_zero_linger();
        let made = handshake(stream).await;
        let (sender, connection) = made.map_err(|_| SendError::NotSent("the connection could not be made".into()))?;
        let driver = connection.map(|_| ()).boxed().fuse();
        Ok(Self { server: server.clone(), sender, driver })
    }

    async fn exchange(self, request: http::Request<StreamingBody>) -> Result<http::Response<StreamingBody>, SendError> {
        let Self { server, mut sender, mut driver } = self;
        let request = on_its_own(request, &server)?;
        let answer = match select(Box::pin(sender.send_request(request)), &mut driver).await {
            Either::Left((answer, _)) => answer,
            // The connection has ended. What it received before is still here.
            Either::Right(((), answer)) => answer.await,
        };
        let answer = answer.map_err(|_| SendError::OutcomeUnknown("the connection broke before the answer".into()))?;
        Ok(answer.map(|body| {
            let broken = |_| BodyError("the connection broke during the answer".into());
            StreamingBody::new(Driven { body, driver }, broken)
        }))
    }
}

/// The request as HTTP/1.1 sends it to its server: with `Host`, without the address in its target, and the last one of the
/// connection.
fn on_its_own(
    mut request: http::Request<StreamingBody>,
    server: &Uri,
) -> Result<http::Request<StreamingBody>, SendError> {
    let uri = request.uri();
    if (uri.scheme(), uri.authority()) != (server.scheme(), server.authority()) {
        return Err(SendError::NotSent("the connection is to another server".into()));
    }
    let host = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    let host = host.ok_or_else(|| SendError::NotSent("the request names no server".into()))?;
    let target = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = target.into();
    request.headers_mut().entry(header::HOST).or_insert(host);
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

/// A body that drives its connection.
struct Driven {
    body: Incoming,
    driver: Driver,
}

impl Body for Driven {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let _ = Pin::new(&mut self.driver).poll(context);
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A client with a connection, ready for one request.
pub struct Line<'a> {
    http: &'a HttpClient,
    reach: Reach,
    /// `None`: the transport has no connections.
    connection: Option<FreshConnection>,
}

impl HttpClient {
    /// Connects to the server of `uri`, so that a later request leaves at once. Nothing is sent but the handshake.
    ///
    /// # Errors
    /// [`SendError::NotSent`] or [`SendError::Forbidden`].
    pub async fn connect(&self, uri: &Uri, reach: Reach) -> Result<Line<'_>, SendError> {
        let reach = self.reach_of(uri, reach);
        let connection = match self.in_time(self.transport.connect(uri, reach)).await {
            Err(SendError::OutcomeUnknown(reason)) => Err(SendError::NotSent(reason)),
            connected => connected,
        }?;
        Ok(Line { http: self, reach, connection })
    }

    /// Sends a request on its own connection.
    ///
    /// # Errors
    /// As [`HttpClient::send`].
    pub async fn send_fresh(&self, request: Request, reach: Reach) -> Result<Response, SendError> {
        self.connect(request.uri(), reach).await?.send(request).await
    }
}

impl Line<'_> {
    /// Sends the request. At the deadline the connection is reset, and nothing more of the request leaves.
    ///
    /// # Errors
    /// As [`HttpClient::send`]. [`SendError::NotSent`] also if the connection is to another server.
    pub async fn send(self, request: Request) -> Result<Response, SendError> {
        let http = self.http;
        http.in_time(async {
            let (parts, body) = self.stream(request.map(StreamingBody::from)).await?.into_parts();
            let body =
                body.whole(MAX_RESPONSE).await.map_err(|broken| SendError::OutcomeUnknown(broken.to_string()))?;
            Ok(Response::from_parts(parts, body))
        })
        .await
    }

    /// Sends a request whose body is a piece of a file, like [`HttpClient::relay`].
    ///
    /// # Errors
    /// As [`HttpClient::relay`] and [`Self::send`].
    pub async fn relay(self, request: Parts, piece: &Piece<'_>) -> Result<Response, SendError> {
        let http = self.http;
        http.relay_over(request, piece, |request| self.stream(request)).await
    }

    async fn stream(self, request: http::Request<StreamingBody>) -> Result<http::Response<StreamingBody>, SendError> {
        match self.connection {
            Some(connection) => connection.exchange(request).await,
            None => self.http.transport.stream(request, self.reach).await,
        }
    }
}

#[cfg(test)]
mod tests;
