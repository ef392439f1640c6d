//! `GET|HEAD /media/{name}`: a sample file, or a range of it (RFC 9110, section 14).

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};

use crate::{
    error::Error,
    media::sample,
    notice,
    reply::{self, Reply},
};

/// What a `Range` header requests.
#[derive(Debug, PartialEq)]
enum Part {
    Whole,
    /// First and last byte.
    Bytes(usize, usize),
    Unsatisfiable,
}

pub(super) fn serve(request: &Request<Bytes>, name: &str) -> Result<Reply, Error> {
    let Some(sample) = sample::find(name) else {
        return notice::not_found();
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return notice::wrong_method();
    }
    let size = sample.bytes.len();
    let headers = request.headers();
    let part = match headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
        // Samples have no validators, so `If-Range` never matches.
        Some(range) if request.method() == Method::GET && !headers.contains_key(header::IF_RANGE) => part(range, size),
        _ => Part::Whole,
    };
    let (status, body, range) = match part {
        Part::Whole => (StatusCode::OK, sample.bytes, None),
        Part::Bytes(first, last) => {
            let body = sample.bytes.get(first..=last).unwrap_or_default();
            (StatusCode::PARTIAL_CONTENT, body, Some(format!("bytes {first}-{last}/{size}")))
        }
        Part::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, &[][..], Some(format!("bytes */{size}"))),
    };
    let sent = if request.method() == Method::HEAD { &[] } else { body };
    let mut reply = reply::reply(status, sample.content_type, Bytes::from_static(sent));
    let headers = reply.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    if let Some(range) = range {
        headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(range)?);
    }
    Ok(reply)
}

/// A single byte range. Any other header is ignored, as the RFC allows.
fn part(range: &str, size: usize) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let end = size.saturating_sub(1);
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if first > last => Part::Whole,
        (Ok(first), _) if first > end => Part::Unsatisfiable,
        (Ok(first), Ok(last)) => Part::Bytes(first, last.min(end)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Part::Bytes(first, end),
        (Err(_), Ok(0)) if first.trim().is_empty() => Part::Unsatisfiable,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => Part::Bytes(size.saturating_sub(suffix), end),
        _ => Part::Whole,
    }
}
