//! Bodies that pass through: bytes as they come, at most a few of them held at once.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, Limited, combinators::UnsyncBoxBody};

/// A body broke off. The text names no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// A body of a request or of an answer.
pub struct Body(UnsyncBoxBody<Bytes, Broken>);

impl Body {
    /// A body whose failures are told by `say`.
    pub fn new<B>(body: B, say: impl FnMut(B::Error) -> Broken + Send + 'static) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
    {
        Self(body.map_err(say).boxed_unsync())
    }

    /// All of it, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// It is larger, or broke off.
    pub async fn whole(self, limit: usize) -> Result<Bytes, Broken> {
        let whole = Limited::new(self, limit).collect().await.map_err(|error| match error.downcast::<Broken>() {
            Ok(broken) => *broken,
            Err(_) => Broken("the answer is too large".into()),
        })?;
        Ok(whole.to_bytes())
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::new(Full::new(bytes), |never| match never {})
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
