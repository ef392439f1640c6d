//! Connected accounts, made once by the real connect flow, and copied into each world.

use std::{collections::BTreeSet, sync::OnceLock, time::Duration};

use serde_json::{Value, json};
use shared::{
    id::{AgencyId, KeyId},
    key::ApiKey,
    scope::Scope,
    store::{KeyRecord, Limits, NewGate},
    tenant::{Mode, Tenant},
    testing::Ask,
};

use crate::{
    browser,
    injector::Plan,
    platform::{self, Platform},
    run::runtime,
    time::AGE_OF_FIXTURES,
    world::{TABLES, World},
};

/// An account of the client.
#[derive(Debug, Clone)]
pub(crate) struct Connected {
    pub(crate) id: String,
    pub(crate) platform: &'static str,
    pub(crate) handle: &'static str,
}

/// Items of a table.
type Items = Vec<(&'static str, Value)>;

pub(crate) struct Fixture {
    /// The items that belong to no account.
    common: Items,
    /// The items of each account.
    own: Vec<Items>,
    /// The agency's key.
    pub(crate) key: String,
    pub(crate) client: String,
    pub(crate) accounts: Vec<Connected>,
}

impl Fixture {
    /// The fixture of this process.
    pub(crate) fn get() -> &'static Self {
        static FIXTURE: OnceLock<Fixture> = OnceLock::new();
        // On a thread of its own, whose randomness has its own seed.
        FIXTURE.get_or_init(|| {
            let made = std::thread::scope(|scope| scope.spawn(|| runtime().block_on(Box::pin(Self::make()))).join());
            made.expect("the fixture is made")
        })
    }

    /// A world with these of the accounts.
    pub(crate) async fn world(&self, accounts: &BTreeSet<usize>, seed: u64, plan: Plan, skewed: bool) -> World {
        let world = World::new(seed, AGE_OF_FIXTURES, plan, skewed).await;
        for (table, item) in self.common.iter().chain(accounts.iter().flat_map(|account| &self.own[*account])) {
            world.raw("PutItem", &json!({ "TableName": table, "Item": item })).await;
        }
        world
    }

    async fn make() -> Self {
        let world = World::new(0, Duration::ZERO, Plan::At(Vec::new()), false).await;
        let key = agency(&world).await;
        let answer = world.ask(Ask::post("/v1/clients", &json!({ "name": "Shop" })).key(&key)).await;
        let client = answer.expect("nothing fails").data()["id"].as_str().expect("a new client").to_owned();
        let mut made = Made::default();
        let common = made.since(&world).await;
        let (mut own, mut accounts) = (Vec::new(), Vec::new());
        for platform in &platform::ALL {
            for handle in platform.accounts {
                connect(&world, &key, &client, platform, handle).await;
                let items = made.since(&world).await;
                let id = find(&world, &key, &client, platform, handle).await;
                let id = id.unwrap_or_else(|| panic!("{handle} is connected"));
                accounts.push(Connected { id, platform: platform.id.as_str(), handle });
                own.push(items);
            }
        }
        Self { common, own, key, client, accounts }
    }
}

/// What is in the tables already.
#[derive(Default)]
struct Made(BTreeSet<(&'static str, String)>);

impl Made {
    /// The items that are new since this was last called.
    async fn since(&mut self, world: &World) -> Items {
        let mut new = Items::new();
        for table in TABLES {
            for item in world.items(table).await {
                if self.0.insert((table, format!("{} {}", item["pk"], item["sk"]))) {
                    new.push((table, item));
                }
            }
        }
        new
    }
}

/// Connects an account of a platform.
pub(crate) async fn connect(world: &World, key: &str, client: &str, platform: &Platform, handle: &str) -> Option<()> {
    let path = format!("/v1/clients/{client}/connect-invites");
    let mint = Ask::post(&path, &json!({ "platforms": [platform.id.as_str()] })).key(key);
    let url = world.ask(mint).await?.data()["url"].as_str()?.to_owned();
    let link = url.strip_prefix(crate::world::URL)?;
    let pressed = world.ask(browser::press(link, platform.id, handle)).await?;
    let back = browser::consent(&world.network, &pressed, handle).await?;
    world.ask(back).await.map(|_| ())
}

async fn agency(world: &World) -> String {
    let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Test };
    let key = ApiKey::generate(tenant, KeyId::random());
    let record = KeyRecord {
        digest: key.digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        scopes: Scope::ALL.to_vec(),
        expires_at: (world.time.now() + chrono::Duration::days(365)).timestamp(),
        client: None,
        label: "simulation".into(),
        last_used: None,
        minted: None,
    };
    let limits = Limits { reads: 100_000, writes: 100_000 };
    let new = NewGate { tenant, name: "Acme Agency".into(), limits, keys: vec![(key.id, record)] };
    world.gate.insert(new, world.time.now()).await.expect("nothing fails");
    key.text().expose().to_owned()
}

/// The id of an account of the client.
async fn find(world: &World, key: &str, client: &str, platform: &Platform, handle: &str) -> Option<String> {
    let path = format!("/v1/accounts?clientId={client}&limit=100");
    let listed = world.ask(Ask::get(&path).key(key)).await?.data();
    let own = |account: &&Value| {
        account["platform"] == platform.id.as_str()
            && account["handle"].as_str().is_some_and(|own| own.trim_start_matches('@') == handle)
    };
    listed.as_array()?.iter().find(own)?["id"].as_str().map(ToOwned::to_owned)
}
