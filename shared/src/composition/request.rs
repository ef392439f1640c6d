//! Parses a request's fields and checks sizes and formats. Nothing here depends on the time or on stored data.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Composition, Targets, when::schedule};
use crate::{
    api::{
        Error, Fields,
        fields::{one_of, text, time},
    },
    id::{AccountId, ClientId},
    post::{MAX_CONTENT, MAX_TARGETS, Override, Overrides},
};
use platforms::{
    Options, PlatformId,
    media::{MAX_ALT_TEXT, MAX_MEDIA, MAX_URL, Media, is_web_address},
};

impl Composition {
    /// # Errors
    /// 422 with every invalid field.
    pub fn read(body: Value) -> Result<Self, Error> {
        let mut fields = Fields::of(body)?;
        let client = fields
            .required("clientId", |value| text(value)?.parse::<ClientId>().map_err(|_| "must be a client's id".into()));
        let content = fields.required("content", content);
        let media = fields.optional_list("media", MAX_MEDIA, media).unwrap_or_default();
        let options = fields.optional_object("platformOptions", options).unwrap_or_default();
        let overrides = overrides(&mut fields).unwrap_or_default();
        let targets = fields.object("targets", targets);
        let schedule = fields.object("schedule", schedule);
        let publish_before = fields.optional("publishBefore", time);
        fields.done()?;
        let (Some(client), Some(content), Some(targets), Some(schedule)) = (client, content, targets, schedule) else {
            return Err(Error::internal("done() let a missing field pass"));
        };
        let scheduled_before = false;
        Ok(Self { client, content, media, options, overrides, targets, schedule, scheduled_before, publish_before })
    }
}

pub(super) fn content(value: Value) -> Result<String, String> {
    let content = text(value)?;
    match content.len() {
        0..=MAX_CONTENT => Ok(content),
        length => Err(format!("must have at most {MAX_CONTENT} bytes; it has {length}")),
    }
}

pub(super) fn media(fields: &mut Fields) -> Option<Media> {
    let url = fields.required("url", |value| {
        let url = text(value)?;
        match url.chars().count() {
            0..=MAX_URL if is_web_address(&url) => Ok(url),
            0..=MAX_URL => Err("must be an absolute https URL, without spaces".into()),
            length => Err(format!("must have at most {MAX_URL} characters; it has {length}")),
        }
    });
    let alt_text = fields.optional("altText", |value| {
        let alt_text = text(value)?;
        match alt_text.chars().count() {
            1..=MAX_ALT_TEXT => Ok(alt_text),
            length => Err(format!("must have 1 to {MAX_ALT_TEXT} characters; it has {length}")),
        }
    });
    Some(Media { url: url?, alt_text })
}

/// Maximum number of media in all overrides of a post, because each costs a HEAD request.
const MAX_OWN_MEDIA: usize = 100;

/// By account.
pub(super) fn overrides(fields: &mut Fields) -> Option<Overrides> {
    let overrides = fields.optional_object("overrides", |fields| {
        let mut all = Overrides::new();
        for name in fields.names() {
            let Ok(account) = name.parse::<AccountId>() else {
                fields.optional::<()>(&name, |_| Err("is not an account's id".into()));
                continue;
            };
            let own = fields.object(&name, |fields| {
                let content = fields.optional("content", content);
                Some(Override { content, media: fields.optional_list("media", MAX_MEDIA, media) })
            });
            all.extend(own.map(|own| (account, own)));
        }
        Some(all)
    })?;
    let media: usize = overrides.values().filter_map(|own| own.media.as_ref()).map(Vec::len).sum();
    if media > MAX_OWN_MEDIA {
        fields.fault("overrides", format!("must have at most {MAX_OWN_MEDIA} media in all; they have {media}"));
    }
    Some(overrides)
}

/// By platform; each platform's `Spec` lists its options.
pub(super) fn options(fields: &mut Fields) -> Option<BTreeMap<PlatformId, Options>> {
    let mut all = BTreeMap::new();
    for platform in PlatformId::ALL {
        let said = fields.optional_object(platform.as_str(), |fields| {
            let mut said = Options::new();
            for option in platforms::spec(platform).options {
                let checked = fields.optional(option.name, |value| option.values.check(&value).map(|()| value));
                said.extend(checked.map(|value| (option.name.to_owned(), value)));
            }
            Some(said)
        });
        all.extend(said.map(|said| (platform, said)));
    }
    Some(all)
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Selection,
    All,
}

pub(super) fn targets(fields: &mut Fields) -> Option<Targets> {
    let mode = fields.required("mode", one_of);
    let list = |value| match value {
        Value::Array(ids) if (1..=MAX_TARGETS).contains(&ids.len()) => Ok(ids),
        _ => Err(format!("must be a list of 1 to {MAX_TARGETS} account ids")),
    };
    let ids = match mode {
        Some(Mode::All) => return Some(Targets::All),
        Some(Mode::Selection) => fields.required("accountIds", list)?,
        // Without a valid mode it is unknown whether the list is required, so only its own faults are reported.
        None => fields.optional("accountIds", list)?,
    };
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
