//! `GET /2/users/{id}/tweets`: an account's posts in descending order.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use data_encoding::BASE32HEX_NOPAD;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    bearer, list, problem, rate, rendering,
    spec::SPEC,
    tweet::{self, Tweet},
    weight,
};
use crate::{
    behavior::Behavior,
    context::Context,
    fields::Fields,
    reply::{self, Reply, Stop, stop},
};

/// The simulated parameters; X has more.
const PARAMETERS: &[&str] =
    &["max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude", "tweet.fields"];
const FIELDS: &[&str] = &[
    "attachments",
    "author_id",
    "created_at",
    "edit_history_post_ids",
    "entities",
    "id",
    "note_tweet",
    "reply_settings",
    "text",
];
const DEFAULT_RESULTS: usize = 10;

/// Selects the posts with ids from `first` to `last` (inclusive).
struct TimelineQuery {
    first: i64,
    last: i64,
    limit: usize,
    fields: Vec<String>,
}

pub(crate) async fn of(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    if caller.account.behavior == Behavior::NeverAnswers {
        return Err(Stop::Never);
    }
    let scopes = ["users.read", "tweet.read"];
    let window = bearer::admit(context, &caller, &scopes, &rate::TIMELINE).await?;
    if caller.account.behavior == Behavior::CreditsDepleted {
        return stop(window.mark(problem::credits_depleted())?);
    }
    if id.is_empty() || id.len() > 19 || !id.chars().all(|c| c.is_ascii_digit()) {
        let message = format!("The `id` query parameter value [{id}] is not valid");
        let reply = problem::invalid_parameter("id", id, &message);
        return stop(window.mark(reply)?);
    }
    let query = match read_query(request.uri().query().unwrap_or_default()) {
        Ok(query) => query,
        Err(reply) => return stop(window.mark(*reply)?),
    };
    let Some(account) = SPEC.account_by_id(id) else {
        return Ok(window.mark(reply::json(StatusCode::OK, &unknown_user(id)))?);
    };
    // One more than requested shows whether there is a next page.
    let range = (query.first, query.last);
    let mut tweets = tweet::newest(context, Some(account), range, query.limit + 1).await?;
    let more = tweets.len() > query.limit;
    tweets.truncate(query.limit);
    let body = page(&tweets, &query.fields, more);
    Ok(window.mark(reply::json(StatusCode::OK, &body))?)
}

fn page(tweets: &[Tweet], fields: &[String], more: bool) -> Value {
    let mut body = json!({ "meta": { "result_count": tweets.len() } });
    if let (Some(newest), Some(oldest)) = (tweets.first(), tweets.last()) {
        body["data"] = tweets.iter().map(|tweet| view(tweet, fields)).collect();
        body["meta"]["newest_id"] = newest.id.to_string().into();
        body["meta"]["oldest_id"] = oldest.id.to_string().into();
        if more {
            body["meta"]["next_token"] = next_token(oldest.id).into();
        }
    }
    body
}

fn view(tweet: &Tweet, fields: &[String]) -> Value {
    let id = tweet.id.to_string();
    let rendering = rendering::render(tweet);
    let is_long = weight::weigh(&tweet.body.text) > weight::LIMIT;
    let text = if is_long { rendering::beginning(&rendering.text, tweet) } else { rendering.text.clone() };
    let mut view = json!({ "id": &id, "text": text, "edit_history_post_ids": [&id] });
    for field in fields {
        match field.as_str() {
            // X truncates to the second and writes three zeros.
            "created_at" => {
                view[field] = tweet.created_at().trunc_subsecs(0).to_rfc3339_opts(SecondsFormat::Millis, true).into();
            }
            "author_id" => view[field] = tweet.account.as_str().into(),
            "entities" if !rendering.urls.is_empty() => {
                let shown = rendering.urls.iter().filter(|link| !is_long || link.end <= rendering::SHOWN);
                view[field] = json!({ "urls": shown.collect::<Vec<_>>() });
            }
            "note_tweet" if is_long => {
                view[field] = json!({ "text": rendering.text, "entities": { "urls": rendering.urls } });
            }
            "attachments" if !tweet.media.is_empty() => {
                let keys: Vec<&str> = tweet.media.iter().map(|medium| medium.key.as_str()).collect();
                view[field] = json!({ "media_keys": keys });
            }
            "reply_settings" => {
                view[field] = tweet.body.reply_settings.as_deref().unwrap_or("everyone").into();
            }
            _ => {}
        }
    }
    view
}

fn unknown_user(id: &str) -> Value {
    json!({
        "errors": [{
            "value": id,
            "detail": format!("Could not find user with id: [{id}]."),
            "title": "Not Found Error",
            "resource_type": "user",
            "parameter": "id",
            "resource_id": id,
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }]
    })
}

fn read_query(query: &str) -> Result<TimelineQuery, Box<Reply>> {
    let invalid = |name: &str, value: &str, rule: &str| {
        let message = format!("The `{name}` query parameter value [{value}] {rule}");
        Box::new(problem::invalid_parameter(name, value, &message))
    };
    let fields = Fields::read(query.as_bytes()).map_err(|repeated| invalid(&repeated.0, "", "is repeated"))?;
    if let Some((name, value)) = fields.other_than(PARAMETERS) {
        return Err(Box::new(problem::unknown_parameter(name, value, PARAMETERS)));
    }
    let mut limit = DEFAULT_RESULTS;
    if let Some(value) = fields.get("max_results") {
        limit = value
            .parse()
            .ok()
            .filter(|number| (5..=100).contains(number))
            .ok_or_else(|| invalid("max_results", value, "is not between 5 and 100"))?;
    }
    let time = |name: &str| -> Result<Option<DateTime<Utc>>, Box<Reply>> {
        let Some(value) = fields.get(name) else {
            return Ok(None);
        };
        match DateTime::parse_from_rfc3339(value) {
            Ok(time) if value.ends_with('Z') => Ok(Some(time.to_utc())),
            _ => Err(invalid(name, value, "is not a valid RFC3339 date-time")),
        }
    };
    let id = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(value) => match value.parse::<i64>() {
            Ok(id) if id >= 0 => Ok(Some(id)),
            _ => Err(invalid(name, value, "is not a valid Tweet id")),
        },
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    if let (Some(start), Some(end)) = (start, end)
        && start >= end
    {
        let value = fields.get("start_time").unwrap_or_default();
        return Err(invalid("start_time", value, "must be before `end_time`"));
    }
    let mut before = vec![end.map(tweet::first_id), id("until_id")?];
    if let Some(token) = fields.get("pagination_token") {
        let oldest = oldest_of(token).ok_or_else(|| invalid("pagination_token", token, "is not valid"))?;
        before.push(Some(oldest));
    }
    let first = [start.map(tweet::first_id), id("since_id")?.map(|id| id.saturating_add(1))];
    list::read(&fields, "exclude", &["retweets", "replies"])?;
    Ok(TimelineQuery {
        first: first.into_iter().flatten().max().unwrap_or(0),
        last: before.into_iter().flatten().min().unwrap_or(i64::MAX) - 1,
        limit,
        fields: list::read(&fields, "tweet.fields", FIELDS)?,
    })
}

/// The token of the page with the posts older than `oldest`.
fn next_token(oldest: i64) -> String {
    BASE32HEX_NOPAD.encode(&oldest.to_be_bytes()).to_ascii_lowercase()
}

fn oldest_of(token: &str) -> Option<i64> {
    let bytes = BASE32HEX_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
    let id = i64::from_be_bytes(bytes.try_into().ok()?);
    (id > 0).then_some(id)
}
