//! The tables as `template.yaml` defines them (a test compares both), for databases that start empty.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Builder, Region, StalledStreamProtectionConfig},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType, TimeToLiveSpecification,
    },
};
use aws_smithy_runtime_api::client::http::HttpClient;

use super::Error;

/// A global secondary index: name, partition key and sort key. All project keys only.
pub type Index = (&'static str, &'static str, &'static str);

/// The main table's indexes.
pub const INDEXES: [Index; 3] = [
    ("by_client", "client_list", "listed_at"),
    ("by_tenant", "tenant_list", "listed_at"),
    ("due", "due_shard", "due_at"),
];

/// SDK settings for a database on this machine, which does not check credentials. Set the address if `http_client` connects to
/// one. They have no deadlines: a database in the process does not stall, and a busy machine would turn slow answers into
/// repeated writes.
#[must_use]
pub fn on_this_machine(http_client: impl HttpClient + 'static) -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        // The engine in this process reads no signature.
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .endpoint_url("http://localhost")
        .http_client(http_client)
}

/// Creates the tables that do not exist.
///
/// # Errors
/// If the database fails.
pub async fn create(client: &Client, main: &str, vault: &str) -> Result<(), Error> {
    create_table(client, main, &INDEXES).await?;
    create_table(client, vault, &[]).await
}

async fn create_table(client: &Client, name: &str, indexes: &[Index]) -> Result<(), Error> {
    let keys = |hash: &str, range: &str| vec![key(hash, KeyType::Hash), key(range, KeyType::Range)];
    let mut attributes = vec!["pk", "sk"];
    attributes.extend(indexes.iter().flat_map(|(_, hash, range)| [*hash, *range]));
    attributes.sort_unstable();
    attributes.dedup();
    let mut table = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys("pk", "sk")))
        .set_attribute_definitions(Some(attributes.into_iter().map(attribute).collect()));
    for (index, hash, range) in indexes {
        table = table.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(*index)
                .set_key_schema(Some(keys(hash, range)))
                .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
                .build()
                .map_err(Error::unavailable)?,
        );
    }
    match table.send().await {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => {
            return Ok(());
        }
        Err(error) => return Err(Error::sdk(error)),
    }
    let ttl =
        TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build().map_err(Error::unavailable)?;
    client.update_time_to_live().table_name(name).time_to_live_specification(ttl).send().await.map_err(Error::sdk)?;
    Ok(())
}

#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("name and type are given")
}

/// `due_at` is the only numeric key: epoch milliseconds.
#[must_use]
#[expect(clippy::expect_used, reason = "a builder fails only if a part is missing")]
pub fn attribute(name: &str) -> AttributeDefinition {
    let kind = if name == "due_at" { ScalarAttributeType::N } else { ScalarAttributeType::S };
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().expect("name and type are given")
}
