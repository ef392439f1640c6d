//! A DynamoDB engine, spoken to by the ordinary SDK, its calls counted by operation: one in this process or, named by
//! `ONBEHALF_ENGINE` (`127.0.0.1:4566`), another that tells its callers' tables apart by account.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_credential_types::Credentials;

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
    types::{AttributeValue, TimeToLiveSpecification},
};
use engine::DynamoDb;

use super::capacity::{Capacity, Units};
use crate::{
    clock::Clock,
    secrets::VaultKeys,
    store::{Store, Vault, schema},
};

pub(super) const MAIN: &str = "main";
const VAULT: &str = "vault";

/// An engine with both tables, empty.
pub struct Engine {
    pub client: Client,
    calls: Calls,
    capacity: Capacity,
}

impl Engine {
    /// # Panics
    /// If the engine does not start: then no test can run.
    pub async fn start() -> Self {
        let elsewhere = elsewhere();
        let config = match elsewhere {
            Some(address) => schema::on_this_machine(aws_smithy_http_client::Builder::new().build_http())
                .endpoint_url(format!("http://{address}")),
            None => schema::on_this_machine(DynamoDb::in_memory().expect("an empty engine").http_client()),
        };
        let calls = Calls::default();
        let capacity = Capacity::of([MAIN, VAULT]);
        let config = config.credentials_provider(account());
        let config = config.interceptor(calls.clone()).interceptor(capacity.clone());
        let client = Client::from_conf(config.build());
        schema::create(&client, MAIN, VAULT).await.expect("an empty engine takes the tables");
        if elsewhere.is_some() {
            keep_what_is_stale(&client).await;
        }
        calls.take();
        Self { client, calls, capacity }
    }

    #[must_use]
    pub fn store(&self, clock: &Clock) -> Store {
        Store::new(self.client.clone(), MAIN.into(), clock.clone())
    }

    #[must_use]
    pub fn vault(&self, keys: VaultKeys) -> Vault {
        Vault::new(self.client.clone(), VAULT.into(), keys)
    }

    /// One item of the main table, as it is stored.
    ///
    /// # Panics
    /// If it is not there.
    pub async fn item(&self, pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
        let key = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(pk.into())),
            ("sk".to_owned(), AttributeValue::S(sk.into())),
        ]);
        let answer =
            self.client.get_item().table_name(MAIN).set_key(Some(key)).send().await.expect("the engine answers");
        answer.item.expect("the item is there")
    }

    /// Everything in both tables, as it is stored: for looking at what must not be there.
    ///
    /// # Panics
    /// If the engine does not answer.
    #[expect(clippy::disallowed_methods, reason = "a test looks at everything; the product never does")]
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let mut items = Vec::new();
        for table in [MAIN, VAULT] {
            let page = self.client.scan().table_name(table).send().await.expect("the engine answers");
            assert!(page.last_evaluated_key.is_none(), "a test's tables are small");
            items.extend(page.items.unwrap_or_default());
        }
        items
    }

    /// The calls since the last time this was asked, by operation.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.calls.take()
    }

    /// The units consumed since the last time this was asked.
    #[must_use]
    pub fn units(&self) -> Units {
        self.capacity.take()
    }
}

/// Another engine goes by its own clock, which is later than a test's: within a minute it would drop what still stands here.
async fn keep_what_is_stale(client: &Client) {
    let off = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(false).build().expect("both are given");
    for table in [MAIN, VAULT] {
        let update = client.update_time_to_live().table_name(table).time_to_live_specification(off.clone());
        update.send().await.expect("the engine turns it off");
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration; the product reads no such variable")]
fn elsewhere() -> Option<SocketAddr> {
    let address = std::env::var("ONBEHALF_ENGINE").ok()?;
    Some(address.parse().expect("ONBEHALF_ENGINE is an address, as in 127.0.0.1:4566"))
}

/// An account of its own for each caller, where the engine takes an access key of twelve digits for the account's number.
fn account() -> Credentials {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    Credentials::new(format!("{number:012}"), "test", None, None, "test")
}

/// Counts what is sent, each try of each call.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Calls {
    fn take(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut self.0.lock().expect("nothing panics while it holds this lock"))
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // `DynamoDB_20120810.GetItem`
        let target = context.request().headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        *self.0.lock().expect("nothing panics while it holds this lock").entry(operation).or_default() += 1;
        Ok(())
    }
}
