//! `POST /2/tweets`: publishes a post.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{attached, bearer, body, link, problem, rate, rendering, spec::SPEC, tweet, weight};
use crate::{
    account::Account,
    answer::Answer,
    behavior::Behavior,
    context::Context,
    error::Error,
    first_time,
    oauth::grant,
    reply::{self, Reply, Stop, stop},
};

const SCOPES: &[&str] = &["tweet.read", "tweet.write", "users.read"];

/// How long the first post of [`Behavior::RateLimitedOnce`] is delayed, in seconds.
const WAIT: i64 = 5;
/// How long the posts of [`Behavior::QuotaReached`] are refused, in seconds.
const DAY_ENDS: i64 = 6 * 60 * 60;

/// The one host to which X allows no links.
const BLOCKED: &str = "blocked.example.com";

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
    let body = match body::read(request) {
        Ok(body) => body,
        Err(message) => return refused(problem::invalid_body(&message)),
    };
    match account.behavior {
        Behavior::Suspended => return refused(problem::suspended()),
        Behavior::CreditsDepleted => return refused(problem::credits_depleted()),
        Behavior::QuotaReached => {
            if let Some(until) = must_wait_until(context, account, DAY_ENDS).await? {
                let reply = rate::exhausted_for_the_day(problem::too_many_requests(), until);
                return refused(reply);
            }
        }
        Behavior::RateLimitedOnce => {
            if let Some(until) = must_wait_until(context, account, WAIT).await? {
                let reply = problem::too_many_requests();
                return stop(window.exhausted(until).mark(reply)?);
            }
        }
        Behavior::ServerErrorOnce if first_time::record(context, &SPEC, account, first_time::POST).await?.is_now => {
            return refused(problem::service_unavailable());
        }
        _ => {}
    }
    if !weight::fits(&body.text, account.behavior == Behavior::Subscribes) {
        return refused(problem::not_permitted());
    }
    if weight::cashtags(&body.text) > 1 {
        return refused(problem::cashtags());
    }
    if link::find(&body.text).into_iter().any(|link| body.text.get(link).is_some_and(|link| link.contains(BLOCKED))) {
        return refused(problem::invalid_url());
    }
    let media = match attached::attach(context, account, &body.media_ids).await? {
        Ok(media) => media,
        Err(reply) => return refused(*reply),
    };
    if account.behavior == Behavior::AnswerLostNothingPosted {
        return Ok(Answer::Lost);
    }
    let Some(tweet) = tweet::insert(context, account, body, media).await? else {
        return refused(problem::duplicate());
    };
    if matches!(account.behavior, Behavior::AnswerLost | Behavior::LandsLate | Behavior::LandsTwice) {
        return Ok(Answer::Lost);
    }
    let id = tweet.id.to_string();
    let answer = json!({
        "data": {
            "id": &id,
            "text": rendering::render(&tweet).text,
            "edit_history_post_ids": [&id],
        }
    });
    Ok(window.mark(reply::json(StatusCode::CREATED, &answer))?.into())
}

/// The end of the wait in seconds since the epoch; `None` once it is over.
async fn must_wait_until(context: &Context, account: &Account, wait: i64) -> Result<Option<i64>, Error> {
    let until = first_time::record(context, &SPEC, account, first_time::POST).await?.at + wait;
    Ok((context.now().timestamp() < until).then_some(until))
}
