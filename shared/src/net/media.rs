//! Media that an agency names, fetched through the guard: the type is detected from the first bytes, and pieces are
//! streamed on. A file is never held whole, whatever its size.

mod ask;
mod piece;
mod told;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Response, StatusCode, header};
use http_body_util::BodyExt;
use url::Url;

use super::{HttpClient, SendError, StreamingBody, guard};
use platforms::media::{BrokenFilm, Facts, Film, Format, Kind};

pub use ask::MediaAnswers;
pub use piece::Piece;

/// How many redirects are followed. Each address is checked.
const MAX_REDIRECTS: usize = 3;
/// How many bytes are read to detect a file's type. A picture's size can follow an embedded preview.
const HEAD: usize = 64 * 1024;
/// How many bytes of a film are read at a place that its first bytes name, and how many such places are read. The tables of
/// frames between them are passed.
const PLACE: u64 = 16 * 1024;
const MAX_PLACES: usize = 8;

/// Why a file cannot be used. The texts never contain the address, because queries can carry secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("it is not a URL")]
    NoUrl,
    #[error("{0}")]
    Forbidden(guard::ForbiddenAddress),
    #[error("it redirects more than {MAX_REDIRECTS} times, or to no address")]
    Redirects,
    #[error("its server answers {0}")]
    Status(u16),
    #[error("its server cannot be reached: {0}")]
    Unreachable(String),
    #[error("it is empty")]
    Empty,
    #[error("its server does not say how long it is")]
    NoLength,
    #[error(transparent)]
    Film(#[from] BrokenFilm),
}

impl Unusable {
    /// Whether a retry would give the same result.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::NoUrl | Self::Forbidden(_) | Self::Redirects | Self::Empty | Self::NoLength | Self::Film(_) => true,
            // Request timeout, too early, too many requests: the client errors that can pass.
            Self::Status(408 | 425 | 429) | Self::Unreachable(_) => false,
            Self::Status(status) => *status < 500,
        }
    }
}

impl From<SendError> for Unusable {
    fn from(failure: SendError) -> Self {
        match failure {
            SendError::Forbidden(refused) => Self::Forbidden(refused),
            SendError::NotSent(reason) | SendError::Media(reason) | SendError::OutcomeUnknown(reason) => {
                Self::Unreachable(reason)
            }
        }
    }
}

impl HttpClient {
    /// A file's type and facts, detected from its first bytes and never from its name or `Content-Type`.
    ///
    /// # Errors
    /// If the file cannot be used.
    pub async fn look_at_media(&self, url: &str) -> Result<Facts, Unusable> {
        self.within(async {
            let (head, bytes) = self.read(url, 0, HEAD as u64).await?;
            if head.is_empty() {
                return Err(Unusable::Empty);
            }
            let facts = Facts::of_head(&head, bytes);
            if facts.kind() != Some(Kind::Video) {
                return Ok(facts);
            }
            let bytes = bytes.ok_or(Unusable::NoLength)?;
            if facts.format == Some(Format::WebM) {
                return Ok(facts);
            }
            let film = self.film(url, &head, bytes).await?;
            Ok(Facts { milliseconds: film.milliseconds(), pixels: film.pixels(), ..facts })
        })
        .await
    }

    /// What the boxes of a film reveal. `head`: its first bytes; `bytes`: its length.
    async fn film(&self, url: &str, head: &[u8], bytes: u64) -> Result<Film, Unusable> {
        let mut film = Film::new(bytes);
        let mut was_of_use = film.read(head);
        for _ in 0..MAX_PLACES {
            // The movie header follows the frames, as cameras write it, or its tables are long.
            let Some(at) = film.next().filter(|_| was_of_use) else { break };
            was_of_use = film.read(&self.read(url, at, PLACE).await?.0);
        }
        film.check()?;
        Ok(film)
    }

    /// The first 64 KiB of a file, and its length if the server reports it.
    ///
    /// # Errors
    /// If the file cannot be used.
    pub async fn first_bytes(&self, url: &str) -> Result<(Bytes, Option<u64>), Unusable> {
        self.within(self.read(url, 0, HEAD as u64)).await
    }

    async fn within<T>(&self, exchange: impl Future<Output = Result<T, Unusable>>) -> Result<T, Unusable> {
        let slow = || Unusable::Unreachable("it is too slow".into());
        tokio::time::timeout_at(self.end().ok_or_else(slow)?, exchange).await.unwrap_or_else(|_| Err(slow()))
    }

    /// At most `length` bytes of a file from `offset` on, and its length if the server reports it.
    async fn read(&self, url: &str, offset: u64, length: u64) -> Result<(Bytes, Option<u64>), Unusable> {
        let end = offset.saturating_add(length);
        let answer = self.follow(Method::GET, url, Some(offset..end)).await?;
        let bytes = total(&answer);
        if answer.status() != StatusCode::PARTIAL_CONTENT && offset > 0 {
            // The server ignores range requests, and reading up to `offset` would cost too much.
            return Ok((Bytes::new(), bytes));
        }
        let mut body = answer.into_body();
        let mut read = BytesMut::new();
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        while read.len() < wanted {
            match body.frame().await {
                None => break,
                Some(Err(broken)) => return Err(Unusable::Unreachable(broken.to_string())),
                Some(Ok(frame)) => read.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            }
        }
        read.truncate(wanted);
        Ok((read.freeze(), bytes))
    }

    /// Requests a file and follows redirects; each address passes the guard.
    async fn follow(
        &self,
        method: Method,
        url: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<Response<StreamingBody>, Unusable> {
        let mut url: Url = url.parse().map_err(|_| Unusable::NoUrl)?;
        for _ in 0..=MAX_REDIRECTS {
            match self.step(method.clone(), &url, range.as_ref()).await? {
                Step::Answer(answer) => return Ok(answer),
                Step::Redirect(to) => url = to,
            }
        }
        Err(Unusable::Redirects)
    }

    /// Requests one address, which passes the guard.
    async fn step(&self, method: Method, url: &Url, range: Option<&std::ops::Range<u64>>) -> Result<Step, Unusable> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::USER_AGENT, "onbehalf")
            // A compressed answer would have another length and other ranges.
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(range) = range {
            request = request.header(header::RANGE, format!("bytes={}-{}", range.start, range.end.saturating_sub(1)));
        }
        let request = request.body(StreamingBody::from(Bytes::new())).map_err(|_| Unusable::NoUrl)?;
        let answer = self.transport.stream(request, self.reach(url)).await?;
        match answer.status() {
            status if status.is_success() => Ok(Step::Answer(answer)),
            status if status.is_redirection() => {
                let to = text(answer.headers(), header::LOCATION).ok_or(Unusable::Redirects)?;
                url.join(to).map(Step::Redirect).map_err(|_| Unusable::Redirects)
            }
            status => Err(Unusable::Status(status.as_u16())),
        }
    }
}

enum Step {
    Answer(Response<StreamingBody>),
    Redirect(Url),
}

/// The length of the whole file.
fn total(answer: &Response<StreamingBody>) -> Option<u64> {
    match answer.status() {
        StatusCode::PARTIAL_CONTENT => text(answer.headers(), header::CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok(),
        _ => length(answer.headers()),
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH)?.parse().ok()
}

fn text(headers: &HeaderMap, name: http::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests;
