//! The environment, read once into a typed struct. Nothing else reads it.

mod oauth;

use std::{collections::BTreeMap, time::Duration};

use platforms::PlatformId;
use url::Url;

use crate::{event, queue::Urls, secret::Secret, tokens::Trust};

/// A function's environment. A function only needs the variables that its template entry sets.
#[derive(Clone)]
pub struct Config {
    /// `MAIN_TABLE`
    main_table: Option<String>,
    /// `VAULT_TABLE`
    vault_table: Option<String>,
    /// `LINK_SECRET`: name or ARN of the secret from which link tokens, state and PKCE verifiers are derived.
    link_secret: Option<String>,
    /// `VAULT_SECRET`: name or ARN of the secret that encrypts grants.
    vault_secret: Option<String>,
    /// `CLIENT_KEYS_SECRET`: name or ARN of the secret from which our keys as a client of the AT Protocol are derived.
    client_keys_secret: Option<String>,
    /// `PLATFORMS_SECRET`: name or ARN of the platforms' credentials.
    platforms_secret: Option<String>,
    /// `SANDBOX_SECRET`: name or ARN of our app's credentials at the sandbox. `None`: they are looked up in the
    /// platforms' credentials.
    pub sandbox_secret: Option<String>,
    /// `SANDBOX_TABLE`
    sandbox_table: Option<String>,
    /// `QUEUE_URL`: of posts to open.
    queue_url: Option<String>,
    /// `TARGET_QUEUE_URLS`: `x:https://…,bluesky:https://…`, one for each platform.
    target_queue_urls: Option<String>,
    /// `PUBLIC_URL`: the API's public origin, if it is not the gateway's domain.
    pub public_url: Option<Url>,
    /// `SANDBOX_URL`: the simulated networks' origin. `None`: test mode has no platforms.
    pub sandbox_url: Option<Url>,
    /// `LEASE_SECONDS`: how long a worker's lease on a post lasts.
    pub lease: Duration,
    /// `EVENT_RETENTION_DAYS`: how long events stay in the log.
    pub events_kept: chrono::Duration,
    /// `AWS_LAMBDA_FUNCTION_NAME`, set by Lambda.
    function_name: Option<String>,
    /// `OAUTH_ISSUER`, `OAUTH_AUDIENCE` and the optional `OAUTH_…` variables. `None`: access tokens are refused. An
    /// error is reported only to functions that accept tokens, so that publishing continues.
    trust: Result<Option<Trust>, Error>,
    /// Set by Lambda.
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    /// `AWS_ENDPOINT_URL`: replaces the endpoint of every AWS service, as the SDKs define it.
    pub endpoint: Option<String>,
}

/// The default lease of a worker on a target, as in the template.
pub const LEASE: Duration = Duration::from_secs(90);

/// A variable is missing or invalid.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("the environment variable {0} is not set; template.yaml sets it for every function that needs it")]
    Missing(&'static str),
    #[error("the environment variable {0} is not valid: {1}")]
    Invalid(&'static str, &'static str),
}

impl Config {
    /// # Errors
    /// If a variable that Lambda always sets is missing, or one is invalid.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
    pub fn from_env() -> Result<Self, Error> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Reads the variables through `value`. An empty value counts as absent, because CloudFormation cannot leave a
    /// variable out.
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
        let events_kept = match var("EVENT_RETENTION_DAYS").map(|text| text.parse()) {
            None => event::KEPT,
            Some(Ok(days @ 1..=400)) => chrono::Duration::days(days),
            Some(_) => return Err(Error::Invalid("EVENT_RETENTION_DAYS", "it must be a whole number from 1 to 400")),
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
            target_queue_urls: var("TARGET_QUEUE_URLS"),
            public_url: url("PUBLIC_URL")?,
            sandbox_url: url("SANDBOX_URL")?,
            lease,
            events_kept,
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
    /// If it is not set.
    pub fn main_table(&self) -> Result<String, Error> {
        need(self.main_table.clone(), "MAIN_TABLE")
    }

    /// # Errors
    /// If it is not set.
    pub fn vault_table(&self) -> Result<String, Error> {
        need(self.vault_table.clone(), "VAULT_TABLE")
    }

    /// # Errors
    /// If it is not set.
    pub fn link_secret(&self) -> Result<String, Error> {
        need(self.link_secret.clone(), "LINK_SECRET")
    }

    /// # Errors
    /// If it is not set.
    pub fn vault_secret(&self) -> Result<String, Error> {
        need(self.vault_secret.clone(), "VAULT_SECRET")
    }

    /// # Errors
    /// If it is not set.
    pub fn client_keys_secret(&self) -> Result<String, Error> {
        need(self.client_keys_secret.clone(), "CLIENT_KEYS_SECRET")
    }

    /// # Errors
    /// If it is not set.
    pub fn platforms_secret(&self) -> Result<String, Error> {
        need(self.platforms_secret.clone(), "PLATFORMS_SECRET")
    }

    /// # Errors
    /// If it is not set.
    pub fn sandbox_secret(&self) -> Result<String, Error> {
        need(self.sandbox_secret.clone(), "SANDBOX_SECRET")
    }

    /// # Errors
    /// If it is not set.
    pub fn sandbox_table(&self) -> Result<String, Error> {
        need(self.sandbox_table.clone(), "SANDBOX_TABLE")
    }

    /// For functions that the gateway does not call: they cannot learn the URL from a request.
    ///
    /// # Errors
    /// If it is not set.
    pub fn public_url(&self) -> Result<Url, Error> {
        self.public_url.clone().ok_or(Error::Missing("PUBLIC_URL"))
    }

    /// # Errors
    /// If it is not set.
    pub fn function_name(&self) -> Result<String, Error> {
        need(self.function_name.clone(), "AWS_LAMBDA_FUNCTION_NAME")
    }

    /// The trusted issuer of access tokens; `None` if no tokens are accepted.
    ///
    /// # Errors
    /// If the variables are incomplete or invalid.
    pub fn trust(&self) -> Result<Option<Trust>, Error> {
        self.trust.clone()
    }

    /// # Errors
    /// If one is not set, or a platform has no queue.
    pub fn queue_urls(&self) -> Result<Urls, Error> {
        let targets = need(self.target_queue_urls.clone(), "TARGET_QUEUE_URLS")?;
        let targets: BTreeMap<PlatformId, String> = targets
            .split(',')
            .filter_map(|part| part.split_once(':'))
            .filter_map(|(platform, url)| Some((platform.parse().ok()?, url.to_owned())))
            .collect();
        if !PlatformId::ALL.iter().all(|platform| targets.contains_key(platform)) {
            return Err(Error::Invalid("TARGET_QUEUE_URLS", "platform:url for each platform, separated by commas"));
        }
        Ok(Urls { posts: need(self.queue_url.clone(), "QUEUE_URL")?, targets })
    }
}

fn need(value: Option<String>, name: &'static str) -> Result<String, Error> {
    value.ok_or(Error::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALWAYS: [&str; 3] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

    /// The message for a variable that is not set.
    fn message(name: &str) -> String {
        format!("the environment variable {name} is not set; template.yaml sets it for every function that needs it")
    }

    #[test]
    fn the_error_names_the_missing_variable() {
        /// Parsed as a number, so the URL used for all others would be invalid.
        const PARSED: [&str; 2] = ["LEASE_SECONDS", "EVENT_RETENTION_DAYS"];
        type Part = fn(&Config) -> Result<String, Error>;
        let parts: [(&str, Part); 8] = [
            ("MAIN_TABLE", Config::main_table),
            ("VAULT_TABLE", Config::vault_table),
            ("LINK_SECRET", Config::link_secret),
            ("VAULT_SECRET", Config::vault_secret),
            ("PLATFORMS_SECRET", Config::platforms_secret),
            ("SANDBOX_SECRET", Config::sandbox_secret),
            ("SANDBOX_TABLE", Config::sandbox_table),
            ("AWS_LAMBDA_FUNCTION_NAME", Config::function_name),
        ];
        for (missing, part) in parts {
            for value in [None, Some(String::new())] {
                let given = |name: &str| if name == missing { value.clone() } else { Some("https://a.example".into()) };
                let config = Config::of(|name| given(name).filter(|_| !PARSED.contains(&name))).unwrap();
                assert_eq!(part(&config).unwrap_err().to_string(), message(missing));
                assert!(parts.iter().all(|(name, part)| *name == missing || part(&config).is_ok()), "{missing}");
            }
        }
        let queues = |missing: &'static str| {
            let targets = PlatformId::ALL.map(|platform| format!("{platform}:https://sqs/{platform}")).join(",");
            Config::of(move |name| match name {
                _ if name == missing || PARSED.contains(&name) => None,
                "TARGET_QUEUE_URLS" => Some(targets.clone()),
                _ => Some("https://a.example".into()),
            })
        };
        assert_eq!(queues("").unwrap().queue_urls().unwrap().targets[&PlatformId::X], "https://sqs/x");
        for missing in ["QUEUE_URL", "TARGET_QUEUE_URLS"] {
            assert_eq!(queues(missing).unwrap().queue_urls().unwrap_err().to_string(), message(missing));
        }
        let nothing = Config::of(|name| ALWAYS.contains(&name).then(|| "x".into())).unwrap();
        assert_eq!(nothing.public_url().unwrap_err().to_string(), message("PUBLIC_URL"));
        for missing in ALWAYS {
            let config = Config::of(|name| (name != missing && ALWAYS.contains(&name)).then(|| "x".into()));
            assert_eq!(config.err().unwrap().to_string(), message(missing));
        }
    }

    #[test]
    fn every_platform_has_to_have_a_queue() {
        let config = Config::of(|name| match name {
            "TARGET_QUEUE_URLS" => Some("x:https://sqs/x".into()),
            "QUEUE_URL" => Some("https://sqs/posts".into()),
            _ => ALWAYS.contains(&name).then(|| "x".into()),
        });
        let error = config.unwrap().queue_urls().unwrap_err().to_string();
        assert!(error.contains("TARGET_QUEUE_URLS is not valid"), "{error}");
    }

    #[test]
    fn an_invalid_issuer_is_reported_only_when_the_trust_is_read() {
        for (name, value) in [("OAUTH_ISSUER", "https://issuer.example.com"), ("OAUTH_ISSUER", "nonsense")] {
            let config = Config::of(|it| match it {
                it if it == name => Some(value.into()),
                it => ALWAYS.contains(&it).then(|| "x".into()),
            });
            assert!(config.unwrap().trust().is_err(), "{value}");
        }
    }

    #[test]
    fn the_error_names_the_invalid_variable_and_the_rule() {
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
