//! The deployment that the commands work on: a stack in AWS, or the data folder of `local`.

use std::{path::Path, sync::Arc};

use platforms::PlatformId;
use shared::{
    clock::Clock,
    config::Config,
    deployment::Deployment,
    queue::{Queue, Urls},
    secrets::{LinkKeys, VaultKeys},
    site::Sites,
    store::{Gate, Store},
};
use url::Url;

use crate::{
    Sentence,
    arguments::Arguments,
    cloud::{Credentials, Stack},
};

/// An opened deployment.
pub(crate) struct Deployed {
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    /// The names of the main table and of the vault table.
    pub(crate) tables: [String; 2],
    pub(crate) place: Place,
}

pub(crate) enum Place {
    Aws(Box<Aws>),
    /// Holds the folder's lock.
    Folder(Box<local::Data>),
}

/// The parts that only a stack has.
pub(crate) struct Aws {
    pub(crate) deployment: Deployment,
    pub(crate) queue: aws_sdk_sqs::Client,
    pub(crate) queue_urls: Arc<Urls>,
    pub(crate) dead_letters_url: String,
    /// The URL of the API.
    pub(crate) url: String,
}

impl Deployed {
    pub(crate) async fn open(arguments: &Arguments) -> Result<Self, Sentence> {
        match &arguments.local {
            Some(folder) => Self::in_folder(folder).await,
            None => Self::in_aws(arguments).await,
        }
    }

    async fn in_folder(folder: &Path) -> Result<Self, Sentence> {
        if !folder.join(local::Data::FILE).exists() {
            return Err(format!("{} is not a data folder: `cargo run -p local` makes one.", folder.display()));
        }
        let data = local::Data::open(folder)?;
        let dynamodb = local::dynamodb(&data)?;
        let tables = [local::MAIN.to_owned(), local::VAULT.to_owned()];
        shared::store::schema::create(&dynamodb, &tables[0], &tables[1]).await.map_err(crate::store_failed)?;
        let clock = Clock::system();
        let store = Store::new(dynamodb.clone(), tables[0].clone(), clock.clone());
        Ok(Self { gate: Gate::new(store.clone()), store, clock, dynamodb, tables, place: Place::Folder(data.into()) })
    }

    async fn in_aws(arguments: &Arguments) -> Result<Self, Sentence> {
        let stack = Stack::describe(arguments).await?;
        let tables = [stack.output("MainTable")?.to_owned(), stack.output("VaultTable")?.to_owned()];
        let dead_letters_url = stack.output("DeadLettersUrl")?.to_owned();
        let url = stack.output("Url")?.to_owned();
        let credentials = Credentials::export(arguments).await?;
        let output = |name: &str| stack.find(name).map(ToOwned::to_owned);
        let variable = |name: &str| match name {
            "MAIN_TABLE" => output("MainTable"),
            "VAULT_TABLE" => output("VaultTable"),
            "LINK_SECRET" => output("LinkSecret"),
            "VAULT_SECRET" => output("VaultSecret"),
            "CLIENT_KEYS_SECRET" => output("ClientKeysSecret"),
            "PLATFORMS_SECRET" => output("PlatformsSecret"),
            "QUEUE_URL" => output("PostQueueUrl"),
            "TARGET_QUEUE_URLS" => Some(target_queues(output)),
            "SANDBOX_URL" => output("SandboxUrl"),
            "AWS_REGION" => Some(stack.region.clone()),
            "AWS_ACCESS_KEY_ID" => Some(credentials.access_key_id.clone()),
            "AWS_SECRET_ACCESS_KEY" => Some(credentials.secret_access_key.expose().to_owned()),
            "AWS_SESSION_TOKEN" => credentials.session_token.as_ref().map(|token| token.expose().to_owned()),
            "AWS_ENDPOINT_URL" => arguments.endpoint_url.as_ref().map(ToString::to_string),
            _ => None,
        };
        let config = Config::of(variable).map_err(|error| error.to_string())?;
        let deployment = Deployment::new(config);
        let failed = |error: shared::deployment::Error| error.to_string();
        let store = deployment.store().map_err(failed)?;
        let Queue::Sqs { client: queue, urls: queue_urls } = deployment.queue().map_err(failed)? else {
            return Err("The stack's queue is not an SQS queue.".into());
        };
        let aws = Aws { deployment, queue, queue_urls, dead_letters_url, url };
        Ok(Self {
            clock: Clock::system(),
            gate: Gate::new(store.clone()),
            store,
            dynamodb: aws.deployment.dynamodb(),
            tables,
            place: Place::Aws(Box::new(aws)),
        })
    }

    /// Checks the secret that invites' tokens and OAuth states are made from.
    pub(crate) async fn check_link_keys(&self) -> Result<(), Sentence> {
        match &self.place {
            Place::Aws(aws) => aws.deployment.link_keys().await.map(|_| ()).map_err(|error| error.to_string()),
            Place::Folder(data) => {
                LinkKeys::parse(&data.kept.link_secret.to_string()).map(|_| ()).map_err(|_| unreadable())
            }
        }
    }

    /// Checks the secret that grants are encrypted with.
    pub(crate) async fn check_vault_keys(&self) -> Result<(), Sentence> {
        match &self.place {
            Place::Aws(aws) => aws.deployment.vault().await.map(|_| ()).map_err(|error| error.to_string()),
            Place::Folder(data) => {
                VaultKeys::parse(&data.kept.vault_secret.to_string()).map(|_| ()).map_err(|_| unreadable())
            }
        }
    }

    /// Checks the secret of the keys that authenticate a deployment to Bluesky's servers. `local` derives them from the
    /// link secret.
    pub(crate) async fn check_client_keys(&self) -> Result<(), Sentence> {
        match &self.place {
            Place::Aws(aws) => aws.deployment.client_keys().await.map(|_| ()).map_err(|error| error.to_string()),
            Place::Folder(_) => self.check_link_keys().await,
        }
    }

    /// The offered platforms; `None` for a data folder, where `local` chooses them at start.
    pub(crate) async fn sites(&self) -> Result<Option<Sites>, Sentence> {
        match &self.place {
            Place::Aws(aws) => aws.deployment.sites().await.map(Some).map_err(|error| error.to_string()),
            Place::Folder(_) => Ok(None),
        }
    }

    /// The URL of the API; `None` for a data folder, or if the stack's output is not a URL.
    pub(crate) fn api(&self) -> Option<Url> {
        match &self.place {
            Place::Aws(aws) => aws.url.parse().ok(),
            Place::Folder(_) => None,
        }
    }
}

/// `platform:url,…` of the queues that a stack names in its outputs.
fn target_queues(output: impl Fn(&str) -> Option<String>) -> String {
    let queue = |platform: PlatformId| {
        let url = output(&format!("{}QueueUrl", platforms::spec(platform).display_name))?;
        Some(format!("{platform}:{url}"))
    };
    PlatformId::ALL.into_iter().filter_map(queue).collect::<Vec<_>>().join(",")
}

fn unreadable() -> Sentence {
    "is malformed; restore the folder's onbehalf.json".into()
}

#[cfg(test)]
mod tests {
    use shared::routes::TEMPLATE;

    use super::*;

    #[test]
    fn every_platforms_queue_is_an_output_of_the_template() {
        let output =
            |name: &str| TEMPLATE.contains(&format!("\n  {name}:\n    Description:")).then(|| format!("{name}!"));
        let queues = target_queues(output);
        assert_eq!(queues.split(',').count(), PlatformId::ALL.len(), "{queues}");
        assert!(queues.split(',').any(|queue| queue == "tiktok:TikTokQueueUrl!"), "{queues}");
        assert!(output("PostQueueUrl").is_some());
    }
}
