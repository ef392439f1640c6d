//! Streams a piece of a file from its server to a platform, a few bytes at a time.

use std::{
    mem,
    ops::Range,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use http::{Method, StatusCode, header, request::Parts};
use http_body::SizeHint;

use super::{Unusable, text, total};
use platforms::Frame;

use crate::net::{BodyError, HttpClient, MAX_RESPONSE, Reach, Response, SendError, StreamingBody};

/// Bytes `range` of the file at `url`, which has `total` bytes, between the two parts of a frame.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    pub url: &'a str,
    pub range: Range<u64>,
    pub total: u64,
    pub frame: Frame,
}

impl HttpClient {
    /// Sends a request whose body is a piece of a file.
    ///
    /// # Errors
    /// As [`HttpClient::send`]. Also [`SendError::Media`] if the source was unusable, ended before the piece did or was too
    /// slow: the receiver got fewer bytes than announced, so it has nothing complete.
    pub async fn relay(&self, request: Parts, piece: &Piece<'_>, reach: Reach) -> Result<Response, SendError> {
        let reach = self.reach_of(&request.uri, reach);
        self.relay_over(request, piece, |request| self.transport.stream(request, reach)).await
    }

    /// Sends the request by `send`.
    pub(in crate::net) async fn relay_over<F>(
        &self,
        request: Parts,
        piece: &Piece<'_>,
        send: impl FnOnce(http::Request<StreamingBody>) -> F,
    ) -> Result<Response, SendError>
    where
        F: Future<Output = Result<http::Response<StreamingBody>, SendError>>,
    {
        let source = Arc::<Source>::default();
        let exchange = async {
            let window = self.open(piece).await.map_err(|unusable| SendError::Media(unusable.to_string()))?;
            source.go(if window.is_handed() { HANDED } else { READY });
            let window = Window { source: source.clone(), ..window };
            let request = http::Request::from_parts(request, StreamingBody::new(window, |broken| broken));
            let (parts, body) = send(request).await?.into_parts();
            let body =
                body.whole(MAX_RESPONSE).await.map_err(|broken| SendError::OutcomeUnknown(broken.to_string()))?;
            Ok(Response::from_parts(parts, body))
        };
        let in_time = self.in_time(async { Ok(exchange.await) }).await;
        match in_time {
            Err(SendError::OutcomeUnknown(_)) if source.abandon(WAITING) => {
                Err(SendError::Media("its server is too slow".into()))
            }
            Ok(Err(_)) if source.abandon(BROKEN) => Err(SendError::Media("it ended early".into())),
            Ok(sent) => sent,
            Err(late) => Err(late),
        }
    }

    async fn open(&self, piece: &Piece<'_>) -> Result<Window, Unusable> {
        let answer = self.follow(Method::GET, piece.url, Some(piece.range.clone())).await?;
        let changed = || Unusable::Unreachable("the file has changed since it was checked".into());
        if total(&answer) != Some(piece.total) {
            return Err(changed());
        }
        // A server that ignores range requests sends the file from its start.
        let skip = if answer.status() == StatusCode::PARTIAL_CONTENT {
            if !begins_at(&answer, piece.range.start) {
                return Err(changed());
            }
            0
        } else {
            piece.range.start
        };
        let left = piece.range.end - piece.range.start;
        let Frame { before, after } = piece.frame.clone();
        Ok(Window { before, inner: answer.into_body(), skip, left, after, source: Arc::default() })
    }
}

/// `Content-Range: bytes 0-9/100` (RFC 9110 §14.4).
fn begins_at(answer: &http::Response<StreamingBody>, start: u64) -> bool {
    text(answer.headers(), header::CONTENT_RANGE)
        .and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok())
        .is_some_and(|begins: u64| begins == start)
}

/// Where a piece is, as its body and the exchange around it see it.
#[derive(Default)]
struct Source(AtomicU8);

/// The next bytes have not arrived from the source.
const WAITING: u8 = 0;
/// The receiver has to take bytes, or to be connected to.
const READY: u8 = 1;
/// The source ended early.
const BROKEN: u8 = 2;
/// The last bytes of the piece were handed to the connection: all may arrive.
const HANDED: u8 = 3;
/// The exchange is over: the last bytes never leave.
const ABANDONED: u8 = 4;

impl Source {
    /// Goes to a state. Returns false if the exchange is over.
    fn go(&self, to: u8) -> bool {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| (now != ABANDONED).then_some(to)).is_ok()
    }

    /// Ends the exchange if the piece is in this state: its last bytes never leave, so the receiver has nothing complete.
    fn abandon(&self, state: u8) -> bool {
        self.0.compare_exchange(state, ABANDONED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// A range of a body, in its frame.
struct Window {
    before: Bytes,
    inner: StreamingBody,
    skip: u64,
    left: u64,
    after: Bytes,
    source: Arc<Source>,
}

impl Window {
    const fn is_handed(&self) -> bool {
        self.before.is_empty() && self.left == 0 && self.after.is_empty()
    }

    /// Hands bytes to the connection, unless the exchange is over.
    fn hand(&self, data: Bytes) -> Poll<Option<Result<http_body::Frame<Bytes>, BodyError>>> {
        if !self.source.go(if self.is_handed() { HANDED } else { READY }) {
            return broken("the exchange is over");
        }
        Poll::Ready(Some(Ok(http_body::Frame::data(data))))
    }
}

fn broken(why: &str) -> Poll<Option<Result<http_body::Frame<Bytes>, BodyError>>> {
    Poll::Ready(Some(Err(BodyError(why.into()))))
}

impl http_body::Body for Window {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BodyError>>> {
        if !self.before.is_empty() {
            let before = mem::take(&mut self.before);
            return self.hand(before);
        }
        while self.left > 0 {
            let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
                self.source.go(WAITING);
                return Poll::Pending;
            };
            let Some(Ok(frame)) = frame else {
                self.source.go(BROKEN);
                return broken("the media ended early");
            };
            let Ok(mut data) = frame.into_data() else { continue };
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(data.len());
            data.advance(skipped);
            self.skip -= skipped as u64;
            data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            if !data.is_empty() {
                self.left -= data.len() as u64;
                return self.hand(data);
            }
        }
        if !self.after.is_empty() {
            let after = mem::take(&mut self.after);
            return self.hand(after);
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.is_handed()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.before.len() as u64 + self.left + self.after.len() as u64)
    }
}
