//! Writing and reading records: keys, versions, permissions.

use serde_json::{Value, json};

use super::{BlueskyClient, POST, PUT, RKEY, SHOP, client_id, encode, error, putting};

#[tokio::test]
async fn the_same_record_under_the_same_key_is_written_once() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let first = bluesky.put(&session.access, SHOP, RKEY, "hello").await.unwrap().json();
    let again = bluesky.put(&session.access, SHOP, RKEY, "hello").await.unwrap().json();
    assert_eq!((&first["uri"], &first["cid"]), (&again["uri"], &again["cid"]));
    assert_eq!((first["commit"].is_object(), again.get("commit")), (true, None), "nothing was committed again");
    assert_eq!(bluesky.texts("demo-shop.test").await, ["hello"]);
    let puts = || bluesky.put(&session.access, SHOP, "3jzfcijpj2z2b", "at once");
    let (one, other) = tokio::join!(puts(), puts());
    assert_eq!((one.unwrap().status.as_u16(), other.unwrap().status.as_u16()), (200, 200));
    assert_eq!(bluesky.texts("demo-shop.test").await, ["at once", "hello"]);
}

#[tokio::test]
async fn a_swap_replaces_only_the_named_version() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let put = async |text: &str, swap: Option<Value>| {
        let mut body = putting(SHOP, RKEY, text);
        if let Some(swap) = swap {
            body["swapRecord"] = swap;
        }
        bluesky.call(&session.access, PUT, &body).await.unwrap()
    };
    let swap = (400, "InvalidSwap".to_owned());
    let some = "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua";
    assert_eq!(error(&put("one", Some(json!(some))).await), swap, "there is no record");
    let first = put("one", Some(Value::Null)).await.json();
    assert_eq!(put("one", Some(Value::Null)).await.status, 200, "an equal record passes");
    assert_eq!(error(&put("two", Some(Value::Null)).await), swap);
    assert_eq!(error(&put("two", Some(json!(some))).await), swap);
    assert_eq!(error(&put("two", Some(json!("text"))).await), (400, "InvalidRequest".into()));
    assert_eq!(put("two", Some(first["cid"].clone())).await.status, 200);
    assert_eq!(put("three", None).await.status, 200, "without a condition it is replaced");
    assert_eq!(bluesky.texts("demo-shop.test").await, ["three"]);
}

#[tokio::test]
async fn records_are_listed_by_key_and_read_by_version() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    for (at, key) in ["3jzfcijpj2z2a", "3jzfcijpj2z2b", "3jzfcijpj2z2c"].iter().enumerate() {
        bluesky.put(&session.access, SHOP, key, &format!("number {at}")).await.unwrap();
    }
    let list = async |query: &[(&str, &str)]| {
        let query = encode(&[&[("repo", "demo-shop.test"), ("collection", POST)], query].concat());
        bluesky.world.get(&format!("/xrpc/com.atproto.repo.listRecords?{query}")).await
    };
    let texts = |body: &Value| -> Vec<String> {
        let records = body["records"].as_array().unwrap();
        records.iter().map(|record| record["value"]["text"].as_str().unwrap().to_owned()).collect()
    };
    let page = list(&[("limit", "2")]).await.json();
    assert_eq!(texts(&page), ["number 2", "number 1"]);
    let rest = list(&[("limit", "2"), ("cursor", page["cursor"].as_str().unwrap())]).await.json();
    assert_eq!((texts(&rest), rest.get("cursor")), (vec!["number 0".to_owned()], None));
    for wrong in [("limit", "0"), ("limit", "101"), ("reverse", "true")] {
        assert_eq!(list(&[wrong]).await.status, 400, "{wrong:?}");
    }
    let read = bluesky.get(SHOP, RKEY).await.json();
    let get = async |repo: &str, cid: &str| {
        let query = encode(&[("repo", repo), ("collection", POST), ("rkey", RKEY), ("cid", cid)]);
        bluesky.world.get(&format!("/xrpc/com.atproto.repo.getRecord?{query}")).await
    };
    assert_eq!(get("demo-shop.test", read["cid"].as_str().unwrap()).await.json(), read);
    assert_eq!(error(&get(SHOP, "bafyother").await), (400, "RecordNotFound".into()));
    assert_eq!(error(&bluesky.get(SHOP, "3jzfcijpj2z2z").await), (400, "RecordNotFound".into()));
    assert_eq!(error(&get("nobody.test", "bafyother").await), (400, "InvalidRequest".into()));
}

#[tokio::test]
async fn a_write_needs_its_own_repository_and_both_permissions() {
    let mut bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let foreign = bluesky.put(&session.access, "demo-cafe.test", RKEY, "hello").await.unwrap();
    assert_eq!(error(&foreign), (401, "AuthenticationRequired".into()));
    let mut like = putting(SHOP, RKEY, "hello");
    like["collection"] = "app.bsky.feed.like".into();
    like["record"]["$type"] = "app.bsky.feed.like".into();
    let missing = (403, "ScopeMissingError".to_owned());
    assert_eq!(error(&bluesky.call(&session.access, PUT, &like).await.unwrap()), missing);
    bluesky.scope = "atproto repo:app.bsky.feed.post?action=create";
    bluesky.client_id = client_id(bluesky.scope);
    let creates = bluesky.connect("demo-shop.test").await;
    assert_eq!(
        error(&bluesky.put(&creates.access, SHOP, RKEY, "hello").await.unwrap()),
        missing,
        "put needs update, too"
    );
    let mut body = putting(SHOP, RKEY, "hello");
    body.as_object_mut().unwrap().remove("rkey");
    let created = bluesky.call(&creates.access, "/xrpc/com.atproto.repo.createRecord", &body).await.unwrap();
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(bluesky.texts("demo-shop.test").await, ["hello"]);
}

#[tokio::test]
async fn malformed_input_is_refused() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let put = async |change: &dyn Fn(&mut Value)| {
        let mut body = putting(SHOP, RKEY, "hello");
        change(&mut body);
        error(&bluesky.call(&session.access, PUT, &body).await.unwrap())
    };
    let invalid = (400, "InvalidRequest".to_owned());
    for name in ["repo", "collection", "rkey", "record"] {
        assert_eq!(put(&|body| drop(body.as_object_mut().unwrap().remove(name))).await, invalid, "{name}");
        assert_eq!(put(&|body| body[name] = 7.into()).await, invalid, "{name}");
    }
    for (name, value) in [
        ("rkey", json!("self")),
        ("rkey", json!("a/b")),
        ("validate", json!("yes")),
        ("swapCommit", json!("bafy")),
        ("wish", json!(1)),
    ] {
        assert_eq!(put(&|body| body[name] = value.clone()).await, invalid, "{name} {value}");
    }
    assert_eq!(put(&|body| body["record"]["$type"] = "app.bsky.feed.like".into()).await, invalid);
    assert_eq!(put(&|body| body["record"]["weight"] = json!(1.5)).await, invalid, "a float");
    let untyped =
        bluesky.outcome(&session.access, &json!({ "text": "hello", "createdAt": "2026-11-21T12:00:00Z" })).await;
    assert_eq!(untyped.0, 200, "the type of a record is its collection");
    assert_eq!(bluesky.get(SHOP, RKEY).await.json()["value"]["$type"], POST);
    let reply = bluesky.send(|| http::Request::post(PUT), Some(&session.access), b"{}").await.unwrap();
    assert_eq!(error(&reply), invalid);
}
