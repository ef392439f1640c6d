//! Checks of media when a post is created.

use chrono::Duration;
use serde_json::json;
use shared::testing::Ask;

use super::{ask, connected, describe, faults, feed, publish, sample};
use crate::world::World;

fn private() -> serde_json::Value {
    json!({ "platformOptions": { "tiktok": { "privacyLevel": "SELF_ONLY" } } })
}

#[tokio::test]
async fn text_without_media_is_refused_per_account_with_its_rule() {
    let world = World::new().await;
    for platform in ["instagram", "tiktok"] {
        let place = connected(&world, platform, "demo_shop").await;
        let answer = ask(&world, &place, &[], private()).await;
        let [(path, message)] = &faults(&answer)[..] else { panic!("{}", answer.text) };
        assert_eq!(path, "targets.accountIds[0]");
        assert!(message.contains(&place.1) && message.contains("media_required"), "{message}");
    }
}

#[tokio::test]
async fn tiktok_needs_a_privacy_level_and_the_refusal_lists_them() {
    let world = World::new().await;
    let place = connected(&world, "tiktok", "demo_shop").await;
    let clip = sample("clip.mp4");
    let answer = ask(&world, &place, &[&clip], json!({})).await;
    let (path, message) = &faults(&answer)[0];
    assert_eq!(path, "platformOptions.tiktok.privacyLevel");
    assert!(message.contains("PUBLIC_TO_EVERYONE") && message.contains(&place.1), "{message}");
    for (options, path) in [
        (json!({ "tiktok": { "privacyLevel": "EVERYBODY" } }), "platformOptions.tiktok.privacyLevel"),
        (json!({ "tiktok": { "privacyLevel": "SELF_ONLY", "mood": 1 } }), "platformOptions.tiktok.mood"),
        (json!({ "tiktok": { "privacyLevel": "SELF_ONLY", "allowDuet": "yes" } }), "platformOptions.tiktok.allowDuet"),
        (json!({ "myspace": {} }), "platformOptions.myspace"),
        (json!({ "tiktok": true }), "platformOptions.tiktok"),
        (json!([]), "platformOptions"),
    ] {
        let answer = ask(&world, &place, &[&clip], json!({ "platformOptions": options })).await;
        assert_eq!(faults(&answer)[0].0, path, "{options}");
    }
}

#[tokio::test]
async fn media_are_read_strictly() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let photo = sample("photo.jpg");
    let long = format!("https://m.test/{}", "a".repeat(2048));
    for (media, path) in [
        (json!({}), "media"),
        (json!([1]), "media[0]"),
        (json!([{}]), "media[0].url"),
        (json!([{ "url": photo }, { "url": 1 }]), "media[1].url"),
        (json!([{ "url": "not a url" }]), "media[0].url"),
        (json!([{ "url": long }]), "media[0].url"),
        (json!([{ "url": "https:///cdn.example.com/a.jpg" }]), "media[0].url"),
        (json!([{ "url": photo, "altText": "" }]), "media[0].altText"),
        (json!([{ "url": photo, "altText": "a".repeat(1001) }]), "media[0].altText"),
        (json!([{ "url": photo, "caption": "x" }]), "media[0].caption"),
        (json!(vec![json!({ "url": photo }); 36]), "media"),
    ] {
        let answer = ask(&world, &place, &[], json!({ "media": media })).await;
        assert!(faults(&answer).iter().any(|(at, _)| at == path), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_url_has_2048_characters_of_any_script_and_is_sent_in_ascii() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let long = format!("https://m.test/{}", "é".repeat(2033));
    let ascii = long.replace('é', "%C3%A9");
    world.files.put(&ascii, include_bytes!("../../../sandbox/media/photo.jpg").as_slice());
    let target = publish(&world, &place, &[&long], json!({}), Duration::minutes(5)).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    assert_eq!(feed(&world, "instagram", "demo_shop").await[0]["media"][0]["url"], json!(ascii));
    let answer = ask(&world, &place, &[&format!("{long}é")], json!({})).await;
    assert!(faults(&answer)[0].1.contains("at most 2048 characters; it has 2049"), "{}", answer.text);
}

#[tokio::test]
async fn type_and_size_of_a_head_answer_are_checked_at_creation() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let missing = ask(&world, &place, &[&sample("photo.jpg"), &sample("none.jpg")], json!({})).await;
    assert_eq!(faults(&missing)[0].0, "media[1].url");
    let png = ask(&world, &place, &[&sample("photo.png")], json!({})).await;
    assert!(faults(&png)[0].1.contains("media_format"), "{}", png.text);
    let many: Vec<String> = (0..11).map(|_| sample("photo.jpg")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(faults(&ask(&world, &place, &many, json!({})).await)[0].1.contains("too_many_media"));
    world.files.put("https://m.test/large.jpg", [b"\xFF\xD8\xFF\xE0".as_slice(), &vec![0; 9 * 1024 * 1024]].concat());
    let large = ask(&world, &place, &["https://m.test/large.jpg"], json!({})).await;
    assert!(faults(&large)[0].1.contains("media_too_large"), "{}", large.text);
    // A file that HEAD does not find is asked for again.
    let again = |call: &&String| call.starts_with("GET http://sandbox.test/media");
    assert_eq!(world.network.seen().iter().filter(again).collect::<Vec<_>>(), [&format!("GET {}", sample("none.jpg"))]);
}

/// A draft may name media that are uploaded later.
#[tokio::test]
async fn a_drafts_media_are_checked_when_it_is_scheduled() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let own = json!({ &place.1: { "media": [{ "url": sample("square.jpg") }] } });
    let _ = world.network.seen();
    let draft = json!({ "schedule": { "type": "draft" }, "overrides": own });
    let post = ask(&world, &place, &["https://m.test/later.jpg"], draft).await;
    assert_eq!((post.status.as_u16(), world.network.seen()), (201, vec![]), "{}", post.text);
    let path = format!("/v1/posts/{}", post.data()["id"].as_str().unwrap());
    let due = Ask::post(&path, &json!({ "schedule": { "type": "now" } })).with_method(http::Method::PATCH);
    let refused = world.ask(due.key(&world.key)).await;
    assert_eq!(faults(&refused)[0].0, "media[0].url");
    let mut asked = world.network.seen();
    asked.sort();
    let later = "https://m.test/later.jpg";
    assert_eq!(asked, [format!("GET {later}"), format!("HEAD {}", sample("square.jpg")), format!("HEAD {later}")]);
}

#[tokio::test]
async fn a_replay_does_not_check_the_media_again() {
    let world = World::new().await;
    let (client, account) = connected(&world, "instagram", "demo_shop").await;
    world.files.put("https://m.test/a.jpg", b"\xFF\xD8\xFF\xE0 a picture".as_slice());
    let body = json!({
        "clientId": client,
        "content": "",
        "media": [{ "url": "https://m.test/a.jpg", "altText": "A red car" }],
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": { "type": "at", "scheduledAt": "2030-01-01T00:00:00Z" },
    });
    let mut body = body;
    body["schedule"]["scheduledAt"] = json!(world.now() + chrono::Duration::hours(1));
    let post = || Ask::post("/v1/posts", &body).key(&world.key).header("idempotency-key", "once");
    let first = world.ask(post()).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(first.data()["media"], json!([{ "url": "https://m.test/a.jpg", "altText": "A red car" }]));
    world.files.remove("https://m.test/a.jpg");
    let again = world.ask(post()).await;
    assert_eq!((again.status, again.data()), (first.status, first.data()));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}
