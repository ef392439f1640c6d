//! X's OAuth server: confidential clients with PKCE.

use super::{
    account::access_lifetime,
    scope::{self, covers},
    spec::SPEC,
};
use crate::{
    fields::Fields,
    oauth::{
        AuthorizationEndpoint, AuthorizationRequest, AuthorizationServer, Lifetimes, RefreshLifetime, TokenPolicy,
        required,
    },
};

pub(super) static OAUTH: AuthorizationServer = AuthorizationServer {
    endpoint: ENDPOINT,
    tokens: TokenPolicy {
        spec: &SPEC,
        code_lifetime: 30,
        lifetimes: |grant| Lifetimes {
            access: SPEC.account_by_id(&grant.account).map_or(0, access_lifetime),
            refresh: if covers(&grant.scope, &[scope::OFFLINE]) {
                RefreshLifetime::UntilUsed
            } else {
                RefreshLifetime::NotIssued
            },
        },
    },
};

const ENDPOINT: AuthorizationEndpoint = AuthorizationEndpoint {
    path: "/x.com/i/oauth2/authorize",
    parameters: &[
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ],
    client_parameter: "client_id",
    scopes: scope::ALL,
    separator: ' ',
    may_withhold: false,
    further,
};

/// The length of a SHA-256 in base64url without padding (RFC 7636).
const CHALLENGE_LENGTH: usize = 43;
/// Documented by X.
const STATE_LIMIT: usize = 500;

fn further<'a>(fields: &'a Fields, request: &mut AuthorizationRequest<'a>) -> Result<(), String> {
    if request.state.chars().count() > STATE_LIMIT {
        return Err(format!("The parameter state has more than {STATE_LIMIT} characters."));
    }
    let challenge = required(fields, "code_challenge")?;
    if required(fields, "code_challenge_method")? != "S256" {
        return Err("The parameter code_challenge_method must be S256.".to_owned());
    }
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if challenge.len() != CHALLENGE_LENGTH || !challenge.chars().all(base64url) {
        return Err(format!(
            "The parameter code_challenge is not a SHA-256 in base64url: {CHALLENGE_LENGTH} characters, no padding."
        ));
    }
    request.challenge = Some(challenge);
    Ok(())
}
