//! Access tokens: the options for a trusted issuer, which a deployment takes from its environment.

use clap::Args;
use shared::{
    net::{HttpClient, Wire},
    tokens::{self, Issuer, Trust},
};

use crate::Sentence;

#[derive(Args)]
#[command(next_help_heading = "OAuth access tokens")]
pub(crate) struct Tokens {
    /// OAuth issuer whose access tokens are accepted beside keys, exactly as in the tokens' iss. An issuer on this machine
    /// may use http. docs/access-tokens.md says what a token must contain.
    #[arg(long, value_name = "URL", requires = "audience")]
    issuer: Option<String>,

    /// The audience that the tokens' aud must contain.
    #[arg(long, value_name = "TEXT", requires = "issuer")]
    audience: Option<String>,

    /// The claim with the agency's id.
    #[arg(long, value_name = "NAME", default_value = Trust::AGENCY_CLAIM)]
    agency_claim: String,

    /// The claim that says test or live.
    #[arg(long, value_name = "NAME", default_value = Trust::MODE_CLAIM)]
    mode_claim: String,

    /// The claim that binds a token to one client, in tokens that have it. [default: none]
    #[arg(long, value_name = "NAME")]
    client_claim: Option<String>,

    /// The tokens' header typ.
    #[arg(long, value_name = "TYPE", default_value = Trust::TOKEN_TYPE)]
    token_type: String,

    /// Accepts the scopes keys.manage and keys.admin in tokens, so that they can manage keys.
    #[arg(long)]
    tokens_manage_keys: bool,
}

impl Tokens {
    pub(crate) fn issuer(&self) -> Result<Option<Issuer>, Sentence> {
        let (Some(issuer), Some(audience)) = (&self.issuer, &self.audience) else { return Ok(None) };
        // Only an issuer on this machine may use plain HTTP and loopback addresses.
        let public = Trust::new(issuer, audience, false);
        let allow_loopback = public.is_err();
        let mut trust = public
            .or_else(|_| Trust::new(issuer, audience, allow_loopback))
            .map_err(|fault| format!("--issuer is not valid: {fault}; or the http URL of one on this machine."))?;
        trust.agency_claim.clone_from(&self.agency_claim);
        trust.mode_claim.clone_from(&self.mode_claim);
        trust.client_claim.clone_from(&self.client_claim);
        trust.token_type.clone_from(&self.token_type);
        trust.may_manage_keys = self.tokens_manage_keys;
        Ok(Some(Issuer::new(trust, HttpClient::new(Wire::new(allow_loopback), tokens::TIMEOUT))))
    }

    /// The environment variables of a deployment with these options. An issuer on this machine is trusted by `local`
    /// only.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        let (Some(issuer), Some(audience)) = (&self.issuer, &self.audience) else { return Vec::new() };
        if Trust::new(issuer, audience, false).is_err() {
            return Vec::new();
        }
        vec![
            ("OAUTH_ISSUER", issuer),
            ("OAUTH_AUDIENCE", audience),
            ("OAUTH_AGENCY_CLAIM", &self.agency_claim),
            ("OAUTH_MODE_CLAIM", &self.mode_claim),
            ("OAUTH_CLIENT_CLAIM", self.client_claim.as_deref().unwrap_or_default()),
            ("OAUTH_TOKEN_TYPE", &self.token_type),
            ("OAUTH_MAY_MANAGE_KEYS", if self.tokens_manage_keys { "true" } else { "false" }),
        ]
    }
}
