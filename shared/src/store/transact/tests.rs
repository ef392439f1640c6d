//! What DynamoDB answers to transactions, which the engine never does.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::*;
use crate::{
    clock::{Clock, Time},
    store::schema::on_this_machine,
};

/// Cancels the first transactions for this reason, and takes the next one.
#[derive(Debug, Clone)]
struct Cancels {
    reason: &'static str,
    times: usize,
    calls: Arc<AtomicUsize>,
}

impl HttpConnector for Cancels {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let cancels = self.calls.fetch_add(1, Ordering::SeqCst) < self.times;
        let canceled = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [{ "Code": "None" }, { "Code": self.reason }],
        });
        let (status, body) = if cancels { (400, canceled) } else { (200, json!({})) };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), body.to_string().into())))
    }
}

/// Time in which nobody waits.
struct NoTime;

impl Time for NoTime {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The outcome of a transaction that is canceled so often, and the number of calls.
async fn canceled(reason: &'static str, times: usize) -> (Result<Outcome, Error>, usize) {
    let cancels = Cancels { reason, times, calls: Arc::default() };
    let connector = SharedHttpConnector::new(cancels.clone());
    let client = on_this_machine(http_client_fn(move |_, _| connector.clone())).build();
    let store = Store::new(aws_sdk_dynamodb::Client::from_conf(client), "main".into(), Clock::new(NoTime));
    let outcome = store.transact(vec![overwrite("main", Item::new()), overwrite("main", Item::new())]).await;
    (outcome, cancels.calls.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_transaction_is_repeated_while_its_cause_may_pass() {
    for reason in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
        let (outcome, calls) = canceled(reason, 2).await;
        assert!(matches!(outcome, Ok(Outcome::Done)), "{reason}");
        assert_eq!(calls, 3, "{reason}");
        let (outcome, calls) = canceled(reason, usize::MAX).await;
        assert!(matches!(outcome, Err(Error::Busy)), "{reason}");
        assert_eq!(calls, 6, "{reason}");
    }
}

#[tokio::test]
async fn a_transaction_that_can_never_succeed_is_not_repeated() {
    for reason in ["ItemCollectionSizeLimitExceeded", "ValidationError"] {
        let (outcome, calls) = canceled(reason, usize::MAX).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{reason}");
        assert_eq!(calls, 1, "{reason}");
    }
}
