//! Calls by the AWS SDKs, configured as in a deployment.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use http::Request;
use platforms::PlatformId;
use shared::{
    config::Config,
    deployment::Deployment,
    id::{AgencyId, PostId},
    queue::Message,
    tenant::{Mode, Tenant},
};

use super::*;

type Sent = Arc<Mutex<Vec<(Message, Duration)>>>;

const KEYRING: &str = r#"{"1":"a secret of a test, long enough to be one"}"#;

async fn deployment(sent: &Sent) -> Deployment {
    let engine = DynamoDb::in_memory().unwrap();
    let sent = Arc::clone(sent);
    let secrets = BTreeMap::from([("link", KEYRING.to_owned())]);
    let queue = Arc::new(move |message, delay| sent.lock().unwrap().push((message, delay)));
    let endpoint = Endpoint::new(engine, secrets, queue);
    let key = endpoint.access_key_id().to_owned();
    let url = endpoint.start().await.unwrap();
    let config = Config::of(|name| match name {
        "AWS_ENDPOINT_URL" | "QUEUE_URL" => Some(url.to_string()),
        "TARGET_QUEUE_URLS" => Some(PlatformId::ALL.map(|platform| format!("{platform}:{url}{platform}")).join(",")),
        "LINK_SECRET" => Some("link".into()),
        "VAULT_SECRET" => Some("vault".into()),
        "VAULT_TABLE" => Some("onbehalf-vault".into()),
        "AWS_ACCESS_KEY_ID" => Some(key.clone()),
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
    let messages = [0, 90].map(|delay| (Message::new(tenant, PostId::random(), None), Duration::from_secs(delay)));
    deployment.queue().unwrap().send_all(&messages).await.unwrap();
    assert_eq!(*sent.lock().unwrap(), messages);
}

#[tokio::test]
async fn only_calls_with_the_access_key_and_from_no_page_are_answered() {
    let secrets = BTreeMap::from([("link", KEYRING.to_owned())]);
    let endpoint = Endpoint::new(DynamoDb::in_memory().unwrap(), secrets, Arc::new(|_, _| {}));
    let scope =
        |key: &str| format!("AWS4-HMAC-SHA256 Credential={key}/20260701/local/dynamodb/aws4_request, Signature=0");
    let own = scope(endpoint.access_key_id());
    let send = async |request: http::request::Builder| {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        match endpoint.refusal(&parts) {
            Some(refusal) => refusal,
            None => endpoint.answer(&parts, Bytes::from(r#"{"SecretId":"link"}"#)).await,
        }
    };
    let ask = async |target: &str, headers: &[(&str, &str)]| {
        let mut request = Request::post("/").header("x-amz-target", target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = send(request).await;
        assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control-")));
        (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
    };
    let secret = "secretsmanager.GetSecretValue";
    assert_eq!(ask(secret, &[("authorization", &own)]).await.0, 200);
    for target in [secret, "AmazonSQS.SendMessageBatch", "DynamoDB_20120810.GetItem", "DynamoDB_20120810.Unknown", ""] {
        let near = scope(&endpoint.access_key_id()[1..]);
        for headers in [vec![], vec![("authorization", scope("local"))], vec![("authorization", near)]] {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (status, body) = ask(target, &headers).await;
            assert!(status == 400 && body.contains("UnrecognizedClientException"), "{target}: {status} {body}");
        }
        for origin in ["https://evil.example", "null", "http://127.0.0.1:9000"] {
            let (status, body) = ask(target, &[("authorization", &own), ("origin", origin)]).await;
            assert!(status == 403 && body.contains("AccessDeniedException"), "{target}: {status} {body}");
        }
    }
    assert_eq!(send(Request::get("/")).await.status(), StatusCode::OK);
    for method in [Method::GET, Method::OPTIONS] {
        let asked = Request::builder().method(method.clone()).header("access-control-request-method", "POST");
        let answer = send(asked.header("origin", "null")).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method}");
        assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control-")));
    }
}

#[test]
fn keys_are_equal_as_a_whole() {
    let key = random();
    assert!(constant_time_eq(&key, &key.clone()));
    assert!(!constant_time_eq(&key, &random()) && !constant_time_eq(&key, "") && !constant_time_eq("", &key));
    assert!(!constant_time_eq(&key, &key[1..]) && !constant_time_eq(&key, &format!("{key}0")));
}
