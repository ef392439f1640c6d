//! What the request says, by itself: fields, sizes and forms. Nothing here depends on the time or on what is stored.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::{
    api::{
        Error, Fields,
        fields::{text, time},
    },
    id::{AccountId, ClientId},
    post::{MAX_CONTENT, MAX_TARGETS},
    schedule::Schedule,
};

pub(super) struct Asked {
    pub(super) client: ClientId,
    pub(super) content: String,
    pub(super) targets: Targets,
    pub(super) schedule: Schedule,
    pub(super) publish_before: Option<DateTime<Utc>>,
}

pub(super) enum Targets {
    /// The accounts that are connected when the post is created.
    All,
    /// 1–50, no repeats.
    Selection(Vec<AccountId>),
}

pub(super) fn read(body: Value) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let client = fields
        .required("clientId", |value| text(value)?.parse::<ClientId>().map_err(|_| "must be a client's id".into()));
    let content = fields.required("content", content);
    let targets = fields.object("targets", targets);
    let schedule = fields.object("schedule", schedule);
    let publish_before = fields.optional("publishBefore", time);
    fields.done()?;
    let (Some(client), Some(content), Some(targets), Some(schedule)) = (client, content, targets, schedule) else {
        return Err(Error::internal("done() let a missing field pass"));
    };
    Ok(Asked { client, content, targets, schedule, publish_before })
}

fn content(value: Value) -> Result<String, String> {
    let content = text(value)?;
    match content.len() {
        0..=MAX_CONTENT => Ok(content),
        length => Err(format!("must have at most {MAX_CONTENT} bytes; it has {length}")),
    }
}

fn targets(fields: &mut Fields) -> Option<Targets> {
    match fields.required("mode", text)?.as_str() {
        "all" => Some(Targets::All),
        "selection" => {
            let ids = fields.required("accountIds", |value| match value {
                Value::Array(ids) if (1..=MAX_TARGETS).contains(&ids.len()) => Ok(ids),
                _ => Err(format!("must be a list of 1 to {MAX_TARGETS} account ids")),
            })?;
            let mut accounts = Vec::with_capacity(ids.len());
            for (n, id) in ids.iter().enumerate() {
                match id.as_str().and_then(|id| id.parse::<AccountId>().ok()) {
                    None => fields.fault(&format!("accountIds[{n}]"), "must be an account's id"),
                    Some(account) if accounts.contains(&account) => {
                        fields.fault(&format!("accountIds[{n}]"), "is named twice");
                    }
                    Some(account) => accounts.push(account),
                }
            }
            Some(Targets::Selection(accounts))
        }
        _ => {
            fields.fault("mode", "must be one of selection, all");
            None
        }
    }
}

fn schedule(fields: &mut Fields) -> Option<Schedule> {
    match fields.required("type", text)?.as_str() {
        "now" => Some(Schedule::Now),
        "at" => fields.required("scheduledAt", time).map(|scheduled_at| Schedule::At { scheduled_at }),
        _ => {
            fields.fault("type", "must be one of now, at");
            None
        }
    }
}
