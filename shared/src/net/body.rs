//! Streaming bodies: only a few bytes are held at a time.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, Limited, combinators::UnsyncBoxBody};

/// A body ended early. The text contains no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BodyError(pub String);

/// The body of a request or a response.
pub struct StreamingBody(UnsyncBoxBody<Bytes, BodyError>);

impl StreamingBody {
    /// Wraps a body; `say` converts its errors.
    pub fn new<B>(body: B, say: impl FnMut(B::Error) -> BodyError + Send + 'static) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
    {
        Self(body.map_err(say).boxed_unsync())
    }

    /// The whole body.
    ///
    /// # Errors
    /// If it is larger than `limit` bytes or ended early.
    pub async fn whole(self, limit: usize) -> Result<Bytes, BodyError> {
        let whole = Limited::new(self, limit).collect().await.map_err(|error| match error.downcast::<BodyError>() {
            Ok(broken) => *broken,
            Err(_) => BodyError("the answer is too large".into()),
        })?;
        Ok(whole.to_bytes())
    }
}

impl From<Bytes> for StreamingBody {
    fn from(bytes: Bytes) -> Self {
        Self::new(Full::new(bytes), |never| match never {})
    }
}

impl http_body::Body for StreamingBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
