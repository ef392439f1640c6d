//! Another caller's idempotency key, with the path and body that it was used with.

use std::collections::HashMap;

use http::Method;
use shared::testing::Ask;

use super::{
    Agencies, Caller, NormalAnswer,
    fixture::{ClientData, Kind, Sent, unknown_id},
    normal_answer, tables,
};

/// A sent request with unknown ids in place of its own and an unused idempotency key; and each id with its replacement.
fn unknown(client_data: &ClientData, sent: &Sent) -> (Ask, Vec<(String, String)>) {
    let ids = client_data.resources.iter().filter(|resource| resource.kind != Kind::Link);
    let ids: Vec<(String, String)> = ids.map(|resource| (resource.id.clone(), unknown_id(resource))).collect();
    let swap = |text: &str| ids.iter().fold(text.to_owned(), |text, (id, other)| text.replace(id, other));
    let ask = Ask::post(&swap(&sent.path), &serde_json::Value::Null).body(swap(&sent.body));
    (ask, ids)
}

async fn seen(agencies: &Agencies, caller: Caller<'_>, ask: Ask, ids: impl Iterator<Item = &String>) -> NormalAnswer {
    let names: Vec<(&str, String)> = ids.enumerate().map(|(n, id)| (id.as_str(), format!("<{n}>"))).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    normal_answer(&agencies.world, ask, caller.key(), &names).await
}

/// Whether the request names no id, so that the caller may send it too. Creating a client is one.
fn names_no_id(sent: &Sent, caller: Caller<'_>) -> bool {
    sent.path == "/v1/clients" && caller.bound.is_none()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_callers_idempotency_key_counts_as_unused() {
    let agencies = Agencies::new().await;
    let before = tables(&agencies.world).await;
    let mut asked = 0;
    for caller in agencies.callers() {
        for client_data in agencies.foreign(caller).flat_map(|(_, clients)| clients) {
            for sent in &client_data.sent {
                let what = format!("{} by {}", sent.path, caller.tenant_data.name);
                let (control, ids) = unknown(client_data, sent);
                let foreign = seen(&agencies, caller, sent.ask(), ids.iter().map(|(id, _)| id)).await;
                assert!(!foreign.headers.contains_key("idempotent-replayed"), "{what}");
                asked += 1;
                if names_no_id(sent, caller) {
                    assert_eq!(foreign.status, 201, "{what}");
                    assert!(!foreign.body.contains("<"), "{what}: the owner's id: {}", foreign.body);
                } else {
                    let control = seen(&agencies, caller, control, ids.iter().map(|(_, other)| other)).await;
                    assert_eq!(foreign, control, "{what}");
                    assert!(foreign.status >= 400, "{what}");
                }
            }
        }
    }
    println!("{asked} requests with another's idempotency key");
    let after: HashMap<_, _> = tables(&agencies.world).await;
    for (place, item) in before {
        assert_eq!(after.get(&place), Some(&item), "{place:?} has changed");
    }
    for tenant_data in &agencies.tenants {
        for sent in tenant_data.clients.iter().flat_map(|client_data| &client_data.sent) {
            if sent.path != "/v1/posts/validate" {
                let own = agencies.world.ask(sent.ask().key(&tenant_data.key)).await;
                assert_eq!(own.header("idempotent-replayed"), Some("true"), "{}: {}", sent.path, own.text);
            }
        }
        let agency = agencies.world.ask(Ask::new(Method::GET, "/v1/agency").key(&tenant_data.key)).await;
        assert!(agency.text.contains(&tenant_data.marks[0]));
    }
}
