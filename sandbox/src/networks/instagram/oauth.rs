//! Instagram's OAuth server: Business Login.

use super::spec::SPEC;
use crate::oauth::{AuthorizationEndpoint, AuthorizationServer, Lifetimes, RefreshLifetime, TokenPolicy};

/// The lifetime of the first access token, in seconds. There are no refresh tokens: see `token`.
pub(super) const SHORT: i64 = 60 * 60;

pub(super) static OAUTH: AuthorizationServer = AuthorizationServer {
    endpoint: ENDPOINT,
    tokens: TokenPolicy {
        spec: &SPEC,
        code_lifetime: 60 * 60,
        lifetimes: |_| Lifetimes { access: SHORT, refresh: RefreshLifetime::NotIssued },
    },
};

/// Required for every other scope.
pub(super) const BASIC: &str = "instagram_business_basic";
pub(super) const PUBLISH: &str = "instagram_business_content_publish";
pub(super) const COMMENT: &str = "instagram_business_manage_comments";

const ENDPOINT: AuthorizationEndpoint = AuthorizationEndpoint {
    path: "/www.instagram.com/oauth/authorize",
    parameters: &["client_id", "redirect_uri", "response_type", "scope", "state"],
    client_parameter: "client_id",
    scopes: &[BASIC, PUBLISH, COMMENT, "instagram_business_manage_insights", "instagram_business_manage_messages"],
    separator: ',',
    // The dialog has a switch for each optional permission.
    may_withhold: true,
    further: |_, request| {
        if !request.scopes.contains(&BASIC) {
            return Err(format!("The parameter scope must include {BASIC}."));
        }
        Ok(())
    },
};
