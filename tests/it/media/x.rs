//! What the agency sees for posts with media, and for the options of X.

use chrono::Duration;
use serde_json::{Value, json};

use super::{ask, connected, describe, faults, feed, has_a_remedy, publish, sample};
use crate::{
    publish::{answer, settle},
    world::{WITHOUT_LENGTH, World, film_head},
};

const SOON: Duration = Duration::seconds(30);
const MINUTES: Duration = Duration::minutes(5);

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

/// A film of this length, whose bytes differ.
fn film(length: usize) -> Vec<u8> {
    let mut film: Vec<u8> = (0..length).map(|n| u8::try_from(n % 253).unwrap()).collect();
    let head = film_head(length);
    film[..head.len()].copy_from_slice(&head);
    film
}

fn gif(world: &World, length: usize) -> &'static str {
    let url = "https://m.test/a.gif";
    world.files.put(url, [b"GIF89a".as_slice(), &vec![1; length - 6]].concat());
    url
}

#[tokio::test]
async fn four_images_are_published_with_their_descriptions() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let names = ["photo.jpg", "photo.png", "photo.webp", "tall.jpg"];
    let media: Vec<Value> = names
        .iter()
        .map(|name| json!({ "url": sample(name), "altText": format!("What {name} shows: é & <b>") }))
        .collect();
    let target = publish(&world, &place, &[], json!({ "media": media }), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let feed = feed(&world, "x", "demo_shop").await;
    assert_eq!((feed.len(), &feed[0]["id"]), (1, &target["platformPostId"]));
    assert_eq!(feed[0]["text"], "New drop is live 🚗");
    for (posted, name) in feed[0]["media"].as_array().unwrap().iter().zip(names) {
        assert_eq!(posted["altText"], format!("What {name} shows: é & <b>"));
        let file = std::fs::read(format!("../sandbox/media/{name}")).unwrap();
        assert_eq!(posted["segments"], json!([{ "bytes": file.len(), "sha256": sha256(&file) }]), "{name}");
    }
}

#[tokio::test]
async fn a_video_is_uploaded_in_pieces_without_changes() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let video = film(9 * 1024 * 1024 + 7);
    world.files.put("https://m.test/video.mp4", video.clone());
    let target = publish(&world, &place, &["https://m.test/video.mp4"], json!({}), MINUTES).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let segments: Vec<Value> =
        video.chunks(4 * 1024 * 1024).map(|piece| json!({ "bytes": piece.len(), "sha256": sha256(piece) })).collect();
    let media = &feed(&world, "x", "demo_shop").await[0]["media"];
    assert_eq!(segments.len(), 3);
    assert_eq!(*media, json!([{ "kind": "video", "bytes": video.len(), "altText": null, "segments": segments }]));
}

#[tokio::test]
async fn a_gif_needs_no_text() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let url = gif(&world, 6 * 1024 * 1024);
    let change = json!({ "content": "", "media": [{ "url": url, "altText": "It spins" }] });
    let target = publish(&world, &place, &[], change, MINUTES).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let post = feed(&world, "x", "demo_shop").await.remove(0);
    assert_eq!((&post["text"], &post["media"][0]["kind"]), (&json!(""), &json!("gif")));
    assert_eq!(post["media"][0]["altText"], "It spins");
}

#[tokio::test]
async fn each_sandbox_account_leads_to_its_documented_outcome() {
    let world = World::new().await;
    let (photo, clip) = (sample("photo.jpg"), sample("clip.mp4"));
    for (account, file, expected) in [
        ("busy_shop", &photo, "published - -"),
        ("chunk_lost", &photo, "published - -"),
        ("media_gone", &photo, "published - -"),
        ("media_gone", &clip, "published - -"),
        ("slow_processing", &clip, "published - -"),
        ("processing_fail", &photo, "published - -"),
        ("processing_fail", &clip, "failed media_refused media"),
        ("no_credits", &photo, "scheduled usage_capped quota again"),
        ("daily_limit", &photo, "scheduled rate_limited quota again"),
        ("suspended", &photo, "failed account_suspended account"),
        ("token_dead", &photo, "held reconnect_required auth again"),
    ] {
        let place = connected(&world, "x", account).await;
        let before = feed(&world, "x", account).await.len();
        let target = publish(&world, &place, &[file], json!({}), MINUTES).await;
        assert_eq!(describe(&target), expected, "{account}: {target}");
        let posts = feed(&world, "x", account).await.len() - before;
        assert_eq!(posts, usize::from(expected.starts_with("published")), "{account}");
    }
}

#[tokio::test]
async fn an_account_without_the_scope_for_media_can_post_text() {
    let world = World::new().await;
    let place = connected(&world, "x", "no_media_scope").await;
    let refused = ask(&world, &place, &[&sample("photo.jpg")], json!({})).await;
    let message = &faults(&refused)[0].1;
    assert!(message.contains("scope_missing") && message.contains("media.write"), "{message}");
    let target = publish(&world, &place, &[], json!({}), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    assert_eq!(world.accounts(&place.0).await[0]["status"], "connected");
}

/// What an account may do is not known if it was connected before that was stored, or when the customer has changed it at X.
#[tokio::test]
async fn x_refuses_uploads_of_an_account_without_their_scope() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    world.network.hook(|request| {
        let forbidden = json!({ "title": "Forbidden", "detail": "Forbidden", "type": "about:blank", "status": 403 });
        request.uri().path().ends_with("/initialize").then(|| Ok(answer(403, &forbidden)))
    });
    let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), SOON).await;
    assert_eq!(describe(&target), "failed scope_missing auth", "{target}");
    has_a_remedy(&target);
    assert_eq!(world.accounts(&place.0).await[0]["status"], "connected");
}

#[tokio::test]
async fn a_post_with_media_whose_answer_is_lost_is_found_by_its_uploads() {
    for content in ["Look", ""] {
        let world = World::new().await;
        let place = connected(&world, "x", "answer_lost").await;
        let photo = sample("photo.jpg");
        // An older post that looks the same.
        publish(&world, &place, &[&photo], json!({ "content": content }), MINUTES).await;
        let target = publish(&world, &place, &[&photo, &photo], json!({ "content": content }), MINUTES).await;
        assert_eq!(describe(&target), "published - -", "{target}");
        let feed = feed(&world, "x", "answer_lost").await;
        assert_eq!((feed.len(), &feed[0]["id"]), (2, &target["platformPostId"]));
        assert_eq!(feed[0]["media"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_post_with_media_that_never_arrived_stays_in_doubt() {
    let world = World::new().await;
    let place = connected(&world, "x", "lost_unposted").await;
    let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), SOON).await;
    assert_eq!(describe(&target), "unconfirmed outcome_unknown network", "{target}");
    settle(&world).await;
    assert!(feed(&world, "x", "lost_unposted").await.is_empty(), "nothing was sent again");
}

#[tokio::test]
async fn media_that_x_does_not_take_are_refused_at_creation() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let (photo, clip, big) = (sample("photo.jpg"), sample("clip.mp4"), "https://m.test/big.png");
    world.files.put(big, [b"\x89PNG\r\n\x1A\n".as_slice(), &vec![0; 5 * 1024 * 1024]].concat());
    let large = gif(&world, 15 * 1024 * 1024 + 1);
    let poll = json!({ "platformOptions": { "x": { "poll": { "options": ["a", "b"], "durationMinutes": 5 } } } });
    let none = || json!({});
    for (media, change, rule) in [
        (vec![photo.as_str(); 5], none(), "too_many_media"),
        (vec![&photo, &clip], none(), "media_mixed"),
        (vec![&clip, &clip], none(), "too_many_media"),
        (vec![&photo, large], none(), "media_mixed"),
        (vec![big], none(), "media_too_large"),
        (vec![large], none(), "media_too_large"),
        (vec![], json!({ "content": " " }), "text_required"),
        (vec![&photo], poll, "media_not_supported"),
    ] {
        let answer = ask(&world, &place, &media, change).await;
        let [(path, message)] = &faults(&answer)[..] else { panic!("{}", answer.text) };
        assert_eq!(path, "targets.accountIds[0]");
        assert!(message.contains(rule), "{rule}: {message}");
    }
}

#[tokio::test]
async fn a_film_that_is_too_long_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let mut long = film(100_000);
    let at = long.windows(4).position(|name| name == b"mvhd").unwrap() + 4;
    // A duration of 141 s, at one unit a second.
    long[at + 16..at + 20].copy_from_slice(&141_u32.to_be_bytes());
    world.files.put("https://m.test/long.mp4", long);
    let target = publish(&world, &place, &["https://m.test/long.mp4"], json!({}), SOON).await;
    assert_eq!(describe(&target), "failed media_length media", "{target}");
    assert!(!world.network.seen().iter().any(|call| call.contains("/2/media/")), "nothing was sent");
}

#[tokio::test]
async fn the_options_of_x_are_published() {
    let world = World::new().await;
    let place = connected(&world, "x", "demo_shop").await;
    let poll = json!({ "options": ["Red", "Blue"], "durationMinutes": 1440 });
    let options = json!({ "replySettings": "following", "madeWithAi": true, "paidPartnership": true, "poll": poll });
    let target = publish(&world, &place, &[], json!({ "platformOptions": { "x": options } }), SOON).await;
    assert_eq!(describe(&target), "published - -", "{target}");
    let post = feed(&world, "x", "demo_shop").await.remove(0);
    for (name, value) in options.as_object().unwrap() {
        assert_eq!(post[name], *value, "{name}");
    }
    for (options, name) in [
        (json!({ "replySettings": "everyone" }), "replySettings"),
        (json!({ "poll": { "options": ["a"], "durationMinutes": 5 } }), "poll"),
        (json!({ "poll": { "options": ["a", "b"] } }), "poll"),
        (json!({ "quote": "1" }), "quote"),
    ] {
        let answer = ask(&world, &place, &[], json!({ "platformOptions": { "x": options } })).await;
        assert_eq!(faults(&answer)[0].0, format!("platformOptions.x.{name}"));
    }
}

#[tokio::test]
async fn a_file_whose_server_tells_no_length_is_not_uploaded() {
    let world = World::new().await;
    let url = format!("{WITHOUT_LENGTH}photo.jpg");
    world.files.put(&url, std::fs::read("../sandbox/media/photo.jpg").unwrap());
    let place = connected(&world, "x", "demo_shop").await;
    let target = publish(&world, &place, &[&url], json!({}), MINUTES).await;
    assert_eq!(target["error"]["code"], "media_unreachable", "{target}");
    assert!(target["error"]["message"].as_str().unwrap().contains("does not say how long"), "{target}");
    assert_eq!(feed(&world, "x", "demo_shop").await.len(), 0);
}
