//! The parts of functions, made from AWS or shared in one process. [`deps!`](crate::deps) takes those that a function
//! declares.

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

/// The source of a function's parts. Every part is requested asynchronously, because some need a secret.
pub enum Parts {
    /// A Lambda function's environment. A secret is read only when a part needs it.
    Deployed(Box<Deployment>),
    /// Parts that already exist, for `local` and the tests.
    Process(Box<Process>),
}

/// The parts that the functions of one process share, in `local` or a test.
#[derive(Clone)]
pub struct Process {
    pub dynamodb: Client,
    pub gate: Gate,
    pub store: Store,
    pub vault: Vault,
    pub link_keys: LinkKeys,
    pub client_keys: ClientKeys,
    /// Includes our app at the sandbox.
    pub sites: Sites,
    pub http: HttpClient,
    pub queue: Queue,
    pub clock: Clock,
    pub public_url: Url,
    /// The duration of a worker's claim.
    pub lease: Duration,
    pub sandbox_table: String,
}

impl From<Process> for Parts {
    fn from(parts: Process) -> Self {
        Self::Process(Box::new(parts))
    }
}

/// Defines a method for each part: `deployed` is evaluated on the deployment, `here` on the process.
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $part:ty = |$deployed:ident| $aws:expr, |$own:ident| $here:expr;)*) => {
        impl Parts {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// A setting or secret that the part needs is missing or invalid.
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
    /// The gate, which admits callers.
    gate: Gate = |aws| aws.gate(), |own| own.gate.clone();
    store: Store = |aws| aws.store(), |own| own.store.clone();
    vault: Vault = |aws| aws.vault().await, |own| own.vault.clone();
    link_keys: LinkKeys = |aws| aws.link_keys().await, |own| own.link_keys.clone();
    client_keys: ClientKeys = |aws| aws.client_keys().await, |own| own.client_keys.clone();
    /// The platforms, for a function that calls them.
    sites: Sites = |aws| aws.sites().await, |own| own.sites.clone();
    /// The platforms without our credentials, for a function that only lists them.
    offered: Sites = |aws| aws.offered().await, |own| own.sites.clone();
    /// Calls to the platforms.
    http: HttpClient = |aws| Ok(aws.http()), |own| own.http.clone();
    /// Total time that one request may spend on calls to platforms.
    patience: Duration = |_aws| Ok(oauth::PATIENCE), |_own| oauth::PATIENCE;
    queue: Queue = |aws| aws.queue(), |own| own.queue.clone();
    clock: Clock = |aws| Ok(aws.clock.clone()), |own| own.clock.clone();
    /// The configured URL of the API. Without it, the URL is taken from each request.
    public_url: Option<Url> = |aws| Ok(aws.config.public_url.clone()), |own| Some(own.public_url.clone());
    /// The duration of a worker's claim.
    lease: Duration = |aws| Ok(aws.config.lease), |own| own.lease;
    /// The name of the Lambda function.
    function_name: String = |aws| Ok(aws.config.function_name()?), |_own| "local".into();
    /// The client for the sandbox's table.
    dynamodb: Client = |aws| Ok(aws.dynamodb()), |own| own.dynamodb.clone();
    sandbox_table: String = |aws| Ok(aws.config.sandbox_table()?), |own| own.sandbox_table.clone();
    /// Our app at the sandbox.
    sandbox_app: App = |aws| aws.sandbox_app().await,
        |own| own.sites.sandbox_app.clone().ok_or(config::Error::Missing("SANDBOX_SECRET"))?;
    /// The URL of the API, for a function that is not behind its gateway.
    api_url: Url = |aws| Ok(aws.config.public_url()?), |own| own.public_url.clone();
}

impl Parts {
    /// The parts of a Lambda function.
    ///
    /// # Errors
    /// A setting is missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::Deployed(Box::new(Deployment::from_env()?)))
    }
}

/// Declares a function's `Deps`: each field is the part with the same name.
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
            /// Takes no part.
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
            /// Makes the parts concurrently, so that secrets are fetched in parallel.
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
