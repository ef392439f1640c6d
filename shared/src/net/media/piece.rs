//! Streams a piece of a file from its server to a platform, a few bytes at a time.

use std::{
    ops::Range,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use http::{Method, StatusCode, header, request::Parts};
use http_body::{Frame, SizeHint};

use super::{Unusable, text, total};
use crate::net::{BodyError, HttpClient, MAX_RESPONSE, Reach, Response, SendError, StreamingBody};

/// Bytes `range` of the file at `url`, which has `total` bytes.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    pub url: &'a str,
    pub range: Range<u64>,
    pub total: u64,
}

impl HttpClient {
    /// Sends a request whose body is a piece of a file.
    ///
    /// # Errors
    /// As [`HttpClient::send`]. Also [`SendError::NotSent`] if the source ended before the piece did: the receiver got fewer
    /// bytes than announced, so it has nothing complete.
    pub async fn relay(&self, request: Parts, piece: &Piece<'_>, reach: Reach) -> Result<Response, SendError> {
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
        self.in_time(async {
            let source =
                self.open(piece).await.map_err(|unusable| SendError::NotSent(format!("the media: {unusable}")))?;
            let broke = Arc::new(AtomicBool::new(false));
            let window = Window { broke: broke.clone(), ..source };
            let request = http::Request::from_parts(request, StreamingBody::new(window, |broken| broken));
            let sent = send(request).await;
            if sent.is_err() && broke.load(Ordering::Relaxed) {
                return Err(SendError::NotSent("the media ended early".into()));
            }
            let (parts, body) = sent?.into_parts();
            let body =
                body.whole(MAX_RESPONSE).await.map_err(|broken| SendError::OutcomeUnknown(broken.to_string()))?;
            Ok(Response::from_parts(parts, body))
        })
        .await
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
        Ok(Window { inner: answer.into_body(), skip, left, broke: Arc::default() })
    }
}

/// `Content-Range: bytes 0-9/100` (RFC 9110 §14.4).
fn begins_at(answer: &http::Response<StreamingBody>, start: u64) -> bool {
    text(answer.headers(), header::CONTENT_RANGE)
        .and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok())
        .is_some_and(|begins: u64| begins == start)
}

/// A range of a body.
struct Window {
    inner: StreamingBody,
    skip: u64,
    left: u64,
    /// Set if the body ended before the range did.
    broke: Arc<AtomicBool>,
}

impl http_body::Body for Window {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        while self.left > 0 {
            let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
            let Some(Ok(frame)) = frame else {
                self.broke.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(BodyError("the media ended early".into()))));
            };
            let Ok(mut data) = frame.into_data() else { continue };
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(data.len());
            data.advance(skipped);
            self.skip -= skipped as u64;
            data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            if !data.is_empty() {
                self.left -= data.len() as u64;
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
