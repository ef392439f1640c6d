//! JSON bodies of requests.

use bytes::Bytes;
use http::Request;
use serde::de::DeserializeOwned;

use super::answer;
use crate::{content_type, context::Context, reply::Stop};

pub(crate) fn read<T: DeserializeOwned>(context: &Context, request: &Request<Bytes>) -> Result<T, Stop> {
    if !content_type::is(request, content_type::JSON) {
        return answer::invalid(context, "The content type must be application/json");
    }
    match serde_json::from_slice(request.body()) {
        Ok(body) => Ok(body),
        Err(error) => answer::invalid(context, &format!("The request body is invalid: {error}")),
    }
}
