//! Parses the body and checks it against the deployment's platforms and the agency's settings.

use chrono::Duration;
use platforms::PlatformId;
use schemars::JsonSchema;
use serde_json::Value;
use shared::{
    agency::{Agency, ReturnUrl},
    api::{
        Error, FieldError, Fields,
        fields::{text, whole},
    },
    site::Sites,
    tenant::Mode,
};

const DEFAULT_HOURS: u64 = 48;
const MAX_HOURS: u64 = 168;
/// The field that requires reading the agency.
pub(super) const RETURN_URL: &str = "returnUrl";

#[derive(JsonSchema)]
#[schemars(rename = "AskedInvite", rename_all = "camelCase", description = "A connect invite to create.")]
pub(super) struct Asked {
    /// The platforms on which the link can connect one account each.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub(super) platforms: Vec<PlatformId>,
    /// How long the link works; 48 hours by default.
    #[schemars(range(min = 1, max = MAX_HOURS))]
    expires_in_hours: Option<u64>,
    /// Where the customer is sent after connecting all accounts, with `inviteId` and `status=connected` in the query. Its origin
    /// must be one of the agency's return URLs.
    pub(super) return_url: Option<ReturnUrl>,
}

pub(super) fn read(body: Value) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let mut platforms = Vec::new();
    if let Some(names) = fields.required("platforms", list) {
        if names.is_empty() {
            fields.fault("platforms", "must name at least one platform");
        }
        for (n, name) in names.iter().enumerate() {
            match name.as_str().and_then(|name| name.parse::<PlatformId>().ok()) {
                None => fields.fault(&format!("platforms[{n}]"), format!("must be one of {}", known())),
                Some(platform) if platforms.contains(&platform) => {
                    fields.fault(&format!("platforms[{n}]"), "is named twice");
                }
                Some(platform) => platforms.push(platform),
            }
        }
    }
    let expires_in_hours = fields.optional("expiresInHours", whole(1..=MAX_HOURS));
    let return_url = fields.optional(RETURN_URL, |value| Ok(ReturnUrl::parse(&text(value)?)?));
    fields.done()?;
    Ok(Asked { platforms, expires_in_hours, return_url })
}

fn list(value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(list) => Ok(list),
        _ => Err("must be a list of platforms".into()),
    }
}

fn known() -> String {
    PlatformId::ALL.map(PlatformId::as_str).join(", ")
}

impl Asked {
    #[expect(clippy::expect_used, reason = "within the range that was checked")]
    pub(super) fn lifetime(&self) -> Duration {
        let hours = self.expires_in_hours.unwrap_or(DEFAULT_HOURS);
        Duration::hours(i64::try_from(hours).expect("the range is small"))
    }

    /// Checks that depend on settings that can change: the offered platforms and the agency's return URLs.
    pub(super) fn is_allowed(&self, sites: &Sites, mode: Mode, agency: Option<&Agency>) -> Result<(), Error> {
        let not_offered =
            self.platforms.iter().enumerate().filter(|(_, platform)| sites.site(mode, **platform).is_none());
        let mut faults: Vec<FieldError> = not_offered
            .map(|(n, platform)| FieldError {
                path: format!("platforms[{n}]"),
                message: match mode {
                    Mode::Live => format!("{platform} is not offered here: this deployment has no credentials for it"),
                    Mode::Test => {
                        format!("{platform} is not offered in test mode: this deployment has no sandbox for it")
                    }
                },
            })
            .collect();
        if self.return_url.as_ref().is_some_and(|url| !agency.is_some_and(|agency| agency.allows(url))) {
            faults.push(FieldError {
                path: RETURN_URL.into(),
                message: "is not of an origin on the agency's list: add it to returnUrls with PATCH /v1/agency first"
                    .into(),
            });
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }
}
