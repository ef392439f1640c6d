//! Nobody sees, changes or can tell apart what is another's: every operation, asked by callers of every kind, with every
//! foreign id at every place where an id can stand. Such an id is answered exactly as one that names nothing.

mod estate;
mod places;
mod repeats;

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use shared::{
    id::AgencyId,
    routes::Routes,
    tenant::Mode,
    testing::{Answer, Ask},
};

use crate::world::World;
use estate::{Estate, Tenancy, Thing, nothing};

/// Requests with a foreign id, at least.
const MANY: usize = 10_000;

/// Three agencies, each in both modes, each with two clients.
struct Cast {
    world: World,
    tenancies: Vec<Tenancy>,
}

/// Who asks: an agency's own key, or the key of one of its clients.
#[derive(Clone, Copy)]
struct Caller<'a> {
    tenancy: &'a Tenancy,
    bound: Option<usize>,
}

impl Cast {
    async fn new() -> Self {
        let world = World::new().await;
        let mut tenancies = Vec::new();
        for name in ["a", "b", "c"] {
            let agency = AgencyId::random();
            for mode in [Mode::Live, Mode::Test] {
                tenancies.push(Tenancy::settle(&world, &format!("{name}-{}", mode.as_str()), agency, mode).await);
            }
        }
        Self { world, tenancies }
    }

    fn callers(&self) -> Vec<Caller<'_>> {
        let of = |tenancy| [None, Some(0)].map(|bound| Caller { tenancy, bound });
        self.tenancies.iter().flat_map(of).collect()
    }

    /// What is not the caller's, each with whose it is; with the estates' own.
    fn foreign<'a>(&'a self, caller: Caller<'a>) -> impl Iterator<Item = (&'a Tenancy, Vec<&'a Estate>)> {
        self.tenancies.iter().map(move |tenancy| {
            let own = std::ptr::eq(tenancy, caller.tenancy);
            let estates = tenancy.estates.iter().enumerate();
            let foreign = estates.filter(|(n, _)| !own || caller.bound.is_some_and(|bound| bound != *n));
            (tenancy, foreign.map(|(_, estate)| estate).collect())
        })
    }
}

impl<'a> Caller<'a> {
    fn key(&self) -> &'a str {
        self.bound.map_or(&self.tenancy.key, |n| &self.tenancy.estates[n].key)
    }

    fn own(&self) -> &'a Estate {
        &self.tenancy.estates[self.bound.unwrap_or_default()]
    }

    /// Whether a whole tenancy is another's.
    fn is_foreign(&self, tenancy: &Tenancy) -> bool {
        !std::ptr::eq(tenancy, self.tenancy)
    }
}

/// All that an answer tells, but for what was sent and what no two answers share.
#[derive(Debug, PartialEq, Eq)]
struct Face {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Face {
    fn of(answer: &Answer, sent: &[(&str, &str)]) -> Self {
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

async fn face(world: &World, ask: Ask, key: &str, sent: &[(&str, &str)]) -> Face {
    Face::of(&world.ask(ask.key(key).header("x-correlation-id", "c")).await, sent)
}

/// Both tables, but for what admitting a request writes.
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
async fn a_foreign_id_is_answered_as_one_that_names_nothing() {
    let cast = Cast::new().await;
    let world = &cast.world;
    let before = tables(world).await;
    let mut asked = 0;
    for caller in cast.callers() {
        let (mut things, mut marks) = (Vec::new(), Vec::new());
        for (tenancy, estates) in cast.foreign(caller) {
            if caller.is_foreign(tenancy) {
                things.push(tenancy.things.iter().collect::<Vec<_>>());
                // Test and live are one agency, and have its id in common.
                marks.extend(tenancy.marks.iter().filter(|mark| !caller.tenancy.marks.contains(mark)));
            }
            for estate in estates {
                things.push(estate.things.iter().collect());
                marks.extend(&estate.marks);
            }
        }
        for route in Routes::of_this_build().routes {
            for place in places::places(&route.method, &route.path, caller.own()) {
                asked += storm(world, caller, &place, &things, &marks).await;
            }
        }
    }
    println!("{asked} requests with a foreign id");
    assert!(asked >= MANY, "{asked}");
    assert_eq!(tables(world).await, before, "nobody's things have changed");
}

/// Asks with every foreign id of the place's kind; how many that were.
async fn storm(
    world: &World,
    caller: Caller<'_>,
    place: &places::Place,
    things: &[Vec<&Thing>],
    marks: &[&String],
) -> usize {
    let sent: Vec<&Thing> = things.iter().flatten().copied().filter(|thing| thing.kind == place.kind).collect();
    // Of what names nothing, every one of a kind is answered alike; cursors say where they begin.
    let mut controls: HashMap<String, Face> = HashMap::new();
    for thing in &sent {
        if let Entry::Vacant(control) = controls.entry(thing.control()) {
            let none = nothing(thing);
            control.insert(face(world, (place.ask)(&none), caller.key(), &[(&none, "<id>")]).await);
        }
    }
    let answers = join_all(sent.iter().map(|thing| {
        let ask = (place.ask)(&thing.id);
        let what = format!("{} {} by {}", ask.method(), ask.path(), caller.tenancy.name);
        async move { (thing, what, face(world, ask, caller.key(), &[(&thing.id, "<id>")]).await) }
    }));
    for (thing, what, face) in answers.await {
        assert_eq!(face, controls[&thing.control()], "{what}");
        for mark in marks.iter().filter(|mark| ***mark != thing.id) {
            assert!(!face.shows(mark), "{what} shows {mark}: {face:?}");
        }
    }
    sent.len()
}
