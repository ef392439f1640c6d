//! The composition root. It makes the parts of the functions, from the environment or from parts that a process already
//! has. A function's `Deps` takes only the parts it uses, and its role in `template.yaml` allows only those.

mod connections;
mod deadlines;
mod parts;

use std::sync::{Arc, OnceLock};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};

use connections::Connections;
pub use deadlines::{ATTEMPT, OPERATION, deadlines};
pub use parts::{Parts, Process};
/// Re-exported for [`deps!`](crate::deps).
pub use tokio::try_join;

use crate::{
    clock::Clock,
    config::{self, Config},
    net::{HttpClient, Wire},
    queue::Queue,
    secrets::{self, ClientKeys, InvalidKeyring, KEYRING, LinkKeys, VaultKeys},
    site::{App, AtNetwork, Sites, sites},
    store::{Gate, Store, Vault},
    tokens::{self, Issuer},
};

/// The configuration and AWS clients of one function.
pub struct Deployment {
    pub config: Config,
    pub clock: Clock,
    connections: Connections,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
}

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Config(#[from] config::Error),
    #[error(transparent)]
    Secrets(#[from] secrets::Error),
}

const CREDENTIALS: &str =
    "a JSON object of known platforms, each an object of clientId and clientSecret and nothing else";

/// A client of one AWS service. It is a macro because each SDK crate has separate builder types.
macro_rules! client {
    ($deployment:expr, $sdk:ident) => {{
        let deployment = $deployment;
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(deployment.connections.client())
            .timeout_config(deadlines())
            .region(Region::new(deployment.config.region.clone()))
            .credentials_provider(deployment.credentials());
        config.set_endpoint_url(deployment.config.endpoint.clone());
        $sdk::Client::from_conf(config.build())
    }};
}

impl Deployment {
    /// # Errors
    /// The environment is invalid.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::new(Config::from_env()?))
    }

    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, clock: Clock::system(), connections: Connections::new(), dynamodb: OnceLock::new() }
    }

    /// # Errors
    /// The environment is invalid.
    pub fn store(&self) -> Result<Store, Error> {
        let store = Store::new(self.dynamodb(), self.config.main_table()?, self.clock.clone());
        Ok(store.keeping_events(self.config.events_kept))
    }

    /// The gate, for a function that admits callers.
    ///
    /// # Errors
    /// The environment is invalid.
    pub fn gate(&self) -> Result<Gate, Error> {
        let issuer =
            self.config.trust()?.map(|trust| Issuer::new(trust, HttpClient::new(Wire::new(false), tokens::TIMEOUT)));
        Ok(Gate::new(self.store()?).trusting(issuer))
    }

    /// # Errors
    /// The environment or the secret is invalid, or the secret cannot be read.
    pub async fn vault(&self) -> Result<Vault, Error> {
        let id = self.config.vault_secret()?;
        let keys = VaultKeys::parse(&self.secret(&id).await?);
        let keys = keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?;
        Ok(Vault::new(self.dynamodb(), self.config.vault_table()?, keys))
    }

    /// # Errors
    /// The environment or the secret is invalid, or the secret cannot be read.
    pub async fn link_keys(&self) -> Result<LinkKeys, Error> {
        let id = self.config.link_secret()?;
        let keys = LinkKeys::parse(&self.secret(&id).await?);
        Ok(keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?)
    }

    /// # Errors
    /// The environment or the secret is invalid, or the secret cannot be read.
    pub async fn client_keys(&self) -> Result<ClientKeys, Error> {
        let id = self.config.client_keys_secret()?;
        let keys = ClientKeys::parse(&self.secret(&id).await?);
        Ok(keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?)
    }

    /// The platforms, for a function that calls them.
    ///
    /// # Errors
    /// The environment or a secret is invalid, or a secret cannot be read.
    pub async fn sites(&self) -> Result<Sites, Error> {
        let own = async {
            match self.config.sandbox_secret {
                Some(_) => self.sandbox_app().await.map(Some),
                None => Ok(None),
            }
        };
        let (mut sites, keys, own) = tokio::try_join!(self.offered(), self.client_keys(), own)?;
        if let Some(at) = &mut sites.at {
            at.keys = Some(keys);
        }
        // An external sandbox expects the client id and secret from the platform credentials.
        sites.sandbox_app = sites.sandbox_app.or(own);
        Ok(sites)
    }

    /// Our app at this deployment's sandbox.
    ///
    /// # Errors
    /// The environment or the secret is invalid, or the secret cannot be read.
    pub async fn sandbox_app(&self) -> Result<App, Error> {
        let id = self.config.sandbox_secret()?;
        let app = App::parse(&self.secret(&id).await?);
        Ok(app.map_err(|_| secrets::Error::Malformed(id, "a JSON object of clientId and clientSecret"))?)
    }

    /// The platforms without our credentials, for a function that only lists them.
    ///
    /// # Errors
    /// The environment or the secret is invalid, or the secret cannot be read.
    pub async fn offered(&self) -> Result<Sites, Error> {
        let id = self.config.platforms_secret()?;
        let sites = sites(&self.secret(&id).await?, self.config.sandbox_url.clone());
        let mut sites = sites.map_err(|_| secrets::Error::Malformed(id, CREDENTIALS))?;
        sites.at = AtNetwork::of_deployment(self.config.public_url.as_ref());
        Ok(sites)
    }

    /// # Errors
    /// The environment is invalid.
    pub fn queue(&self) -> Result<Queue, Error> {
        Ok(Queue::Sqs { client: client!(self, aws_sdk_sqs), urls: Arc::new(self.config.queue_urls()?) })
    }

    /// Calls to the platforms. The timeout of each is a third of a lease, so that a worker can still save the result after
    /// a slow call.
    #[must_use]
    pub fn http(&self) -> HttpClient {
        HttpClient::new(Wire::new(false), self.config.lease / 3)
    }

    /// A client for tables other than the store's. Its first connections are opened in the background.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let client = self.dynamodb.get_or_init(|| {
            self.connections.open(&self.config.region, self.config.endpoint.as_deref());
            client!(self, aws_sdk_dynamodb)
        });
        client.clone()
    }

    async fn secret(&self, id: &str) -> Result<String, secrets::Error> {
        secrets::fetch(&client!(self, aws_sdk_secretsmanager), id).await
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(
            self.config.access_key_id.clone(),
            self.config.secret_access_key.expose(),
            self.config.session_token.as_ref().map(|token| token.expose().to_owned()),
            None,
            "environment",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function that accepts no tokens starts anyway: `publish-target/tests/start.rs`.
    #[tokio::test]
    async fn a_gate_requires_a_complete_issuer_configuration() {
        let given = |name: &str| match name {
            "OAUTH_ISSUER" => Some("https://issuer.example.com".to_owned()),
            _ => name.starts_with("AWS_").then(|| "http://127.0.0.1:1".into()),
        };
        let deployment = Deployment::new(Config::of(given).unwrap());
        let said = deployment.gate().err().unwrap().to_string();
        assert_eq!(said, "the environment variable OAUTH_AUDIENCE is not valid: it must be set where OAUTH_ISSUER is");
    }
}
