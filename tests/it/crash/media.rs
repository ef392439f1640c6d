//! The same for publishes of many steps, over all the claims that they take: containers, carousels, uploads in pieces.

use serde_json::{Value, json};

use super::mortal::Life;
use crate::media::{ask, connected, feed, sample};
use crate::{
    publish::{message, next_due, settle},
    world::World,
};

/// More effects than any of them has.
const MANY: usize = 120;

/// Publishes with a worker that dies before this effect, wherever that is, and then with one that lives. What we say of
/// the target, how often it is there, and whether the first worker lived to the end.
async fn fate(platform: &str, account: &str, media: &[&str], effects: usize) -> (Value, usize, bool) {
    let world = World::new().await;
    world.files.put(FILM, film());
    let place = connected(&world, platform, account).await;
    let change = json!({ "platformOptions": { "tiktok": { "privacyLevel": "SELF_ONLY" } } });
    let post = ask(&world, &place, media, change).await.data();
    let life = Life::of(effects);
    let mut lived = true;
    while let Some(at) = next_due(&world).await.filter(|_| lived) {
        world.clock.set(at.max(world.now()));
        lived = life.handle(&world, message(&world, &post)).await;
        world.lose_messages();
    }
    settle(&world).await;
    (world.target(&post).await, feed(&world, platform, account).await.len(), lived)
}

const FILM: &str = "https://m.test/film.mp4";

/// Of two pieces.
fn film() -> Vec<u8> {
    let mut film = vec![7; 21 * 1024 * 1024];
    film[..12].copy_from_slice(b"\0\0\0\x20ftypisom");
    film
}

/// Kills it before every effect that it has. Each time it is published once, and we say so.
async fn is_published_once_wherever_it_is_killed(platform: &str, account: &str, media: &[&str]) {
    for effects in 0..MANY {
        let (target, times, lived) = fate(platform, account, media, effects).await;
        assert_eq!(target["status"], "published", "before effect {effects}: {target}");
        assert_eq!(times, 1, "before effect {effects}");
        if lived {
            assert!(effects > 12, "a publish of so few effects is none of these: {effects}");
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn a_picture_killed_anywhere() {
    is_published_once_wherever_it_is_killed("instagram", "demo_shop", &[&sample("photo.jpg")]).await;
}

#[tokio::test]
async fn a_picture_whose_answer_is_lost_killed_anywhere() {
    is_published_once_wherever_it_is_killed("instagram", "answer_lost", &[&sample("photo.jpg")]).await;
}

#[tokio::test]
async fn a_carousel_killed_anywhere() {
    let media = [sample("photo.jpg"), sample("clip.mp4")];
    is_published_once_wherever_it_is_killed("instagram", "demo_shop", &[&media[0], &media[1]]).await;
}

#[tokio::test]
async fn an_upload_in_pieces_killed_anywhere() {
    is_published_once_wherever_it_is_killed("tiktok", "demo_shop", &[FILM]).await;
}

#[tokio::test]
async fn an_upload_whose_answers_are_lost_killed_anywhere() {
    for account in ["answer_lost", "chunk_lost"] {
        is_published_once_wherever_it_is_killed("tiktok", account, &[FILM]).await;
    }
}

/// The one call that publishes photos names what could be asked about: killed around it, they are doubt, and never sent
/// again.
#[tokio::test]
async fn photos_killed_anywhere_are_there_at_most_once() {
    let mut doubts = Vec::new();
    for effects in 0..MANY {
        let (target, times, lived) = fate("tiktok", "demo_shop", &[&sample("photo.jpg")], effects).await;
        match target["status"].as_str().unwrap() {
            "published" => assert_eq!(times, 1, "before effect {effects}"),
            "unconfirmed" => {
                assert!(times <= 1, "before effect {effects}");
                doubts.push((effects, times));
            }
            other => panic!("before effect {effects}: {other}"),
        }
        if lived {
            // On record and not sent; sent and its answer not saved.
            assert_eq!(doubts.iter().map(|(_, times)| *times).collect::<Vec<_>>(), [0, 1]);
            return;
        }
    }
    panic!("it never came to an end");
}
