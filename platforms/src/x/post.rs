//! The one call that publishes.

use http::StatusCode;
use serde::Deserialize;

use super::{Data, body, is_id, problem};
use crate::{Error, Published, Request, Response, Task, request};

pub(super) fn request(task: &Task, media: &[String]) -> http::Result<Request> {
    request::post(&task.endpoints.url("https://api.x.com/2/tweets"), &body::of(task, media))
}

/// The created post.
pub(super) fn read(task: &Task, answer: &Response) -> Result<Published, Error> {
    #[derive(Deserialize)]
    struct Post {
        id: String,
    }
    if answer.status() != StatusCode::CREATED && answer.status().is_success() {
        return Err(Error::OutcomeUnknown(format!("X answered {} to a creation", answer.status())));
    }
    let post: Data<Post> = problem::read(answer)?;
    published(task, post.data.id)
}

pub(super) fn published(task: &Task, id: String) -> Result<Published, Error> {
    if !is_id(&id) {
        return Err(Error::OutcomeUnknown("X's response has an invalid id".into()));
    }
    let url = task.endpoints.url(&format!("https://x.com/{}/status/{id}", task.handle));
    Ok(Published { platform_post_id: Some(id), url: Some(url.into()) })
}
