//! `POST /2/tweets`: the one call that anybody can see, and so the one at which the test accounts
//! misbehave.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    X,
    account::{Account, Behavior},
    bearer, problem, rate, rendering, tweet, weight,
};
use crate::{
    Answer, Sandbox, content_type,
    oauth::grant,
    once,
    reply::{self, Reply, Stop, stop},
    store::Error,
};

const SCOPES: &[&str] = &["tweet.read", "tweet.write", "users.read"];

/// Seconds for which `rate_limited` is told to wait.
const TOLD_TO_WAIT: i64 = 5;

pub(crate) async fn create(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = bearer::authenticate(sandbox, request).await?;
    let account = caller.account;
    if account.behavior == Behavior::TokenDeadAtPublish {
        grant::kill::<X>(sandbox, &caller.grant).await?;
        return stop(problem::unauthorized());
    }
    let window = bearer::admit(sandbox, &caller, SCOPES, &rate::CREATE_TWEET).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    let text = match text_of(request) {
        Ok(text) => text,
        Err(message) => return refused(problem::invalid_body(&message)),
    };
    match account.behavior {
        Behavior::Suspended => return refused(problem::suspended()),
        Behavior::RateLimitedOnce => {
            if let Some(until) = told_to_wait(sandbox, account).await? {
                let reply = problem::too_many_requests();
                return stop(window.exhausted(until).mark(reply)?);
            }
        }
        Behavior::ServerErrorOnce if once::mark(sandbox, account, once::POST).await?.first => {
            return refused(problem::service_unavailable());
        }
        _ => {}
    }
    if !weight::fits(&text) {
        return refused(problem::too_long());
    }
    if account.behavior == Behavior::AnswerLostNothingPosted {
        return Ok(Answer::Lost);
    }
    let Some(tweet) = tweet::insert(sandbox, account, &text).await? else {
        return refused(problem::duplicate());
    };
    if account.behavior == Behavior::AnswerLost {
        return Ok(Answer::Lost);
    }
    let id = tweet.id.to_string();
    let body = json!({
        "data": {
            "id": &id,
            "text": rendering::render(&tweet).text,
            "edit_history_tweet_ids": [&id],
        }
    });
    Ok(window.mark(reply::json(StatusCode::CREATED, &body))?.into())
}

/// The text of a well-formed request; the error is X's message.
fn text_of(request: &Request<Bytes>) -> Result<String, String> {
    if !content_type::is(request, content_type::JSON) {
        return Err("Requests with bodies must have content-type of application/json.".to_owned());
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(request.body()) else {
        return Err("The request body is not a JSON object.".to_owned());
    };
    if let Some(unknown) = body.keys().find(|name| *name != "text") {
        return Err(format!(
            "$.{unknown}: is not defined in the schema and the schema does not allow additional properties"
        ));
    }
    match body.get("text") {
        None => Err("$.text: is missing but it is required".to_owned()),
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err("$.text: must be at least 1 characters long".to_owned())
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err("$.text: string expected".to_owned()),
    }
}

/// Until when the account has to wait, if it still has to. Whoever comes back before the time that
/// it was told is told the same again.
async fn told_to_wait(sandbox: &Sandbox, account: &Account) -> Result<Option<i64>, Error> {
    let until = once::mark(sandbox, account, once::POST).await?.at + TOLD_TO_WAIT;
    Ok(((sandbox.clock)().timestamp() < until).then_some(until))
}
