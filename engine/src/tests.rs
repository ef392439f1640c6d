//! Asked by the SDK, as everything asks it.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put, ScalarAttributeType,
        TransactWriteItem,
    },
};

use crate::DynamoDb;

fn client(database: &DynamoDb) -> Client {
    let credentials = Credentials::builder().access_key_id("a").secret_access_key("b").provider_name("test").build();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(credentials)
        .endpoint_url("http://localhost")
        .http_client(database.http_client());
    Client::from_conf(config.build())
}

async fn with_a_table() -> Client {
    let client = client(&DynamoDb::in_memory().unwrap());
    let attribute =
        AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().unwrap();
    let table = client.create_table().table_name("table").billing_mode(BillingMode::PayPerRequest);
    table.attribute_definitions(attribute).key_schema(key).send().await.unwrap();
    client
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn an_item_is_read_as_it_was_written() {
    let client = with_a_table().await;
    let put = client.put_item().table_name("table").item("pk", text("a")).item("n", AttributeValue::N("7".into()));
    put.send().await.unwrap();
    let got = client.get_item().table_name("table").key("pk", text("a")).send().await.unwrap().item.unwrap();
    assert_eq!(got["n"], AttributeValue::N("7".into()));
}

#[tokio::test]
async fn the_sdk_knows_each_error_by_its_type() {
    let client = with_a_table().await;
    let missing = client.get_item().table_name("other").key("pk", text("a")).send().await.unwrap_err();
    assert!(missing.as_service_error().unwrap().is_resource_not_found_exception(), "{missing:?}");

    let put = || client.put_item().table_name("table").item("pk", text("a"));
    put().send().await.unwrap();
    let refused = put().condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
    assert!(refused.as_service_error().unwrap().is_conditional_check_failed_exception(), "{refused:?}");

    let put = Put::builder().table_name("table").item("pk", text("a"));
    let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
    let transaction = client.transact_write_items().transact_items(TransactWriteItem::builder().put(put).build());
    let canceled = transaction.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        canceled,
    ) = canceled
    else {
        panic!("{canceled:?}")
    };
    assert_eq!(canceled.cancellation_reasons()[0].code(), Some("ConditionalCheckFailed"));
}

#[tokio::test]
async fn what_is_no_call_is_refused_in_dynamodbs_words() {
    let database = DynamoDb::in_memory().unwrap();
    let unknown = database.answer("DynamoDB_20120810.CreateBackup".into(), "{}").await;
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.body, r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#);
    assert_eq!(database.answer(String::new(), "{}").await, unknown);
    let malformed = database.answer("DynamoDB_20120810.GetItem".into(), "{").await;
    assert_eq!(malformed.status, 400);
    assert!(malformed.body.contains("com.amazon.coral.service#SerializationException"), "{}", malformed.body);
}

/// Needs no engine: it is linked once.
#[test]
fn the_version_of_sqlite_has_been_decided_on() {
    let decision = include_str!("../../docs/adr/0028-the-sqlite-of-the-embedded-engine.md");
    let is_fixed = rusqlite::version_number() > 3_050_002;
    let version = rusqlite::version();
    let is_decided = decision.contains(&format!("We keep SQLite {version} until"));
    assert!(is_fixed != is_decided, "SQLite is {version} now: ADR 28 has to follow");
}
