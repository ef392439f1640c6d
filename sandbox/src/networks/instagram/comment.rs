//! `POST` and `GET /{media}/comments`: comments of an account on its own posts.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    caller::{self, Caller},
    container::PostKind,
    graph_error::GraphError,
    parameters,
    post::{self, Post},
};
use crate::{
    answer::Answer,
    behavior::Behavior,
    context::Context,
    fields::Fields,
    reply::{self, Reply, Stop, stop},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: String,
    pub(crate) text: String,
}

pub(crate) async fn create(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Answer, Stop> {
    let (caller, parameters, mut post) = find(context, request, id, &["access_token", "message"]).await?;
    let Some(message) = parameters.get("message") else {
        return stop(GraphError::of(100, None).with_message("(#100) The parameter message is required").reply());
    };
    if caller.account.behavior == Behavior::CommentRefused {
        return stop(GraphError::of(368, None).reply());
    }
    let comment = Comment { id: post::new_id("17")?, text: message.to_owned() };
    let answer = json!({ "id": comment.id });
    post.comments.push(comment);
    context.store.commit(post.writes()?).await?;
    if caller.account.behavior == Behavior::CommentAnswerLost {
        return Ok(Answer::Lost);
    }
    Ok(reply::json(StatusCode::OK, &answer).into())
}

pub(crate) async fn list(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let (_, parameters, post) = find(context, request, id, &["access_token", "fields"]).await?;
    let asked = parameters::fields(&parameters, &["id", "text"])?;
    let view = |comment: &Comment| {
        let mut view = json!({ "id": comment.id });
        if asked.iter().any(|field| field == "text") {
            view["text"] = comment.text.as_str().into();
        }
        view
    };
    let data: Vec<Value> = post.comments.iter().map(view).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "data": data })))
}

/// The caller's own post. Stories have no comments.
async fn find(
    context: &Context,
    request: &Request<Bytes>,
    id: &str,
    known: &[&str],
) -> Result<(Caller, Fields, Post), Stop> {
    let parameters = parameters::read(request, known)?;
    let caller = caller::authenticate(context, request, &parameters).await?;
    caller.may_comment()?;
    match post::find(context, id).await? {
        Some(post) if post.account == caller.account.id && post.kind != PostKind::Story => {
            Ok((caller, parameters, post))
        }
        _ => stop(GraphError::no_such(id).reply()),
    }
}
