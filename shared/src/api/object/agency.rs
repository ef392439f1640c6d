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
    /// What customers read on the connect page.
    name: &'a str,
    /// Of the connect page's buttons; `null`: ours.
    color: Option<Color>,
    /// `null`: none.
    logo: Option<Logo>,
    /// Connect links may lead back to the origins of these.
    #[schemars(length(max = agency::Agency::MAX_RETURN_URLS))]
    return_urls: &'a [ReturnUrl],
    /// Access tokens that were issued before are refused; `null`: none is.
    tokens_not_before: Option<DateTime<Utc>>,
    limits: Limits,
}

/// What is known of a logo. Customers see it at their link's `/logo`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Logo {
    #[schemars(extend("enum" = Format::ALL.map(Format::content_type)))]
    content_type: &'static str,
    /// Its length.
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
    /// Every other method.
    writes_per_hour: u32,
}

/// Without the logo's bytes: customers see them at their link's `/logo`.
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
