//! The connect link under attacks and failures, with the sandbox's X. Each test fails without the defence it names.

mod cookies;
mod failures;
mod identity;
mod links;
mod page;
mod races;
mod repeated_write;
mod return_url;
mod revocation;
mod start;
mod state;
mod timeout;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use shared::{
    account::Account,
    id::InviteId,
    net::HttpClient,
    oauth,
    secrets::{LinkKeys, VaultKeys},
    site::Sites,
    store::Vault,
    testing::{Ask, TestResponse},
};

pub(crate) use crate::publish::{answer as reply, stored, tenant};
use crate::{
    permissions::{Iam, aside},
    world::{LEASE, SECRET, URL, World, sites},
};

/// X's token and user endpoints on the sandbox.
pub(crate) const TOKEN: &str = "http://sandbox.test/api.x.com/2/oauth2/token";
pub(crate) const WHOAMI: &str = "http://sandbox.test/api.x.com/2/users/me";

/// A page's status and failure code; the code is empty on a page without a failure.
pub(crate) fn said(page: &TestResponse) -> (u16, &str) {
    let code = page.text.split("data-code=\"").nth(1).and_then(|rest| rest.split('"').next());
    (page.status.as_u16(), code.unwrap_or_default())
}

/// A page's status and heading.
pub(crate) fn headed(page: &TestResponse) -> (u16, &str) {
    let heading = page.text.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next());
    (page.status.as_u16(), heading.unwrap_or_default())
}

/// A callback's path without its query, and the query's parameters.
pub(crate) fn parts(callback: &str) -> (String, BTreeMap<String, String>) {
    let (path, query) = callback.split_once('?').unwrap();
    (path.into(), url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// A callback's path with a parameter changed, or removed for `None`.
pub(crate) fn with(callback: &str, name: &str, value: Option<&str>) -> String {
    let (path, mut query) = parts(callback);
    match value {
        Some(value) => query.insert(name.into(), value.into()),
        None => query.remove(name),
    };
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// All items of both tables as text, without what every callback or API call writes: used attempts, and counts of tries and
/// requests.
pub(crate) async fn tables(world: &World) -> Vec<String> {
    let passing = ["ATTEMPT", "GATE"].map(|sk| AttributeValue::S(sk.into()));
    let items = world.engine.items().await.into_iter().filter(|item| !passing.contains(&item["sk"]));
    let mut texts: Vec<String> = items
        .map(|item| {
            item.into_iter().filter(|(name, _)| name != "tries").map(|(name, value)| (name, text(&value))).collect()
        })
        .map(flat)
        .collect();
    texts.sort_unstable();
    texts
}

fn flat(item: BTreeMap<String, String>) -> String {
    format!("{item:?}")
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::B(bytes) => HEXLOWER.encode(bytes.as_ref()),
        AttributeValue::M(map) => flat(map.iter().map(|(name, value)| (name.clone(), text(value))).collect()),
        other => format!("{other:?}"),
    }
}

/// How many items have this sort key.
pub(crate) async fn count(world: &World, sk: &str) -> usize {
    let kind = AttributeValue::S(sk.into());
    world.engine.items().await.iter().filter(|item| item["sk"] == kind).count()
}

pub(crate) fn vault(world: &World) -> Vault {
    vault_of(world, SECRET)
}

pub(crate) fn vault_of(world: &World, secret: &str) -> Vault {
    world.engine.vault(VaultKeys::parse(secret).unwrap())
}

/// The id of the invite of a link's path.
pub(crate) fn invite(link: &str) -> InviteId {
    LinkKeys::parse(SECRET).unwrap().invite(link.trim_start_matches("/invite/")).unwrap()
}

/// Marks an account `reconnect_required`, as a dead grant does.
pub(crate) async fn end_grant(world: &World, account: &Account) {
    let marked = world.store.mark_reconnect_required(tenant(world), account.client, account.id, account.grant).await;
    assert!(marked.unwrap());
}

/// Publishes a post now; returns its target.
pub(crate) async fn publish(world: &World, client: &str, account: &str, content: &str) -> Value {
    let post = world.post(client, &[account], content, json!({ "type": "now" })).await;
    world.deliver().await;
    world.target(&post).await
}

/// Whether a request goes to this URL, ignoring its query.
pub(crate) fn is(request: &shared::net::Request, address: &str) -> bool {
    request.uri().to_string().split('?').next() == Some(address)
}

/// How often a URL was called since the last look at the network's requests.
pub(crate) fn called(world: &World, address: &str) -> usize {
    world.network.seen().iter().filter(|call| call.ends_with(&format!(" {address}"))).count()
}

/// Blocks on a future within a hook, which is not async. Needs a multi-threaded test.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(aside(future)))
}

/// `redeem-invite` over the same tables, deployed with another link secret or other platforms.
pub(crate) struct Deployed(Iam, redeem_invite::Deps);

impl Deployed {
    pub(crate) fn new(world: &World, link_secret: &str, change: impl FnOnce(&mut Sites)) -> Self {
        let mut sites = sites();
        change(&mut sites);
        let deps = redeem_invite::Deps {
            store: world.store.clone(),
            gate: world.gate.clone(),
            vault: vault(world),
            link_keys: LinkKeys::parse(link_secret).unwrap(),
            sites,
            http: HttpClient::new(world.network.clone(), LEASE / 3),
            patience: oauth::PATIENCE,
            clock: world.clock.clock(),
            public_url: Some(URL.parse().unwrap()),
        };
        Self(world.iam.clone(), deps)
    }

    pub(crate) async fn ask(&self, ask: Ask) -> TestResponse {
        let routes = shared::routes::Routes::of_this_build();
        let path = ask.path().split('?').next().unwrap().to_owned();
        let (_, parameters) = routes.find(ask.method().as_str(), &path);
        let ask = parameters.iter().fold(ask, |ask, (name, values)| ask.parameter(name, &values[0]));
        let answer = shared::lambda::respond(&self.1, redeem_invite::handle, ask.build());
        TestResponse::read(self.0.act("redeem-invite", answer).await)
    }
}
