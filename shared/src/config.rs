//! The environment, read once into a typed struct. The only place that asks it.

mod oauth;

use std::time::Duration;

use url::Url;

use crate::{secret::Secret, tokens::Trust};

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
    /// `CLIENT_KEYS_SECRET`: name or ARN of the secret that our keys as a client of the AT Protocol are derived from.
    client_keys_secret: Option<String>,
    /// `PLATFORMS_SECRET`: name or ARN of the platforms' credentials.
    platforms_secret: Option<String>,
    /// `SANDBOX_SECRET`: name or ARN of our app at the sandbox; none: it is among the platforms' credentials, if anywhere.
    pub sandbox_secret: Option<String>,
    /// `SANDBOX_TABLE`
    sandbox_table: Option<String>,
    /// `QUEUE_URL`
    queue_url: Option<String>,
    /// `PUBLIC_URL`: where customers and agencies reach the API, if not at the gateway's own domain.
    pub public_url: Option<Url>,
    /// `SANDBOX_URL`: the simulated networks' origin; none: test mode has no platforms.
    pub sandbox_url: Option<Url>,
    /// `LEASE_SECONDS`: how long a worker has a post before another may take it.
    pub lease: Duration,
    /// `AWS_LAMBDA_FUNCTION_NAME`, set by Lambda.
    function_name: Option<String>,
    /// `OAUTH_ISSUER`, `OAUTH_AUDIENCE`, and what is optional beside them; none: access tokens are refused. What is wrong with
    /// them ends only a function that takes tokens: posts go out all the same.
    trust: Result<Option<Trust>, Error>,
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
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("the environment variable {0} is not set; template.yaml sets it for every function that needs it")]
    Missing(&'static str),
    #[error("the environment variable {0} is not valid: {1}")]
    Invalid(&'static str, &'static str),
}

impl Config {
    /// # Errors
    /// A variable that Lambda always sets is missing, or one is not valid.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, Error> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// From whatever knows the variables' values. An empty one counts as none: CloudFormation cannot leave one out.
    ///
    /// # Errors
    /// As [`Self::from_env`].
    pub fn of(value: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let var = |name: &str| value(name).filter(|value| !value.is_empty());
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
            client_keys_secret: var("CLIENT_KEYS_SECRET"),
            platforms_secret: var("PLATFORMS_SECRET"),
            sandbox_secret: var("SANDBOX_SECRET"),
            sandbox_table: var("SANDBOX_TABLE"),
            queue_url: var("QUEUE_URL"),
            public_url: url("PUBLIC_URL")?,
            sandbox_url: url("SANDBOX_URL")?,
            lease,
            function_name: var("AWS_LAMBDA_FUNCTION_NAME"),
            trust: oauth::trust(var),
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
    pub fn client_keys_secret(&self) -> Result<String, Error> {
        need(self.client_keys_secret.clone(), "CLIENT_KEYS_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn platforms_secret(&self) -> Result<String, Error> {
        need(self.platforms_secret.clone(), "PLATFORMS_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn sandbox_secret(&self) -> Result<String, Error> {
        need(self.sandbox_secret.clone(), "SANDBOX_SECRET")
    }

    /// # Errors
    /// It is not set.
    pub fn sandbox_table(&self) -> Result<String, Error> {
        need(self.sandbox_table.clone(), "SANDBOX_TABLE")
    }

    /// For a function that the gateway does not call, and which so cannot learn it from a request.
    ///
    /// # Errors
    /// It is not set.
    pub fn public_url(&self) -> Result<Url, Error> {
        self.public_url.clone().ok_or(Error::Missing("PUBLIC_URL"))
    }

    /// # Errors
    /// It is not set.
    pub fn function_name(&self) -> Result<String, Error> {
        need(self.function_name.clone(), "AWS_LAMBDA_FUNCTION_NAME")
    }

    /// Whom to believe access tokens; none: nobody.
    ///
    /// # Errors
    /// What is set makes no issuer.
    pub fn trust(&self) -> Result<Option<Trust>, Error> {
        self.trust.clone()
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALWAYS: [&str; 3] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

    /// The sentence about a variable that is not set.
    fn sentence(name: &str) -> String {
        format!("the environment variable {name} is not set; template.yaml sets it for every function that needs it")
    }

    #[test]
    fn a_missing_variable_is_named() {
        /// It takes no address.
        const PARSED: &str = "LEASE_SECONDS";
        type Part = fn(&Config) -> Result<String, Error>;
        let parts: [(&str, Part); 9] = [
            ("MAIN_TABLE", Config::main_table),
            ("VAULT_TABLE", Config::vault_table),
            ("LINK_SECRET", Config::link_secret),
            ("VAULT_SECRET", Config::vault_secret),
            ("PLATFORMS_SECRET", Config::platforms_secret),
            ("SANDBOX_SECRET", Config::sandbox_secret),
            ("SANDBOX_TABLE", Config::sandbox_table),
            ("QUEUE_URL", Config::queue_url),
            ("AWS_LAMBDA_FUNCTION_NAME", Config::function_name),
        ];
        for (missing, part) in parts {
            for value in [None, Some(String::new())] {
                let given = |name: &str| if name == missing { value.clone() } else { Some("https://a.example".into()) };
                let config = Config::of(|name| given(name).filter(|_| name != PARSED)).unwrap();
                assert_eq!(part(&config).unwrap_err().to_string(), sentence(missing));
                assert!(parts.iter().all(|(name, part)| *name == missing || part(&config).is_ok()), "{missing}");
            }
        }
        let nothing = Config::of(|name| ALWAYS.contains(&name).then(|| "x".into())).unwrap();
        assert_eq!(nothing.public_url().unwrap_err().to_string(), sentence("PUBLIC_URL"));
        for missing in ALWAYS {
            let config = Config::of(|name| (name != missing && ALWAYS.contains(&name)).then(|| "x".into()));
            assert_eq!(config.err().unwrap().to_string(), sentence(missing));
        }
    }

    #[test]
    fn a_wrong_issuer_is_told_to_those_alone_who_ask_whom_to_trust() {
        for (name, value) in [("OAUTH_ISSUER", "https://issuer.example.com"), ("OAUTH_ISSUER", "nonsense")] {
            let config = Config::of(|it| match it {
                it if it == name => Some(value.into()),
                it => ALWAYS.contains(&it).then(|| "x".into()),
            });
            assert!(config.unwrap().trust().is_err(), "{value}");
        }
    }

    #[test]
    fn a_wrong_variable_is_named_with_what_it_must_be() {
        for (wrong, value, must) in [
            ("PUBLIC_URL", "api.example.com", "it must be a URL"),
            ("SANDBOX_URL", "nonsense", "it must be a URL"),
            ("LEASE_SECONDS", "0", "it must be a whole number above 0"),
            ("LEASE_SECONDS", "soon", "it must be a whole number above 0"),
        ] {
            let config = Config::of(|name| match name {
                name if name == wrong => Some(value.into()),
                name => ALWAYS.contains(&name).then(|| "x".into()),
            });
            let expected = format!("the environment variable {wrong} is not valid: {must}");
            assert_eq!(config.err().unwrap().to_string(), expected);
        }
    }
}
