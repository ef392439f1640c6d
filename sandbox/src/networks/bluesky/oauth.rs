//! How Bluesky's authorization server issues codes and tokens.

use super::{account::access_lifetime, form::is_public, spec::SPEC};
use crate::oauth::{Lifetimes, RefreshLifetime, TokenPolicy};

const DAY: i64 = 24 * 60 * 60;

/// The lifetimes are the longest that the specification allows for refresh tokens.
/// <https://atproto.com/specs/oauth#tokens-and-session-lifetime>
pub(super) static POLICY: TokenPolicy = TokenPolicy {
    spec: &SPEC,
    code_lifetime: 60,
    lifetimes: |grant| Lifetimes {
        access: SPEC.account_by_id(&grant.account).map_or(0, access_lifetime),
        refresh: RefreshLifetime::Seconds(if is_public(&grant.client_id) { DAY } else { 180 * DAY }),
    },
};
