//! The `multipart/form-data` body of a segment (RFC 7578).

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::{Request, header};
use multer::Multipart;

/// The parts of the form.
pub(super) struct SegmentForm {
    pub(super) index: String,
    pub(super) media: Bytes,
}

/// # Errors
/// Why the body is no such form.
pub(super) async fn read(request: &Request<Bytes>) -> Result<SegmentForm, String> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|error| error.to_string())?;
    let body = request.body().clone();
    let mut parts = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let (mut index, mut media) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.bytes().await.map_err(|error| error.to_string())?;
        let known = match name.as_str() {
            "segment_index" => index.replace(value),
            "media" => media.replace(value),
            _ => return Err(format!("$.{name}: is not defined in the schema")),
        };
        if known.is_some() {
            return Err(format!("$.{name}: is repeated"));
        }
    }
    let index = index.ok_or("$.segment_index: is missing but it is required")?;
    let media = media.ok_or("$.media: is missing but it is required")?;
    Ok(SegmentForm { index: String::from_utf8_lossy(&index).into_owned(), media })
}
