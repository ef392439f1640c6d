//! `POST /2/tweets`: publishes a post.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{bearer, problem, rate, rendering, spec::SPEC, tweet, weight};
use crate::{
    account::Account,
    answer::Answer,
    behavior::Behavior,
    content_type,
    context::Context,
    error::Error,
    first_time,
    oauth::grant,
    reply::{self, Reply, Stop, stop},
};

const SCOPES: &[&str] = &["tweet.read", "tweet.write", "users.read"];

/// How long the first post of [`Behavior::RateLimitedOnce`] is delayed, in seconds.
const WAIT: i64 = 5;

pub(crate) async fn create(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let account = caller.account;
    if account.behavior == Behavior::AccessRevoked {
        grant::revoke(context, &SPEC, &caller.grant).await?;
        return stop(problem::unauthorized());
    }
    if account.behavior == Behavior::NeverAnswers {
        return Err(Stop::Never);
    }
    let window = bearer::admit(context, &caller, SCOPES, &rate::CREATE_TWEET).await?;
    let refused = |reply: Reply| stop(window.mark(reply)?);
    let text = match text_of(request) {
        Ok(text) => text,
        Err(message) => return refused(problem::invalid_body(&message)),
    };
    match account.behavior {
        Behavior::Suspended => return refused(problem::suspended()),
        Behavior::CreditsDepleted => return refused(problem::credits_depleted()),
        Behavior::RateLimitedOnce => {
            if let Some(until) = must_wait_until(context, account).await? {
                let reply = problem::too_many_requests();
                return stop(window.exhausted(until).mark(reply)?);
            }
        }
        Behavior::ServerErrorOnce if first_time::record(context, &SPEC, account, first_time::POST).await?.is_now => {
            return refused(problem::service_unavailable());
        }
        _ => {}
    }
    if !weight::fits(&text) {
        return refused(problem::too_long());
    }
    if weight::cashtags(&text) > 1 {
        return refused(problem::cashtags());
    }
    if account.behavior == Behavior::AnswerLostNothingPosted {
        return Ok(Answer::Lost);
    }
    let Some(tweet) = tweet::insert(context, account, &text).await? else {
        return refused(problem::duplicate());
    };
    if matches!(account.behavior, Behavior::AnswerLost | Behavior::LandsLate | Behavior::LandsTwice) {
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

/// The text of the post; an error is X's message.
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

/// The end of the wait in seconds since the epoch; `None` once it is over.
async fn must_wait_until(context: &Context, account: &Account) -> Result<Option<i64>, Error> {
    let until = first_time::record(context, &SPEC, account, first_time::POST).await?.at + WAIT;
    Ok((context.now().timestamp() < until).then_some(until))
}
