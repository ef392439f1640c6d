//! What an answer tells of a file before it is read.

use http::{Response, header};

use super::{StreamingBody, Unusable, text, total};
use platforms::media::{Facts, Format};

/// The type and length of a file, if its server tells them. One that refuses the method (for example for a URL signed for
/// GET only) tells nothing.
pub(super) fn facts(answer: Result<Response<StreamingBody>, Unusable>) -> Result<Facts, Unusable> {
    let answer = match answer {
        Ok(answer) => answer,
        // No range of an empty file can be sent.
        Err(Unusable::Status(416)) => return Err(Unusable::Empty),
        Err(Unusable::Status(status)) if !matches!(status, 404 | 410) => return Ok(Facts::default()),
        Err(unusable) => return Err(unusable),
    };
    let bytes = total(&answer);
    if bytes == Some(0) {
        return Err(Unusable::Empty);
    }
    let named = text(answer.headers(), header::CONTENT_TYPE);
    Ok(Facts { format: named.and_then(Format::of_content_type), bytes, ..Facts::default() })
}

/// Whether a server may answer HEAD so for a file that it has: many do not implement it.
pub(super) const fn may_be_wrong<T>(asked: &Result<T, Unusable>) -> bool {
    matches!(asked, Err(Unusable::Empty | Unusable::Status(_) | Unusable::Unreachable(_)))
}
