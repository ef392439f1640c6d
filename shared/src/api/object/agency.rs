use serde_json::{Value, json};

use super::time;
use crate::{agency::Agency, tenant::Tenant};

/// Without the logo's bytes: customers see them at their link's `/logo`.
#[must_use]
pub fn agency(tenant: Tenant, agency: &Agency) -> Value {
    json!({
        "object": "agency",
        "id": tenant.agency,
        "mode": tenant.mode,
        "name": agency.name,
        "color": agency.color,
        "logo": agency.logo.map(|logo| json!({
            "contentType": logo.format.content_type(),
            "bytes": logo.bytes,
            "width": logo.width,
            "height": logo.height,
        })),
        "returnUrls": agency.return_urls,
        "tokensNotBefore": agency.tokens_not_before.map(time),
        "limits": { "readsPerHour": agency.limits.reads, "writesPerHour": agency.limits.writes },
    })
}
