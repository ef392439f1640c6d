//! `PATCH /v1/agency` `{name?, color?, logo?, returnUrls?, tokensNotBefore?}`: changes the caller's own agency, in the key's mode.
//! Omitted fields keep their value, `null` removes a value. Returns the whole agency. `tokensNotBefore` revokes all access
//! tokens that were issued before it; it can be neither moved back nor removed.
//!
//! Safe to repeat without an idempotency key: repeating a change has no further effect. Concurrent changes of different
//! fields both succeed; for one field the later value is kept.
//!
//! Errors: 400, 401, 403 (also for a key that is bound to a client), 409 (`tokensNotBefore` would be moved back), 413, 415,
//! 422, 429.

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use shared::{
    agency::{Agency, AgencyChange, AgencyName, Color, LogoFile, ReturnUrl},
    api::{
        self, Code, Error, Fields, Request, Response,
        contract::{Operation, nullable},
        fields::{text, time},
        object,
        request::json,
    },
    clock::Clock,
    deps,
    scope::Scope,
    store::{Gate, MovedBack},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::patch("/v1/agency", "editAgency", "Agency", "Change the agency's settings")
        .describe(
            "Omitted fields keep their value, `null` removes a value. A key that is bound to a client cannot change the agency. Safe to repeat.",
        )
        .scope(Scope::AgencyManage)
        .body::<Asked>()
        .one::<object::Agency>(StatusCode::OK, "The whole agency.")
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let caller = api::admit(&deps.gate, &request, Scope::AgencyManage, now).await?;
    if caller.client.is_some() {
        return Err(Error::bound("A key that is bound to a client cannot change the agency."));
    }
    let asked = read(json(&request)?, now)?;

    if let Err(MovedBack(stored)) = deps.gate.change_agency(caller.tenant, asked.into()).await? {
        let stored = stored.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        return Err(Error::conflict(format!(
            "tokensNotBefore is {stored} and cannot be moved back: send a later time."
        )));
    }
    let agency = deps.gate.agency(caller.tenant).await?;
    let agency = agency.ok_or_else(|| Error::internal("the gate admitted a key and does not exist any more"))?;
    Ok(Response::one(StatusCode::OK, object::agency(caller.tenant, &agency)))
}

/// The request body.
#[derive(JsonSchema)]
#[schemars(
    rename = "AgencyChange",
    rename_all = "camelCase",
    description = "Changes to the agency. Omitted fields keep their value, `null` removes a value."
)]
struct Asked {
    /// The name that customers see on the connect page, without characters that could disguise it.
    name: Option<AgencyName>,
    /// The color of the connect page's buttons.
    #[schemars(default, schema_with = "nullable::<Color>")]
    color: Option<Option<Color>>,
    #[schemars(default, schema_with = "nullable::<LogoFile>")]
    logo: Option<Option<LogoFile>>,
    /// Connect links may return customers to the origins of these URLs.
    #[schemars(default, schema_with = "return_urls_or_null")]
    return_urls: Option<Vec<ReturnUrl>>,
    /// Revokes every access token issued before or within this second. Must not be in the future or before the current value.
    tokens_not_before: Option<DateTime<Utc>>,
}

fn return_urls_or_null(generator: &mut SchemaGenerator) -> Schema {
    let urls = generator.subschema_for::<ReturnUrl>();
    json_schema!({
        "oneOf": [
            { "type": "array", "items": urls, "maxItems": Agency::MAX_RETURN_URLS, "uniqueItems": true },
            { "type": "null" },
        ],
    })
}

impl From<Asked> for AgencyChange {
    fn from(Asked { name, color, logo, return_urls, tokens_not_before }: Asked) -> Self {
        Self { name, color, logo, return_urls, tokens_not_before }
    }
}

fn read(body: Value, now: DateTime<Utc>) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let asked = Asked {
        name: fields.optional("name", |value| AgencyName::parse(&text(value)?)),
        color: fields.optional("color", or_null(|text| Ok(text.parse()?))),
        logo: fields.optional("logo", or_null(|text| Ok(LogoFile::parse(text)?))),
        return_urls: return_urls(&mut fields),
        tokens_not_before: fields.optional("tokensNotBefore", |value| match time(value)? {
            // A future time would revoke tokens that are not issued yet, and could not be undone.
            ahead if ahead > now => Err("must not be in the future".into()),
            time => Ok(time),
        }),
    };
    fields.done()?;
    Ok(asked)
}

/// A string, or `null` to remove the stored value.
fn or_null<T>(parse: impl FnOnce(&str) -> Result<T, String>) -> impl FnOnce(Value) -> Result<Option<T>, String> {
    |value| match value {
        Value::Null => Ok(None),
        Value::String(text) => parse(&text).map(Some),
        _ => Err("must be a string or null".into()),
    }
}

fn return_urls(fields: &mut Fields) -> Option<Vec<ReturnUrl>> {
    const MAX: usize = Agency::MAX_RETURN_URLS;
    let texts = fields.optional("returnUrls", |value| match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(texts) if texts.len() <= MAX => Ok(texts),
        _ => Err(format!("must be a list of at most {MAX} URLs, or null")),
    })?;
    let mut urls = Vec::with_capacity(texts.len());
    for (n, url) in texts.into_iter().enumerate() {
        match text(url).and_then(|url| Ok(ReturnUrl::parse(&url)?)) {
            Ok(url) if urls.contains(&url) => fields.fault(&format!("returnUrls[{n}]"), "is named twice"),
            Ok(url) => urls.push(url),
            Err(message) => fields.fault(&format!("returnUrls[{n}]"), message),
        }
    }
    Some(urls)
}
