//! `POST /{ig}/media_publish`: the one call that anybody can see, and so the one at which most test
//! accounts misbehave. A container is published once.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    account::{Account, Behavior},
    caller,
    container::{self, Container, Kind, State},
    failure::Failure,
    post::{self, Post},
    quota,
    script::Step,
};
use crate::{
    Answer, Sandbox, once,
    reply::{self, Stop, stop},
    store::{Committed, Error, Key, Update, Value, Write, number},
};

/// How often a publication that met another one of its account is tried again.
const ATTEMPTS: usize = 20;

pub(crate) async fn publish(sandbox: &Sandbox, request: &Request<Bytes>, id: &str) -> Result<Answer, Stop> {
    let (caller, parameters) = caller::publisher(sandbox, request, id, &["access_token", "creation_id"]).await?;
    let account = caller.account;
    let Some(creation_id) = parameters.get("creation_id") else {
        return stop(Failure::of(100, None).saying("(#100) The parameter creation_id is required").reply());
    };
    if let Some(failure) = misbehaviour(sandbox, account).await? {
        return stop(failure.reply());
    }
    for _ in 0..ATTEMPTS {
        let container = ready(sandbox, account, creation_id).await?;
        if account.behavior == Behavior::AnswerLostNothingPosted {
            return Ok(Answer::Lost);
        }
        let media = insert(sandbox, account, container).await?;
        match media {
            Some(_) if account.behavior == Behavior::AnswerLost => return Ok(Answer::Lost),
            Some(id) => return Ok(reply::json(StatusCode::OK, &json!({ "id": id })).into()),
            None => {}
        }
    }
    Err(Error::Busy.into())
}

async fn misbehaviour(sandbox: &Sandbox, account: &Account) -> Result<Option<Failure>, Error> {
    let code = match account.behavior {
        Behavior::Restricted => return Ok(Some(Failure::of(4, Some(2_207_051)))),
        Behavior::RateLimitedOnce => 4,
        Behavior::ServerErrorOnce => 2,
        _ => return Ok(None),
    };
    Ok(once::mark(sandbox, account, once::POST).await?.first.then(|| Failure::of(code, None)))
}

/// A container that can be published, of an account that may.
async fn ready(sandbox: &Sandbox, account: &Account, id: &str) -> Result<Container, Stop> {
    let refused = |code, subcode| stop(Failure::of(code, Some(subcode)).reply());
    let Some(container) = container::find(sandbox, account, id).await? else {
        return refused(24, 2_207_006);
    };
    if container.kind == Kind::Item {
        return stop(Failure::of(100, None).saying("(#100) A carousel item cannot be published by itself").reply());
    }
    match container.state(account, (sandbox.clock)().timestamp_millis()) {
        State::Finished => {}
        State::InProgress | State::Error(_) => return refused(9007, 2_207_027),
        State::Expired => return refused(-2, 2_207_020),
        State::Published => return refused(24, 2_207_008),
    }
    if let Some(script) = container.script.as_ref().filter(|script| script.step == Step::Publish) {
        return stop(script.failure().reply());
    }
    if quota::used(sandbox, account).await? >= quota::TOTAL {
        return refused(9, 2_207_042);
    }
    Ok(container)
}

#[derive(Serialize, Deserialize)]
struct Turn {
    count: i64,
}

/// Publishes, and tells the id; nothing if another publication came between.
async fn insert(sandbox: &Sandbox, account: &Account, container: Container) -> Result<Option<String>, Error> {
    let now = (sandbox.clock)().timestamp_millis();
    let id = post::new_id("18")?;
    // Of two publications of a container, only the first finds it unpublished.
    let mark = Update::new(container::key(&container.id), "SET #published = :id")
        .only_if("attribute_exists(pk) AND (attribute_not_exists(#published) OR #published = :none)")
        .with(":id", Value::S(id.clone()))
        .with(":none", Value::Null(true));
    let post = Post::new(id, account, container.kind, container.caption, container.media, now);
    let mut writes: Vec<Write> = vec![mark.into()];
    writes.extend(post.writes()?);
    if account.behavior != Behavior::Unlimited {
        writes.push(turn(sandbox, account).await?);
    }
    Ok(match sandbox.store.commit(writes).await? {
        Committed::Done => Some(post.id),
        Committed::Refused => None,
    })
}

/// Two publications at once would both find the quota's last place free: only one gets this turn.
async fn turn(sandbox: &Sandbox, account: &Account) -> Result<Write, Error> {
    let key = || Key::new(format!("instagram#turn#{}", account.id), "turn");
    let count = sandbox.store.get::<Turn>(key()).await?.map_or(0, |turn| turn.count);
    let next = Update::new(key(), "SET #count = :next").only_if("attribute_not_exists(pk) OR #count = :count");
    Ok(next.with(":next", number(count + 1)).with(":count", number(count)).into())
}
