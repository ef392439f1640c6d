//! What a container says of itself. <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-container>

use serde::Deserialize;

use super::refusal;
use crate::{Error, Response};

pub(super) enum Status {
    InProgress,
    Finished,
    Published,
    /// Its 24 hours are over, and it was not published.
    Expired,
    /// There is none under this id, or none any more.
    Missing,
}

/// A container that is not there says nothing about whether it was published.
pub(super) fn lost_sight() -> Error {
    Error::OutcomeUnknown("Instagram does not know the container any more".into())
}

pub(super) fn status(answer: &Response) -> Result<Status, Error> {
    #[derive(Deserialize)]
    struct Container {
        status_code: String,
        #[serde(default)]
        status: String,
    }
    if refusal::is_about_container(answer) {
        return Ok(Status::Missing);
    }
    let container: Container = refusal::body(answer)?;
    match container.status_code.as_str() {
        "IN_PROGRESS" => Ok(Status::InProgress),
        "FINISHED" => Ok(Status::Finished),
        "PUBLISHED" => Ok(Status::Published),
        "EXPIRED" => Ok(Status::Expired),
        "ERROR" => Err(refusal::of_status(&container.status)),
        _ => Err(Error::OutcomeUnknown("a container is in a state that Instagram does not document".into())),
    }
}
