//! The rules of `app.bsky.feed.post`.

use serde_json::{Value, json};

use super::{BlueskyClient, record};

#[tokio::test]
async fn a_text_has_at_most_300_graphemes_and_3000_bytes() {
    let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦";
    for (text, fits) in [
        ("a".repeat(300), true),
        ("a".repeat(301), false),
        (String::new(), true),
        ("🇫🇷".repeat(300), true),
        ("🇫🇷".repeat(301), false),
        (family.repeat(120), true),
        (family.repeat(121), false),
    ] {
        let bluesky = BlueskyClient::new().await;
        let session = bluesky.connect("demo-shop.test").await;
        let (status, message) = bluesky.outcome(&session.access, &record(&text)).await;
        assert_eq!(status == 200, fits, "{} bytes: {message}", text.len());
        assert!(fits || message.starts_with("Invalid app.bsky.feed.post record: Record/text must not be longer than"));
    }
}

#[tokio::test]
async fn each_property_of_a_post_is_checked() {
    let bluesky = BlueskyClient::new().await;
    let session = bluesky.connect("demo-shop.test").await;
    let index = json!({ "byteStart": 0, "byteEnd": 2 });
    let facet = |index: Value, feature: Value| json!([{ "index": index, "features": [feature] }]);
    let link = || json!({ "$type": "app.bsky.richtext.facet#link", "uri": "https://example.com/é" });
    let range = |start: Value, end: Value| json!({ "byteStart": start, "byteEnd": end });
    let reference = json!({ "uri": "at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a", "cid": "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua" });
    for (name, value) in [
        ("text", Value::Null),
        ("text", json!(7)),
        ("createdAt", Value::Null),
        ("createdAt", json!("2026-11-21")),
        ("createdAt", json!("2026-11-21T12:00:00")),
        ("facets", json!({})),
        ("facets", json!([{}])),
        ("facets", json!([{ "index": index }])),
        ("facets", facet(range(json!(-1), json!(2)), link())),
        ("facets", facet(range(json!(2), json!(2)), link())),
        ("facets", facet(range(json!(3), json!(2)), link())),
        ("facets", facet(range(json!(0), json!(1)), link())),
        ("facets", facet(range(json!(0), json!(99)), link())),
        ("facets", facet(index.clone(), json!({ "uri": "https://example.com" }))),
        ("facets", facet(index.clone(), json!({ "$type": "app.bsky.richtext.facet#link", "uri": "example.com" }))),
        ("facets", facet(index.clone(), json!({ "$type": "app.bsky.richtext.facet#mention", "did": "ann.test" }))),
        ("facets", facet(index.clone(), json!({ "$type": "app.bsky.richtext.facet#tag", "tag": "a".repeat(65) }))),
        ("langs", json!(["en", "de", "fr", "es"])),
        ("langs", json!(["not a language"])),
        ("tags", json!(["a".repeat(65)])),
        ("labels", json!({ "values": [] })),
        ("labels", json!({ "$type": "com.atproto.label.defs#selfLabels" })),
        ("labels", json!({ "$type": "com.atproto.label.defs#selfLabels", "values": ["porn"] })),
        ("labels", json!({ "$type": "com.atproto.label.defs#selfLabels", "values": vec![json!({ "val": "a" }); 11] })),
        ("reply", json!({ "root": reference })),
        ("embed", json!({ "images": [] })),
        ("embed", json!({ "$type": "app.bsky.embed.record", "record": {} })),
        ("embed", json!({ "$type": "app.bsky.embed.external", "external": { "uri": "https://example.com" } })),
    ] {
        let mut post = record("é hello");
        if value.is_null() {
            post.as_object_mut().unwrap().remove(name);
        } else {
            post[name] = value.clone();
        }
        let (status, message) = bluesky.outcome(&session.access, &post).await;
        assert_eq!(status, 400, "{name} {value}");
        assert!(message.starts_with("Invalid app.bsky.feed.post record: Record"), "{message}");
    }
    let mut full = record("é hello");
    full["facets"] = json!([
        { "index": index, "features": [link(), { "$type": "app.bsky.richtext.facet#mention", "did": "did:plc:x" }] },
        { "index": { "byteStart": 3, "byteEnd": 8 }, "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "hello" }] },
        { "index": { "byteStart": 3, "byteEnd": 8 }, "features": [{ "$type": "com.example.unknown" }] },
    ]);
    full["langs"] = json!(["en-US", "de"]);
    full["tags"] = json!(["news"]);
    full["labels"] = json!({ "$type": "com.atproto.label.defs#selfLabels", "values": [{ "val": "nudity" }] });
    full["reply"] = json!({ "root": reference, "parent": reference });
    full["embed"] = json!({ "$type": "app.bsky.embed.record", "record": reference });
    assert_eq!(bluesky.outcome(&session.access, &full).await, (200, String::new()));
}
