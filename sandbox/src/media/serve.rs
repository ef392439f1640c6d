//! `GET|HEAD /media/{name}`: a sample, whole or in part (RFC 9110, 14).

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};

use super::sample;
use crate::{
    home,
    reply::{self, Reply},
    store::Error,
};

/// What a `Range` header asks for.
#[derive(Debug, PartialEq)]
enum Part {
    Whole,
    /// First and last byte.
    Bytes(usize, usize),
    OutOfReach,
}

pub(crate) fn serve(request: &Request<Bytes>, name: &str) -> Result<Reply, Error> {
    let Some(sample) = sample::find(name) else {
        return home::not_found();
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return home::wrong_method();
    }
    let size = sample.bytes.len();
    let headers = request.headers();
    let part = match headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
        // There is no validator that it could name.
        Some(range) if request.method() == Method::GET && !headers.contains_key(header::IF_RANGE) => part(range, size),
        _ => Part::Whole,
    };
    let (status, body, range) = match part {
        Part::Whole => (StatusCode::OK, sample.bytes, None),
        Part::Bytes(first, last) => {
            let body = sample.bytes.get(first..=last).unwrap_or_default();
            (StatusCode::PARTIAL_CONTENT, body, Some(format!("bytes {first}-{last}/{size}")))
        }
        Part::OutOfReach => (StatusCode::RANGE_NOT_SATISFIABLE, &[][..], Some(format!("bytes */{size}"))),
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

/// One range of bytes; whatever is not that is answered with the whole, as the RFC allows.
fn part(range: &str, size: usize) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let end = size.saturating_sub(1);
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if first > last => Part::Whole,
        (Ok(first), _) if first > end => Part::OutOfReach,
        (Ok(first), Ok(last)) => Part::Bytes(first, last.min(end)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Part::Bytes(first, end),
        (Err(_), Ok(0)) if first.trim().is_empty() => Part::OutOfReach,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => Part::Bytes(size.saturating_sub(suffix), end),
        _ => Part::Whole,
    }
}
