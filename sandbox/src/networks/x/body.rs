//! The body of `POST /2/tweets`, checked against X's schema. The simulated fields are those of a post of one's own.

use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::content_type;

const FIELDS: &[&str] = &["text", "media", "poll", "reply_settings", "made_with_ai", "paid_partnership"];
const REPLY_SETTINGS: &[&str] = &["following", "mentionedUsers", "subscribers", "verified"];

/// What a post says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Body {
    /// As the app sent it.
    pub(crate) text: String,
    pub(crate) media_ids: Vec<String>,
    pub(crate) poll: Option<Poll>,
    pub(crate) reply_settings: Option<String>,
    pub(crate) made_with_ai: bool,
    pub(crate) paid_partnership: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Poll {
    pub(crate) options: Vec<String>,
    pub(crate) duration_minutes: u64,
}

/// # Errors
/// X's message.
pub(crate) fn read(request: &Request<Bytes>) -> Result<Body, String> {
    if !content_type::is(request, content_type::JSON) {
        return Err("Requests with bodies must have content-type of application/json.".to_owned());
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(request.body()) else {
        return Err("The request body is not a JSON object.".to_owned());
    };
    only(&fields, "$", FIELDS)?;
    let body = Body {
        text: fields.get("text").map(|text| string(text, "$.text")).transpose()?.unwrap_or_default(),
        media_ids: fields.get("media").map(media_ids).transpose()?.unwrap_or_default(),
        poll: fields.get("poll").map(poll).transpose()?,
        reply_settings: fields.get("reply_settings").map(reply_settings).transpose()?,
        made_with_ai: flag(&fields, "made_with_ai")?,
        paid_partnership: flag(&fields, "paid_partnership")?,
    };
    if body.poll.is_some() && !body.media_ids.is_empty() {
        return Err("$.poll: is mutually exclusive with media".to_owned());
    }
    match fields.get("text") {
        None if body.media_ids.is_empty() => Err("$.text: is missing but it is required".to_owned()),
        _ if body.text.trim().is_empty() && body.media_ids.is_empty() => {
            Err("$.text: must be at least 1 characters long".to_owned())
        }
        _ => Ok(body),
    }
}

fn only(fields: &Map<String, Value>, path: &str, known: &[&str]) -> Result<(), String> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(format!(
            "{path}.{unknown}: is not defined in the schema and the schema does not allow additional properties"
        )),
        None => Ok(()),
    }
}

fn string(value: &Value, path: &str) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{path}: string expected"))
}

fn object<'a>(value: &'a Value, path: &str, known: &[&str]) -> Result<&'a Map<String, Value>, String> {
    let fields = value.as_object().ok_or_else(|| format!("{path}: object expected"))?;
    only(fields, path, known)?;
    Ok(fields)
}

/// A list of strings whose number is in the range.
fn strings(
    fields: &Map<String, Value>,
    path: &str,
    number: std::ops::RangeInclusive<usize>,
) -> Result<Vec<String>, String> {
    let name = path.rsplit('.').next().unwrap_or_default();
    let list = fields.get(name).ok_or_else(|| format!("{path}: is missing but it is required"))?;
    let list = list.as_array().ok_or_else(|| format!("{path}: array expected"))?;
    if !number.contains(&list.len()) {
        return Err(format!("{path}: there must be {} to {} items in the array", number.start(), number.end()));
    }
    (0..).zip(list).map(|(n, value): (usize, _)| string(value, &format!("{path}[{n}]"))).collect()
}

fn media_ids(value: &Value) -> Result<Vec<String>, String> {
    let path = "$.media.media_ids";
    let ids = strings(object(value, "$.media", &["media_ids"])?, path, 1..=4)?;
    let is_id = |id: &String| (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    if ids.iter().all(is_id) {
        Ok(ids)
    } else {
        Err(format!("{path}: does not match the regex pattern ^[0-9]{{1,19}}$"))
    }
}

fn poll(value: &Value) -> Result<Poll, String> {
    let fields = object(value, "$.poll", &["options", "duration_minutes"])?;
    let options = strings(fields, "$.poll.options", 2..=4)?;
    if options.iter().any(|option| !(1..=25).contains(&option.chars().count())) {
        return Err("$.poll.options: must be 1 to 25 characters long".to_owned());
    }
    match fields.get("duration_minutes").and_then(Value::as_u64) {
        Some(duration_minutes @ 5..=10_080) => Ok(Poll { options, duration_minutes }),
        _ => Err("$.poll.duration_minutes: must be an integer from 5 to 10080".to_owned()),
    }
}

fn reply_settings(value: &Value) -> Result<String, String> {
    let who = string(value, "$.reply_settings")?;
    if REPLY_SETTINGS.contains(&who.as_str()) {
        return Ok(who);
    }
    Err(format!("$.reply_settings: does not have a value in the enumeration [{}]", REPLY_SETTINGS.join(", ")))
}

fn flag(fields: &Map<String, Value>, name: &str) -> Result<bool, String> {
    match fields.get(name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| format!("$.{name}: boolean expected")),
    }
}
