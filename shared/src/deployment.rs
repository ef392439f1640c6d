//! The one composition root: from the environment, or from what a process has, to the parts that functions are made of. A
//! function's `Deps` takes only the parts it uses, and its role in `template.yaml` allows only those.

mod connections;
mod parts;

use std::sync::OnceLock;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};

use connections::Connections;
pub use parts::{Parts, Process};
/// For [`deps!`](crate::deps).
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

/// One deployment, as one function sees it.
pub struct Deployment {
    pub config: Config,
    pub clock: Clock,
    connections: Connections,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
}

/// A function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Config(#[from] config::Error),
    #[error(transparent)]
    Secrets(#[from] secrets::Error),
}

const CREDENTIALS: &str =
    "a JSON object of platforms that are known, each an object of clientId and clientSecret and nothing else";

/// A client of one AWS service: each SDK crate has builder types of its own.
macro_rules! client {
    ($deployment:expr, $sdk:ident) => {{
        let deployment = $deployment;
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(deployment.connections.client())
            .region(Region::new(deployment.config.region.clone()))
            .credentials_provider(deployment.credentials());
        config.set_endpoint_url(deployment.config.endpoint.clone());
        $sdk::Client::from_conf(config.build())
    }};
}

impl Deployment {
    /// # Errors
    /// The environment's.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::new(Config::from_env()?))
    }

    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, clock: Clock::system(), connections: Connections::new(), dynamodb: OnceLock::new() }
    }

    /// # Errors
    /// The environment's.
    pub fn store(&self) -> Result<Store, Error> {
        Ok(Store::new(self.dynamodb(), self.config.main_table()?, self.clock.clone()))
    }

    /// For a function that admits callers.
    ///
    /// # Errors
    /// The environment's.
    pub fn gate(&self) -> Result<Gate, Error> {
        let issuer =
            self.config.trust()?.map(|trust| Issuer::new(trust, HttpClient::new(Wire::new(false), tokens::TIMEOUT)));
        Ok(Gate::new(self.store()?).trusting(issuer))
    }

    /// # Errors
    /// The environment's and the secret's.
    pub async fn vault(&self) -> Result<Vault, Error> {
        let id = self.config.vault_secret()?;
        let keys = VaultKeys::parse(&self.secret(&id).await?);
        let keys = keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?;
        Ok(Vault::new(self.dynamodb(), self.config.vault_table()?, keys))
    }

    /// # Errors
    /// The environment's and the secret's.
    pub async fn link_keys(&self) -> Result<LinkKeys, Error> {
        let id = self.config.link_secret()?;
        let keys = LinkKeys::parse(&self.secret(&id).await?);
        Ok(keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?)
    }

    /// # Errors
    /// The environment's and the secret's.
    pub async fn client_keys(&self) -> Result<ClientKeys, Error> {
        let id = self.config.client_keys_secret()?;
        let keys = ClientKeys::parse(&self.secret(&id).await?);
        Ok(keys.map_err(|InvalidKeyring| secrets::Error::Malformed(id, KEYRING))?)
    }

    /// The platforms, for a function that calls them.
    ///
    /// # Errors
    /// The environment's and the secrets'.
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
        // A sandbox that is not our own knows us by what is among the credentials.
        sites.sandbox_app = sites.sandbox_app.or(own);
        Ok(sites)
    }

    /// Our app at the sandbox of this deployment.
    ///
    /// # Errors
    /// The environment's and the secret's.
    pub async fn sandbox_app(&self) -> Result<App, Error> {
        let id = self.config.sandbox_secret()?;
        let app = App::parse(&self.secret(&id).await?);
        Ok(app.map_err(|_| secrets::Error::Malformed(id, "a JSON object of clientId and clientSecret"))?)
    }

    /// The platforms, for a function that only says which there are: without our keys.
    ///
    /// # Errors
    /// The environment's and the secret's.
    pub async fn offered(&self) -> Result<Sites, Error> {
        let id = self.config.platforms_secret()?;
        let sites = sites(&self.secret(&id).await?, self.config.sandbox_url.clone());
        let mut sites = sites.map_err(|_| secrets::Error::Malformed(id, CREDENTIALS))?;
        sites.at = AtNetwork::of_deployment(self.config.public_url.as_ref());
        Ok(sites)
    }

    /// # Errors
    /// The environment's.
    pub fn queue(&self) -> Result<Queue, Error> {
        Ok(Queue::Sqs { client: client!(self, aws_sdk_sqs), url: self.config.queue_url()? })
    }

    /// Calls to the platforms. Each has a third of a lease, so that a worker that waits for one can still save what it
    /// learned.
    #[must_use]
    pub fn http(&self) -> HttpClient {
        HttpClient::new(Wire::new(false), self.config.lease / 3)
    }

    /// For what has a table of its own beside the store's. Its first connections are opened beside what is done next.
    ///
    /// # Panics
    /// Outside of a runtime.
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

    /// Who takes no tokens starts all the same: `publish-post/tests/start.rs`.
    #[tokio::test]
    async fn a_gate_knows_whom_it_trusts_or_is_not_made() {
        let given = |name: &str| match name {
            "OAUTH_ISSUER" => Some("https://issuer.example.com".to_owned()),
            _ => name.starts_with("AWS_").then(|| "http://127.0.0.1:1".into()),
        };
        let deployment = Deployment::new(Config::of(given).unwrap());
        let said = deployment.gate().err().unwrap().to_string();
        assert_eq!(said, "the environment variable OAUTH_AUDIENCE is not valid: it must be set where OAUTH_ISSUER is");
    }
}
