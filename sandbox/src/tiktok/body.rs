//! Bodies: JSON that says so, without a field that TikTok does not know.

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use serde::de::DeserializeOwned;

use super::answer;
use crate::{Sandbox, reply::Stop};

pub(crate) fn read<T: DeserializeOwned>(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<T, Stop> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::to_str)
        .and_then(Result::ok)
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !content_type.trim().eq_ignore_ascii_case("application/json") {
        return answer::invalid(sandbox, "The content type must be application/json");
    }
    match serde_json::from_slice(request.body()) {
        Ok(body) => Ok(body),
        Err(error) => answer::invalid(sandbox, &format!("The request body is invalid: {error}")),
    }
}
