//! Calls by the AWS SDKs, configured as in a deployment.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    config::Config,
    deployment::Deployment,
    id::{AgencyId, PostId},
    queue::Message,
    tenant::{Mode, Tenant},
};

use super::*;
use crate::engine;

type Sent = Arc<Mutex<Vec<(Message, Duration)>>>;

const KEYRING: &str = r#"{"1":"a secret of a test, long enough to be one"}"#;

async fn deployment(sent: &Sent) -> Deployment {
    let database = dynoxide::Database::memory().unwrap();
    let sent = Arc::clone(sent);
    let secrets = BTreeMap::from([("link", KEYRING.to_owned())]);
    let queue = Arc::new(move |message, delay| sent.lock().unwrap().push((message, delay)));
    let endpoint = Endpoint::new(engine::serve(database).await.unwrap(), secrets, queue);
    let url = endpoint.start().await.unwrap();
    let config = Config::of(|name| match name {
        "AWS_ENDPOINT_URL" | "QUEUE_URL" => Some(url.to_string()),
        "LINK_SECRET" => Some("link".into()),
        "VAULT_SECRET" => Some("vault".into()),
        "VAULT_TABLE" => Some("onbehalf-vault".into()),
        name => name.starts_with("AWS_").then(|| "local".into()),
    });
    Deployment::new(config.unwrap())
}

#[tokio::test]
async fn one_endpoint_serves_the_database_the_secrets_and_the_queue() {
    let sent = Sent::default();
    let deployment = deployment(&sent).await;

    let dynamodb = deployment.dynamodb();
    shared::store::schema::create(&dynamodb, "main", "vault").await.unwrap();
    let item = [("pk", "a"), ("sk", "b")].map(|(name, text)| (name.to_owned(), AttributeValue::S(text.into())));
    dynamodb.put_item().table_name("main").set_item(Some(item.clone().into())).send().await.unwrap();
    let found = dynamodb.get_item().table_name("main").set_key(Some(item.clone().into())).send().await.unwrap();
    assert_eq!(found.item, Some(item.into()));

    assert!(deployment.link_keys().await.is_ok());
    let missing = deployment.vault().await.err().unwrap().to_string();
    assert!(missing.starts_with("the secret vault cannot be fetched"), "{missing}");

    let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Test };
    let messages = [0, 90].map(|delay| (Message::new(tenant, PostId::random()), Duration::from_secs(delay)));
    deployment.queue().unwrap().send_all(&messages).await.unwrap();
    assert_eq!(*sent.lock().unwrap(), messages);
}
