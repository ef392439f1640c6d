//! Tenant isolation: every operation is called by every kind of caller with every foreign id in every position of an id. The
//! answer has to equal the answer for an unknown id, and no data may change.

mod fixture;
mod id_positions;
mod idempotency;

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use shared::{
    id::AgencyId,
    routes::Routes,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use crate::world::World;
use fixture::{ClientData, Resource, TenantData, unknown_id};

/// The least number of requests with a foreign id, so that the test cannot become empty.
const MIN_REQUESTS: usize = 10_000;

/// Three agencies, each in both modes, each with two clients.
struct Agencies {
    world: World,
    tenants: Vec<TenantData>,
}

/// A caller: an agency's unbound key, or a key bound to one of its clients.
#[derive(Clone, Copy)]
struct Caller<'a> {
    tenant_data: &'a TenantData,
    bound: Option<usize>,
}

impl Agencies {
    async fn new() -> Self {
        let world = World::new().await;
        let mut tenants = Vec::new();
        for name in ["a", "b", "c"] {
            let agency = AgencyId::random();
            for mode in [Mode::Live, Mode::Test] {
                tenants.push(TenantData::create(&world, &format!("{name}-{}", mode.as_str()), agency, mode).await);
            }
        }
        Self { world, tenants }
    }

    fn callers(&self) -> Vec<Caller<'_>> {
        let of = |tenant_data| [None, Some(0)].map(|bound| Caller { tenant_data, bound });
        self.tenants.iter().flat_map(of).collect()
    }

    /// Each tenant with those of its clients that are foreign to the caller.
    fn foreign<'a>(&'a self, caller: Caller<'a>) -> impl Iterator<Item = (&'a TenantData, Vec<&'a ClientData>)> {
        self.tenants.iter().map(move |tenant_data| {
            let own = std::ptr::eq(tenant_data, caller.tenant_data);
            let clients = tenant_data.clients.iter().enumerate();
            let foreign = clients.filter(|(n, _)| !own || caller.bound.is_some_and(|bound| bound != *n));
            (tenant_data, foreign.map(|(_, client_data)| client_data).collect())
        })
    }
}

impl<'a> Caller<'a> {
    fn key(&self) -> &'a str {
        self.bound.map_or(&self.tenant_data.key, |n| &self.tenant_data.clients[n].key)
    }

    fn own(&self) -> &'a ClientData {
        &self.tenant_data.clients[self.bound.unwrap_or_default()]
    }

    /// Whether the caller belongs to another tenant.
    fn is_foreign(&self, tenant_data: &TenantData) -> bool {
        !std::ptr::eq(tenant_data, self.tenant_data)
    }
}

/// An answer without the sent ids and without what differs between any two answers.
#[derive(Debug, PartialEq, Eq)]
struct NormalAnswer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl NormalAnswer {
    fn of(answer: &TestResponse, sent: &[(&str, &str)]) -> Self {
        let blank = |text: &str| sent.iter().fold(text.to_owned(), |text, (sent, name)| text.replace(sent, name));
        let headers = answer.headers.iter().filter(|(name, _)| !name.as_str().starts_with("ratelimit-re"));
        Self {
            status: answer.status.as_u16(),
            headers: headers.map(|(name, value)| (name.to_string(), blank(value.to_str().unwrap()))).collect(),
            body: blank(&answer.text),
        }
    }

    fn shows(&self, mark: &str) -> bool {
        self.body.contains(mark) || self.headers.values().any(|value| value.contains(mark))
    }
}

async fn normal_answer(world: &World, ask: Ask, key: &str, sent: &[(&str, &str)]) -> NormalAnswer {
    NormalAnswer::of(&world.ask(ask.key(key).header("x-correlation-id", "c")).await, sent)
}

/// All items of both tables, without what admitting a request writes.
async fn tables(world: &World) -> HashMap<(String, String), HashMap<String, AttributeValue>> {
    let items = world.engine.items().await.into_iter().map(|mut item| {
        item.remove("used");
        if let Some(AttributeValue::M(keys)) = item.get_mut("keys") {
            for key in keys.values_mut() {
                let AttributeValue::M(key) = key else { panic!("a key is a map") };
                key.remove("last_used");
            }
        }
        ((item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone()), item)
    });
    items.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_id_gets_the_answer_of_an_unknown_id() {
    let agencies = Agencies::new().await;
    let world = &agencies.world;
    let before = tables(world).await;
    let mut asked = 0;
    for caller in agencies.callers() {
        let (mut resources, mut marks) = (Vec::new(), Vec::new());
        for (tenant_data, clients) in agencies.foreign(caller) {
            if caller.is_foreign(tenant_data) {
                resources.push(tenant_data.resources.iter().collect::<Vec<_>>());
                // Both modes of an agency share its id.
                marks.extend(tenant_data.marks.iter().filter(|mark| !caller.tenant_data.marks.contains(mark)));
            }
            for client_data in clients {
                resources.push(client_data.resources.iter().collect());
                marks.extend(&client_data.marks);
            }
        }
        for route in Routes::of_this_build().routes {
            for position in id_positions::id_positions(&route.method, &route.path, caller.own()) {
                asked += probe(world, caller, &position, &resources, &marks).await;
            }
        }
    }
    println!("{asked} requests with a foreign id");
    assert!(asked >= MIN_REQUESTS, "{asked}");
    assert_eq!(tables(world).await, before, "no data has changed");
}

/// Sends a request for each foreign id of the position's kind; returns how many.
async fn probe(
    world: &World,
    caller: Caller<'_>,
    position: &id_positions::IdPosition,
    resources: &[Vec<&Resource>],
    marks: &[&String],
) -> usize {
    let sent: Vec<&Resource> =
        resources.iter().flatten().copied().filter(|resource| resource.kind == position.kind).collect();
    // The answers for unknown ids, one per kind; for cursors one per position, which their pages show.
    let mut controls: HashMap<String, NormalAnswer> = HashMap::new();
    for resource in &sent {
        if let Entry::Vacant(control) = controls.entry(resource.control()) {
            let none = unknown_id(resource);
            control.insert(normal_answer(world, (position.ask)(&none), caller.key(), &[(&none, "<id>")]).await);
        }
    }
    let answers = join_all(sent.iter().map(|resource| {
        let ask = (position.ask)(&resource.id);
        let what = format!("{} {} by {}", ask.method(), ask.path(), caller.tenant_data.name);
        async move { (resource, what, normal_answer(world, ask, caller.key(), &[(&resource.id, "<id>")]).await) }
    }));
    for (resource, what, normal_answer) in answers.await {
        assert_eq!(normal_answer, controls[&resource.control()], "{what}");
        for mark in marks.iter().filter(|mark| ***mark != resource.id) {
            assert!(!normal_answer.shows(mark), "{what} shows {mark}: {normal_answer:?}");
        }
    }
    sent.len()
}
