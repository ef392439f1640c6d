//! Endpoints that stall, in paused time: the clock jumps to the next deadline whenever nothing else is left to do.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use platforms::PlatformId;
use tokio::{net::TcpListener, time::Instant};

use super::*;
use crate::{
    config::Config,
    deployment::Deployment,
    id::{AgencyId, PostId},
    queue::Message,
    store::schema::on_this_machine,
    tenant::{Mode, Tenant},
};

/// A deployment whose AWS accepts connections and never answers.
async fn stalled() -> Deployment {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let config = Config::of(|name| match name {
        "AWS_ENDPOINT_URL" => Some(url.clone()),
        "QUEUE_URL" => Some(format!("{url}/1/queue")),
        "TARGET_QUEUE_URLS" => Some(PlatformId::ALL.map(|platform| format!("{platform}:{url}/1/queue")).join(",")),
        "MAIN_TABLE" | "VAULT_TABLE" | "LINK_SECRET" => Some("a".into()),
        name => name.starts_with("AWS_").then(|| "local".into()),
    });
    Deployment::new(config.unwrap())
}

/// The time until `call` fails.
async fn fails_after<T, E>(call: impl Future<Output = Result<T, E>>) -> Duration {
    let began = Instant::now();
    let ended = tokio::time::timeout(Duration::from_secs(3600), call).await;
    assert!(ended.expect("the call has a deadline").is_err());
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_call_to_a_stalled_service_ends_within_its_deadline() {
    let deployment = stalled().await;
    let key = AttributeValue::S("a".into());
    let dynamodb = fails_after(deployment.dynamodb().get_item().table_name("a").key("pk", key).send()).await;
    let message = Message::new(Tenant { agency: AgencyId::random(), mode: Mode::Live }, PostId::random(), None);
    let queue = deployment.queue().unwrap();
    let sqs = fails_after(queue.send(message, Duration::ZERO)).await;
    let secrets = fails_after(deployment.link_keys()).await;
    for took in [dynamodb, sqs, secrets] {
        assert!(took > ATTEMPT && took <= OPERATION + Duration::from_millis(10), "{took:?}");
    }
}

/// Never answers the first request.
#[derive(Debug, Clone, Default)]
struct StallsOnce(Arc<AtomicUsize>);

impl HttpConnector for StallsOnce {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        HttpConnectorFuture::new(async move {
            if first {
                std::future::pending::<()>().await;
            }
            Ok(HttpResponse::new(200.try_into().unwrap(), "{}".into()))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_stalls_is_repeated() {
    let connector = StallsOnce::default();
    let shared = SharedHttpConnector::new(connector.clone());
    let client = http_client_fn(move |_: &HttpConnectorSettings, _: &_| shared.clone());
    let client = aws_sdk_dynamodb::Client::from_conf(on_this_machine(client).timeout_config(deadlines()).build());
    let began = Instant::now();
    client.get_item().table_name("a").key("pk", AttributeValue::S("a".into())).send().await.unwrap();
    assert!((ATTEMPT..OPERATION).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert_eq!(connector.0.load(Ordering::SeqCst), 2);
}
