//! Another's idempotency key, with the very path and body that it was used with.

use std::collections::HashMap;

use http::Method;
use shared::testing::Ask;

use super::{
    Caller, Cast, Face,
    estate::{Estate, Kind, Sent, nothing},
    face, tables,
};

/// The request of an estate's owner, with ids that name nothing in the place of its own, and a key that nobody has used;
/// and what stands for what.
fn unknown(estate: &Estate, sent: &Sent) -> (Ask, Vec<(String, String)>) {
    let ids = estate.things.iter().filter(|thing| thing.kind != Kind::Link);
    let ids: Vec<(String, String)> = ids.map(|thing| (thing.id.clone(), nothing(thing))).collect();
    let swap = |text: &str| ids.iter().fold(text.to_owned(), |text, (id, other)| text.replace(id, other));
    let ask = Ask::post(&swap(&sent.path), &serde_json::Value::Null).body(swap(&sent.body));
    (ask, ids)
}

async fn seen(cast: &Cast, caller: Caller<'_>, ask: Ask, ids: impl Iterator<Item = &String>) -> Face {
    let names: Vec<(&str, String)> = ids.enumerate().map(|(n, id)| (id.as_str(), format!("<{n}>"))).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    face(&cast.world, ask, caller.key(), &names).await
}

/// Creating a client or an unbound key names nothing of its owner: it is the caller's own creation.
fn is_anybodys(sent: &Sent, caller: Caller<'_>) -> bool {
    sent.path == "/v1/clients" && caller.bound.is_none()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anothers_idempotency_key_is_one_that_was_never_used() {
    let cast = Cast::new().await;
    let before = tables(&cast.world).await;
    let mut asked = 0;
    for caller in cast.callers() {
        for estate in cast.foreign(caller).flat_map(|(_, estates)| estates) {
            for sent in &estate.sent {
                let what = format!("{} by {}", sent.path, caller.tenancy.name);
                let (control, ids) = unknown(estate, sent);
                let foreign = seen(&cast, caller, sent.ask(), ids.iter().map(|(id, _)| id)).await;
                assert!(!foreign.headers.contains_key("idempotent-replayed"), "{what}");
                asked += 1;
                if is_anybodys(sent, caller) {
                    assert_eq!(foreign.status, 201, "{what}");
                    assert!(!foreign.body.contains("<"), "{what}: the owner's id: {}", foreign.body);
                } else {
                    let control = seen(&cast, caller, control, ids.iter().map(|(_, other)| other)).await;
                    assert_eq!(foreign, control, "{what}");
                    assert!(foreign.status >= 400, "{what}");
                }
            }
        }
    }
    println!("{asked} requests with another's idempotency key");
    let after: HashMap<_, _> = tables(&cast.world).await;
    for (place, item) in before {
        assert_eq!(after.get(&place), Some(&item), "{place:?} has changed");
    }
    for tenancy in &cast.tenancies {
        for sent in tenancy.estates.iter().flat_map(|estate| &estate.sent) {
            if sent.path != "/v1/posts/validate" {
                let own = cast.world.ask(sent.ask().key(&tenancy.key)).await;
                assert_eq!(own.header("idempotent-replayed"), Some("true"), "{}: {}", sent.path, own.text);
            }
        }
        let agency = cast.world.ask(Ask::new(Method::GET, "/v1/agency").key(&tenancy.key)).await;
        assert!(agency.text.contains(&tenancy.marks[0]));
    }
}
