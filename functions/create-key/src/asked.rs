//! Parses the body and checks it against the requesting credential.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde_json::Value;
use shared::{
    api::{
        Error, FieldError, Fields,
        fields::{one_of, text, time, whole},
    },
    id::ClientId,
    key::Label,
    scope::Scope,
    store::Minter,
};

/// The maximum and default lifetime of a key.
const MAX_DAYS: u64 = 365;
const EXPIRES_AT: &str = "expiresAt";
const EXPIRES_IN_DAYS: &str = "expiresInDays";
pub(super) const CLIENT_ID: &str = "clientId";
/// The client's name in a 404.
pub(super) const CLIENT: &str = "client";

#[derive(JsonSchema)]
#[schemars(
    rename = "AskedApiKey",
    rename_all = "camelCase",
    description = "A key as it is asked for, within the scopes, the expiry and the client of the key that asks. Without an expiry \
                   it lasts a year, or as long as the key that asks.",
    extend("not" = { "required": [EXPIRES_IN_DAYS, EXPIRES_AT] })
)]
pub(super) struct Asked {
    /// The agency's name for the key.
    pub(super) label: Label,
    /// What the key may do.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub(super) scopes: Vec<Scope>,
    /// The client to bind the key to.
    #[schemars(rename = "clientId")]
    pub(super) client: Option<ClientId>,
    #[schemars(range(min = 1, max = MAX_DAYS))]
    expires_in_days: Option<u64>,
    /// At most a year ahead.
    expires_at: Option<DateTime<Utc>>,
}

/// Checks that depend on neither the credential nor the time.
pub(super) fn read(body: Value) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let label = fields.required("label", |value| Label::parse(&text(value)?));
    let scopes = scopes(&mut fields);
    let days = fields.optional(EXPIRES_IN_DAYS, whole(1..=MAX_DAYS));
    let at = fields.optional(EXPIRES_AT, time);
    if days.is_some() && at.is_some() {
        fields.fault(EXPIRES_AT, "must not be given together with expiresInDays");
    }
    let client = fields.optional(CLIENT_ID, |value| text(value)?.parse().map_err(|_| "must be a client's id".into()));
    fields.done()?;
    Ok(Asked {
        label: label.ok_or_else(|| Error::internal("done() let a missing label pass"))?,
        scopes,
        client,
        expires_in_days: days,
        expires_at: at,
    })
}

fn scopes(fields: &mut Fields) -> Vec<Scope> {
    let names = fields.required("scopes", |value| match value {
        Value::Array(names) if !names.is_empty() => Ok(names),
        _ => Err("must be a list of at least one scope".into()),
    });
    let mut scopes = Vec::new();
    for (n, name) in names.into_iter().flatten().enumerate() {
        match one_of::<Scope>(name) {
            Err(message) => fields.fault(&format!("scopes[{n}]"), message),
            Ok(scope) if scopes.contains(&scope) => fields.fault(&format!("scopes[{n}]"), "is named twice"),
            Ok(scope) => scopes.push(scope),
        }
    }
    scopes
}

impl Asked {
    /// When the key expires, in epoch seconds. Its scopes and its expiry must be within those of the minting credential.
    pub(super) fn within(&self, minter: &Minter, now: DateTime<Utc>) -> Result<i64, Error> {
        let lacking = self.scopes.iter().enumerate().filter(|(_, scope)| !minter.scopes.contains(scope));
        let mut faults: Vec<FieldError> = lacking
            .map(|(n, scope)| FieldError {
                path: format!("scopes[{n}]"),
                message: format!("{} is not a scope of the requesting credential", scope.as_str()),
            })
            .collect();
        let expires_at = self.expires_at(minter, now).unwrap_or_else(|fault| {
            faults.push(fault);
            0
        });
        if faults.is_empty() { Ok(expires_at) } else { Err(Error::invalid(faults)) }
    }

    fn expires_at(&self, minter: &Minter, now: DateTime<Utc>) -> Result<i64, FieldError> {
        let fault = |path: &str, message: String| Err(FieldError { path: path.into(), message });
        let last = (now + days(MAX_DAYS)).timestamp();
        let (path, at) = match (self.expires_in_days, self.expires_at) {
            (None, None) => return Ok(last.min(minter.expires_at)),
            (Some(number), _) => (EXPIRES_IN_DAYS, (now + days(number)).timestamp()),
            (None, Some(at)) => (EXPIRES_AT, at.timestamp()),
        };
        if at <= now.timestamp() {
            fault(path, "must not be past".into())
        } else if at > last {
            fault(path, "must be within a year".into())
        } else if at > minter.expires_at {
            let own = DateTime::from_timestamp(minter.expires_at, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
            let own = own.to_rfc3339_opts(SecondsFormat::Secs, true);
            fault(path, format!("must not be after {own}, when the requesting credential expires"))
        } else {
            Ok(at)
        }
    }
}

#[expect(clippy::expect_used, reason = "at most a year, as was checked")]
fn days(number: u64) -> Duration {
    Duration::days(i64::try_from(number).expect("a year has few days"))
}
