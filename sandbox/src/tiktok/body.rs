//! Bodies: JSON that says so, without a field that TikTok does not know.

use bytes::Bytes;
use http::Request;
use serde::de::DeserializeOwned;

use super::answer;
use crate::{Sandbox, content_type, reply::Stop};

pub(crate) fn read<T: DeserializeOwned>(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<T, Stop> {
    if !content_type::is(request, content_type::JSON) {
        return answer::invalid(sandbox, "The content type must be application/json");
    }
    match serde_json::from_slice(request.body()) {
        Ok(body) => Ok(body),
        Err(error) => answer::invalid(sandbox, &format!("The request body is invalid: {error}")),
    }
}
