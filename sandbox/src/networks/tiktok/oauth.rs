//! TikTok's OAuth server: Login Kit for web apps.

use super::{account::access_lifetime, spec::SPEC};
use crate::oauth::{AuthorizationEndpoint, AuthorizationServer, Lifetimes, RefreshLifetime, TokenPolicy};

/// The lifetime of a refresh token: 180 days, in seconds. Every refresh issues a new one.
pub(super) const REFRESH_LIFETIME: i64 = 15_552_000;

/// The end of TikTok's codes. An app that does not decode the query sends a different code.
pub(super) const CODE_SUFFIX: &str = "*2!6170.va";

pub(super) static OAUTH: AuthorizationServer = AuthorizationServer {
    endpoint: ENDPOINT,
    tokens: TokenPolicy {
        spec: &SPEC,
        // TikTok documents only that a code expires soon.
        code_lifetime: 60,
        lifetimes: |grant| Lifetimes {
            access: SPEC.account_by_id(&grant.account).map_or(0, access_lifetime),
            refresh: RefreshLifetime::Seconds(REFRESH_LIFETIME),
        },
    },
};

/// The scope that a person cannot withhold.
pub(super) const BASIC: &str = "user.info.basic";

const ENDPOINT: AuthorizationEndpoint = AuthorizationEndpoint {
    path: "/www.tiktok.com/v2/auth/authorize/",
    // Web apps do not use PKCE.
    parameters: &["client_key", "scope", "response_type", "redirect_uri", "state", "disable_auto_auth"],
    client_parameter: "client_key",
    scopes: &[BASIC, "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish"],
    separator: ',',
    may_withhold: true,
    further: |_, request| {
        if request.redirect_uri.contains(['?', '#']) {
            return Err(
                "The parameter redirect_uri has a query or a fragment. TikTok does not register such URIs.".into()
            );
        }
        Ok(())
    },
};
