//! Changing the agency: omitted fields are kept, `null` removes a field, and concurrent changes do not overwrite each other.

use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::testing::Ask;

use super::{JPEG, agency, all, change, jpeg, patch, png};
use crate::world::World;

#[tokio::test]
async fn a_change_answers_the_whole_changed_agency() {
    let world = World::new().await;
    let changed = change(&world, &world.key, all()).await;
    assert_eq!(
        changed,
        json!({
            "object": "agency", "id": world.agency, "mode": "live", "name": "Autoloom", "color": "#0b5fd9",
            "logo": { "contentType": "image/png", "bytes": 70, "width": 1, "height": 1 },
            "returnUrls": ["https://app.example.com/connected", "https://app.example.com:8443/?from=link"],
            "tokensNotBefore": null,
            "limits": { "readsPerHour": 100_000, "writesPerHour": 100_000 },
        })
    );
    assert_eq!(agency(&world, &world.key).await, changed);
}

#[tokio::test]
async fn omitted_fields_are_kept_and_null_removes_a_field() {
    let world = World::new().await;
    let mut expected = change(&world, &world.key, all()).await;
    for (field, value) in [
        ("name", json!("Other")),
        ("color", json!("#ffffff")),
        ("color", Value::Null),
        ("logo", Value::Null),
        ("returnUrls", json!(["https://other.example/"])),
        ("returnUrls", Value::Null),
        ("returnUrls", json!([])),
    ] {
        let mut body = json!({});
        body[field] = value.clone();
        expected[field] = if field == "returnUrls" && value.is_null() { json!([]) } else { value };
        assert_eq!(change(&world, &world.key, body).await, expected);
    }
    assert_eq!(change(&world, &world.key, json!({})).await, expected);
    // Removing a field that is not set is no fault.
    let nothing = json!({ "color": null, "logo": null, "returnUrls": null });
    assert_eq!(change(&world, &world.key, nothing).await, expected);
}

#[tokio::test]
async fn values_are_stored_normalized() {
    let world = World::new().await;
    let body = json!({
        "name": "  Cafe\u{301} סוכנות  ", "color": "#0B5FD9",
        "returnUrls": ["HTTPS://App.Example.com:443/A?b=%20", "https://bücher.example"],
    });
    let changed = change(&world, &world.key, body).await;
    assert_eq!((&changed["name"], &changed["color"]), (&json!("Caf\u{e9} סוכנות"), &json!("#0b5fd9")));
    assert_eq!(changed["returnUrls"], json!(["https://app.example.com/A?b=%20", "https://xn--bcher-kva.example/"]));
}

#[tokio::test]
async fn a_change_is_idempotent_with_and_without_an_idempotency_key() {
    let world = World::new().await;
    let first = change(&world, &world.key, all()).await;
    assert_eq!(change(&world, &world.key, all()).await, first);
    for color in ["#000000", "#ffffff"] {
        // A PATCH ignores the header: it neither replays nor refuses.
        let answer = world.ask(patch(&json!({ "color": color })).key(&world.key).idempotency_key("k")).await;
        assert_eq!((answer.status.as_u16(), &answer.data()["color"]), (200, &json!(color)));
        assert_eq!(answer.header("idempotent-replayed"), None);
    }
}

#[tokio::test]
async fn concurrent_changes_of_different_fields_all_succeed() {
    let world = World::new().await;
    for round in 0..5 {
        let bodies = [
            json!({ "name": format!("Agency {round}") }),
            json!({ "color": format!("#00000{round}") }),
            json!({ "logo": if round % 2 == 0 { png() } else { jpeg() } }),
            json!({ "returnUrls": [format!("https://{round}.example/")] }),
        ];
        let changes = join_all(bodies.iter().map(|body| world.ask(patch(body).key(&world.key))));
        let reads = join_all((0..10).map(|_| world.ask(Ask::get("/v1/agency").key(&world.key))));
        let (changes, reads) = futures_util::future::join(changes, reads).await;
        for answer in changes.iter().chain(&reads) {
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let agency = agency(&world, &world.key).await;
        assert_eq!(agency["name"], bodies[0]["name"]);
        assert_eq!(agency["color"], bodies[1]["color"]);
        assert_eq!(agency["logo"]["contentType"], if round % 2 == 0 { "image/png" } else { "image/jpeg" });
        assert_eq!(agency["returnUrls"], bodies[3]["returnUrls"]);
    }
}

#[tokio::test]
async fn after_two_concurrent_logo_changes_description_and_image_agree() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    for _ in 0..10 {
        join_all([png(), jpeg()].map(|logo| change(&world, &world.key, json!({ "logo": logo })))).await;
        let described = agency(&world, &world.key).await["logo"].clone();
        let served = world.ask(Ask::get(&format!("{link}/logo"))).await;
        assert_eq!(served.header("content-type"), described["contentType"].as_str());
        assert_eq!(Some(served.bytes.len() as u64), described["bytes"].as_u64());
        assert_eq!(served.bytes == JPEG, described["contentType"] == "image/jpeg");
    }
}
