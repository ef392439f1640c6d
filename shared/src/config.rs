//! The environment, read once into a typed struct. The only place that asks it.

use std::time::Duration;

use url::Url;

use crate::secret::Secret;

/// What a function is told by its environment. A function reads only what its template entry sets.
#[derive(Clone)]
pub struct Config {
    /// `MAIN_TABLE`
    main_table: Option<String>,
    /// `VAULT_TABLE`
    vault_table: Option<String>,
    /// `LINK_SECRET`: name or ARN of the secret that links, state and PKCE are made from.
    link_secret: Option<String>,
    /// `VAULT_SECRET`: name or ARN of the secret that seals grants.
    vault_secret: Option<String>,
    /// `PLATFORMS_SECRET`: name or ARN of the platforms' credentials.
    platforms_secret: Option<String>,
    /// `QUEUE_URL`
    queue_url: Option<String>,
    /// `PUBLIC_URL`: where customers and agencies reach the API, if not at the gateway's own domain.
    pub public_url: Option<Url>,
    /// `SANDBOX_URL`: the simulated networks' origin; none: test mode has no platforms.
    pub sandbox_url: Option<Url>,
    /// `LEASE_SECONDS`: how long a worker has a post before another may take it.
    pub lease: Duration,
    /// Set by Lambda.
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    /// `AWS_ENDPOINT_URL`: another endpoint for every service, as the SDKs read it.
    pub endpoint: Option<String>,
}

/// How long a worker has a post, if nothing else is configured.
pub const LEASE: Duration = Duration::from_secs(60);

/// The environment lacks something or has it wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the environment variable {0} is not set; template.yaml sets it for every function that needs it")]
    Missing(&'static str),
    #[error("the environment variable {0} is not valid: {1}")]
    Invalid(&'static str, &'static str),
}

impl Config {
    /// # Errors
    /// A variable that Lambda always sets is missing, or one is not valid.
    pub fn from_env() -> Result<Self, Error> {
        let url = |name| match var(name).map(|text| text.parse()) {
            None => Ok(None),
            Some(Ok(url)) => Ok(Some(url)),
            Some(Err(_)) => Err(Error::Invalid(name, "it must be a URL")),
        };
        let lease = match var("LEASE_SECONDS").map(|text| text.parse::<u64>()) {
            None => LEASE,
            Some(Ok(seconds)) if seconds > 0 => Duration::from_secs(seconds),
            Some(_) => return Err(Error::Invalid("LEASE_SECONDS", "it must be a whole number above 0")),
        };
        Ok(Self {
            main_table: var("MAIN_TABLE"),
            vault_table: var("VAULT_TABLE"),
            link_secret: var("LINK_SECRET"),
            vault_secret: var("VAULT_SECRET"),
            platforms_secret: var("PLATFORMS_SECRET"),
            queue_url: var("QUEUE_URL"),
            public_url: url("PUBLIC_URL")?,
            sandbox_url: url("SANDBOX_URL")?,
            lease,
            region: need(var("AWS_REGION"), "AWS_REGION")?,
            access_key_id: need(var("AWS_ACCESS_KEY_ID"), "AWS_ACCESS_KEY_ID")?,
            secret_access_key: Secret::new(need(var("AWS_SECRET_ACCESS_KEY"), "AWS_SECRET_ACCESS_KEY")?),
            session_token: var("AWS_SESSION_TOKEN").map(Secret::new),
            endpoint: var("AWS_ENDPOINT_URL"),
        })
    }

    /// # Errors
    /// It is not set.
    pub fn main_table(&self) -> Result<String, Error> {
        need(self.main_table.clone(), "MAIN_TABLE")
    }

    /// # Errors
    /// It is not set.
    pub fn vault_table(&self) -> Result<String, Error> {
        need(self.vault_table.clone(), "VAULT_TABLE")
    }

    /// # Errors
    /// It is not set.
    pub fn link_secret(&self) -> Result<String, Error> {
        need(self.link_secret.clone(), "LINK_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn vault_secret(&self) -> Result<String, Error> {
        need(self.vault_secret.clone(), "VAULT_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn platforms_secret(&self) -> Result<String, Error> {
        need(self.platforms_secret.clone(), "PLATFORMS_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn queue_url(&self) -> Result<String, Error> {
        need(self.queue_url.clone(), "QUEUE_URL")
    }
}

fn need(value: Option<String>, name: &'static str) -> Result<String, Error> {
    value.ok_or(Error::Missing(name))
}

/// An empty variable counts as none: CloudFormation cannot leave one out.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
