//! How a post begins, and how the endpoints that begin one answer.

use serde_json::json;

use super::{
    account::Behavior,
    answer,
    bearer::Caller,
    post,
    publishing::{self, Publishing},
};
use crate::{Answer, Sandbox, reply::Stop, store::Write};

/// Puts media that TikTok has fetched on its way to the profile: this call itself publishes.
pub(crate) async fn pulled(sandbox: &Sandbox, caller: &Caller, publishing: Publishing) -> Result<Answer, Stop> {
    let mut writes = post::shown(&publishing)?;
    writes.push(Write::put(publishing::key(publishing.upload_id()), &publishing)?);
    sandbox.store.commit(writes).await?;
    if caller.account.behavior == Behavior::AnswerLost {
        return Ok(Answer::Lost);
    }
    Ok(answer::ok(sandbox, json!({ "publish_id": publishing.publish_id }))?.into())
}
