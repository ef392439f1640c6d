use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    agency::{self, Color, Format, LogoFile, ReturnUrl},
    id::AgencyId,
    tenant::{Mode, Tenant},
};

/// The caller's own agency, in one mode.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agency<'a> {
    #[schemars(extend("const" = "agency"))]
    object: &'static str,
    id: AgencyId,
    mode: Mode,
    /// The name that customers see on the connect page.
    name: &'a str,
    /// The color of the connect page's buttons; `null` for the default color.
    color: Option<Color>,
    /// `null` without a logo.
    logo: Option<Logo>,
    /// Connect links may return customers to the origins of these URLs.
    #[schemars(length(max = agency::Agency::MAX_RETURN_URLS))]
    return_urls: &'a [ReturnUrl],
    /// Access tokens issued before this time are refused; `null` if no token is refused for its age.
    tokens_not_before: Option<DateTime<Utc>>,
    limits: Limits,
}

/// The properties of a logo. Customers see the logo at their link's `/logo`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Logo {
    #[schemars(extend("enum" = Format::ALL.map(Format::content_type)))]
    content_type: &'static str,
    /// The size of the file, in bytes.
    #[schemars(range(min = 1, max = LogoFile::MAX))]
    bytes: usize,
    /// In pixels.
    #[schemars(range(min = 1, max = LogoFile::MAX_SIDE))]
    width: usize,
    /// In pixels.
    #[schemars(range(min = 1, max = LogoFile::MAX_SIDE))]
    height: usize,
}

/// Requests per clock hour, shared by all credentials of the agency in this mode.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Limits {
    /// `GET`.
    reads_per_hour: u32,
    /// All other methods.
    writes_per_hour: u32,
}

/// Leaves out the logo's bytes, which are served at the connect link's `/logo`.
#[must_use]
pub fn agency(tenant: Tenant, agency: &agency::Agency) -> Agency<'_> {
    Agency {
        object: "agency",
        id: tenant.agency,
        mode: tenant.mode,
        name: &agency.name,
        color: agency.color,
        logo: agency.logo.map(|logo| Logo {
            content_type: logo.format.content_type(),
            bytes: logo.bytes,
            width: logo.width,
            height: logo.height,
        }),
        return_urls: &agency.return_urls,
        tokens_not_before: agency.tokens_not_before,
        limits: Limits { reads_per_hour: agency.limits.reads, writes_per_hour: agency.limits.writes },
    }
}
