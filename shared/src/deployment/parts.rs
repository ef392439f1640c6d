//! The parts that functions are made of, from AWS or in one process. [`deps!`](crate::deps) takes the ones that a function names.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use url::Url;

use super::{Deployment, Error};
use crate::{
    clock::Clock,
    config,
    net::HttpClient,
    oauth,
    queue::Queue,
    secrets::{ClientKeys, LinkKeys},
    site::{App, Sites},
    store::{Gate, Store, Vault},
};

/// Where a function's parts come from. Every part is asked for in the same way, since some need a secret.
pub enum Parts {
    /// A Lambda function: from its environment, and a secret only where it is asked for.
    Deployed(Box<Deployment>),
    /// `local` and the tests: already made.
    Process(Box<Process>),
}

/// What the functions of one process share: `local`, or a test.
#[derive(Clone)]
pub struct Process {
    pub dynamodb: Client,
    pub gate: Gate,
    pub store: Store,
    pub vault: Vault,
    pub link_keys: LinkKeys,
    pub client_keys: ClientKeys,
    /// With our app at the sandbox.
    pub sites: Sites,
    pub http: HttpClient,
    pub queue: Queue,
    pub clock: Clock,
    pub public_url: Url,
    /// How long a worker's claim lasts.
    pub lease: Duration,
    pub sandbox_table: String,
}

impl From<Process> for Parts {
    fn from(parts: Process) -> Self {
        Self::Process(Box::new(parts))
    }
}

/// One method for each part: `deployed` is an expression of the deployment, `here` one of the process.
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $part:ty = |$deployed:ident| $aws:expr, |$own:ident| $here:expr;)*) => {
        impl Parts {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// The environment or a secret lacks what the part needs, or has it wrong.
                pub async fn $name(&self) -> Result<$part, Error> {
                    match self {
                        Self::Deployed($deployed) => $aws,
                        Self::Process($own) => Ok($here),
                    }
                }
            )*
        }
    };
}

parts! {
    /// Admits callers.
    gate: Gate = |aws| aws.gate(), |own| own.gate.clone();
    store: Store = |aws| aws.store(), |own| own.store.clone();
    vault: Vault = |aws| aws.vault().await, |own| own.vault.clone();
    link_keys: LinkKeys = |aws| aws.link_keys().await, |own| own.link_keys.clone();
    client_keys: ClientKeys = |aws| aws.client_keys().await, |own| own.client_keys.clone();
    /// The platforms, for a function that calls them.
    sites: Sites = |aws| aws.sites().await, |own| own.sites.clone();
    /// The platforms, for a function that only says which there are: without our keys.
    offered: Sites = |aws| aws.offered().await, |own| own.sites.clone();
    /// Calls to the platforms.
    http: HttpClient = |aws| Ok(aws.http()), |own| own.http.clone();
    /// How long the calls to platforms of one request may take.
    patience: Duration = |_aws| Ok(oauth::PATIENCE), |_own| oauth::PATIENCE;
    queue: Queue = |aws| aws.queue(), |own| own.queue.clone();
    clock: Clock = |aws| Ok(aws.clock.clone()), |own| own.clock.clone();
    /// The configured address of the API; without one, each request says it.
    public_url: Option<Url> = |aws| Ok(aws.config.public_url.clone()), |own| Some(own.public_url.clone());
    /// How long a worker's claim lasts.
    lease: Duration = |aws| Ok(aws.config.lease), |own| own.lease;
    /// The function's name in Lambda.
    function_name: String = |aws| Ok(aws.config.function_name()?), |_own| "local".into();
    /// The sandbox's tables are on it.
    dynamodb: Client = |aws| Ok(aws.dynamodb()), |own| own.dynamodb.clone();
    sandbox_table: String = |aws| Ok(aws.config.sandbox_table()?), |own| own.sandbox_table.clone();
    /// Our app at the sandbox.
    sandbox_app: App = |aws| aws.sandbox_app().await,
        |own| own.sites.sandbox_app.clone().ok_or(config::Error::Missing("SANDBOX_SECRET"))?;
    /// The address of the API, for a function that is not behind it.
    api_url: Url = |aws| Ok(aws.config.public_url()?), |own| own.public_url.clone();
}

impl Parts {
    /// A Lambda function's.
    ///
    /// # Errors
    /// The environment lacks something or has it wrong.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::Deployed(Box::new(Deployment::from_env()?)))
    }
}

/// Declares what a function may touch, and how it is made: each field is the part of its name.
///
/// ```text
/// deps! {
///     pub struct Deps {
///         pub gate: Gate,
///         pub clock: Clock,
///     }
/// }
/// ```
#[macro_export]
macro_rules! deps {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $(#[$meta])*
        $vis struct $name;

        impl $name {
            /// Takes nothing.
            ///
            /// # Errors
            /// Never.
            pub async fn of(_: &$crate::deployment::Parts) -> Result<Self, $crate::deployment::Error> {
                Ok(Self)
            }
        }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $part:ty,)+ }) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $part,)+
        }

        impl $name {
            /// Takes the parts, all at once: secrets are fetched side by side.
            ///
            /// # Errors
            /// A part cannot be made.
            pub async fn of(parts: &$crate::deployment::Parts) -> Result<Self, $crate::deployment::Error> {
                let ($($field,)+) = $crate::deployment::try_join!($(parts.$field()),+)?;
                Ok(Self { $($field),+ })
            }
        }
    };
}
