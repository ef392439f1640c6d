//! `POST /{ig}/media_publish`: publishes a container, once.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller,
    container::{self, Container, ContainerState, PostKind},
    graph_error::GraphError,
    post::{self, Post},
    quota,
    script::Step,
    spec::SPEC,
};
use crate::{
    account::Account,
    answer::Answer,
    behavior::Behavior,
    context::Context,
    error::Error,
    first_time,
    reply::{self, Stop, stop},
    store::{Committed, Key, Update, Value, Write, number},
};

/// How often publishing is tried when concurrent calls of the account conflict.
const ATTEMPTS: usize = 20;

pub(crate) async fn publish(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Answer, Stop> {
    let (caller, parameters) = caller::publisher(context, request, id, &["access_token", "creation_id"]).await?;
    let account = caller.account;
    let Some(creation_id) = parameters.get("creation_id") else {
        return stop(GraphError::of(100, None).with_message("(#100) The parameter creation_id is required").reply());
    };
    if let Some(failure) = refusal(context, account).await? {
        return stop(failure.reply());
    }
    for _ in 0..ATTEMPTS {
        let container = ready(context, account, creation_id).await?;
        let is_landing = container.is_landing(context.now().timestamp_millis());
        if account.behavior == Behavior::AnswerLostNothingPosted
            || is_landing && account.behavior != Behavior::LandsTwice
        {
            return Ok(Answer::Lost);
        }
        let loses = matches!(account.behavior, Behavior::AnswerLost | Behavior::LandsLate | Behavior::LandsTwice);
        match insert(context, account, container).await? {
            Some(_) if loses => return Ok(Answer::Lost),
            Some(id) => return Ok(reply::json(StatusCode::OK, &json!({ "id": id })).into()),
            None => {}
        }
    }
    Err(Error::Busy.into())
}

async fn refusal(context: &Context, account: &Account) -> Result<Option<GraphError>, Error> {
    let code = match account.behavior {
        Behavior::Restricted => return Ok(Some(GraphError::of(4, Some(2_207_051)))),
        Behavior::RateLimitedOnce => 4,
        Behavior::ServerErrorOnce => 2,
        _ => return Ok(None),
    };
    Ok(first_time::record(context, &SPEC, account, first_time::POST).await?.is_now.then(|| GraphError::of(code, None)))
}

/// How long the container of [`Behavior::LandsTwice`] stays `FINISHED` after it was published, in milliseconds.
const STATUS_LAG: i64 = 300_000;

/// A container that is ready, of an account that may publish it.
async fn ready(context: &Context, account: &Account, id: &str) -> Result<Container, Stop> {
    let refused = |code, subcode| stop(GraphError::of(code, Some(subcode)).reply());
    let Some(container) = container::find(context, account, id).await? else {
        return refused(24, 2_207_006);
    };
    if container.kind == PostKind::Item {
        return stop(
            GraphError::of(100, None).with_message("(#100) A carousel item cannot be published by itself").reply(),
        );
    }
    match container.state(account, context.now().timestamp_millis()) {
        ContainerState::Finished => {}
        ContainerState::InProgress | ContainerState::Error(_) => return refused(9007, 2_207_027),
        ContainerState::Expired => return refused(-2, 2_207_020),
        ContainerState::Published => return refused(24, 2_207_008),
    }
    if let Some(script) = container.script.as_ref().filter(|script| script.step == Step::Publish) {
        return stop(script.error().reply());
    }
    if quota::used(context, account).await? >= quota::TOTAL {
        return refused(9, 2_207_042);
    }
    Ok(container)
}

#[derive(Serialize, Deserialize)]
struct PublishCounter {
    count: i64,
}

/// Publishes the container and returns the post's id; `None` if a concurrent call conflicts.
async fn insert(context: &Context, account: &Account, container: Container) -> Result<Option<String>, Error> {
    let appears = context.now().timestamp_millis() + account.behavior.delay() * 1000;
    let id = post::new_id("18")?;
    let mark = Update::new(container::key(&container.id), "SET #published = :id, #appears_at = :at");
    let mark = match account.behavior {
        Behavior::LandsTwice => mark.only_if("attribute_exists(pk)").with(":at", number(appears + STATUS_LAG)),
        // The condition admits one of concurrent publications of the container.
        _ => mark
            .only_if("attribute_exists(pk) AND (attribute_not_exists(#published) OR #published = :none)")
            .with(":at", number(appears))
            .with(":none", Value::Null(true)),
    };
    let mark = mark.with(":id", Value::S(id.clone()));
    let post = Post::new(id, account, container.kind, container.caption, container.media, container.settings, appears);
    let mut writes: Vec<Write> = vec![mark.into()];
    writes.extend(post.writes()?);
    if account.behavior != Behavior::Unlimited {
        writes.push(lock(context, account).await?);
    }
    Ok(match context.store.commit(writes).await? {
        Committed::Written => Some(post.id),
        Committed::ConditionFailed => None,
    })
}

/// Optimistic locking per account, so that concurrent calls cannot exceed the quota.
async fn lock(context: &Context, account: &Account) -> Result<Write, Error> {
    let key = || Key::new(format!("instagram#turn#{}", account.id), "turn");
    let count = context.store.get::<PublishCounter>(key()).await?.map_or(0, |counter| counter.count);
    let next = Update::new(key(), "SET #count = :next").only_if("attribute_not_exists(pk) OR #count = :count");
    Ok(next.with(":next", number(count + 1)).with(":count", number(count)).into())
}
