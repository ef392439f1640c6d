//! The same for media, whose publishing takes many steps and several claims: containers, carousels, chunked uploads.

use serde_json::{Value, json};

use super::killed_worker::KilledWorker;
use crate::{
    media::{ask, connected, feed, sample},
    publish::{next_due, opened, settle},
    world::{World, film_head},
};

/// An upper bound of the effects of each.
const MAX_EFFECTS: usize = 120;

/// Publishes with a worker that is killed before this effect, and then with one that is not. Returns the target, how often
/// the post is on the feed, and whether the first worker finished.
async fn crash_before(platform: &str, account: &str, media: &[&str], effects: usize) -> (Value, usize, bool) {
    let options = json!({ "tiktok": { "privacyLevel": "SELF_ONLY" } });
    let (world, target, finished) = crash_with(options, platform, account, media, effects).await;
    (target, feed(&world, platform, account).await.len(), finished)
}

/// The same with these options. Returns the world, the target, and whether the first worker finished.
async fn crash_with(
    options: Value,
    platform: &str,
    account: &str,
    media: &[&str],
    effects: usize,
) -> (World, Value, bool) {
    let world = World::new().await;
    world.files.put(VIDEO_URL, video());
    let place = connected(&world, platform, account).await;
    let change = json!({ "platformOptions": options });
    let post = ask(&world, &place, media, change).await.data();
    let worker = KilledWorker::before_effect(effects);
    let mut finished = true;
    while let Some(at) = next_due(&world).await.filter(|_| finished) {
        world.clock.set(at.max(world.now()));
        finished = worker.handle(&world, opened(&world, &post).await).await;
        world.lose_messages();
    }
    settle(&world).await;
    let target = world.target(&post).await;
    (world, target, finished)
}

const VIDEO_URL: &str = "https://m.test/video.mp4";

/// A video of two chunks.
fn video() -> Vec<u8> {
    let mut video = vec![7; 21 * 1024 * 1024];
    let head = film_head(video.len());
    video[..head.len()].copy_from_slice(&head);
    video
}

/// Kills the worker before each of its effects, and asserts that the post is published once and reported so.
async fn assert_published_once_after_any_crash(platform: &str, account: &str, media: &[&str]) {
    for effects in 0..MAX_EFFECTS {
        let (target, times, finished) = crash_before(platform, account, media, effects).await;
        assert_eq!(target["status"], "published", "before effect {effects}: {target}");
        assert_eq!(times, 1, "before effect {effects}");
        if finished {
            assert!(effects > 12, "publishing media has more effects: {effects}");
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn a_picture_is_published_once_after_any_crash() {
    assert_published_once_after_any_crash("instagram", "demo_shop", &[&sample("photo.jpg")]).await;
}

#[tokio::test]
async fn a_picture_whose_answer_is_lost_is_published_once_after_any_crash() {
    assert_published_once_after_any_crash("instagram", "answer_lost", &[&sample("photo.jpg")]).await;
}

#[tokio::test]
async fn a_carousel_is_published_once_after_any_crash() {
    let media = [sample("photo.jpg"), sample("clip.mp4")];
    assert_published_once_after_any_crash("instagram", "demo_shop", &[&media[0], &media[1]]).await;
}

#[tokio::test]
async fn a_chunked_upload_is_published_once_after_any_crash() {
    assert_published_once_after_any_crash("tiktok", "demo_shop", &[VIDEO_URL]).await;
}

#[tokio::test]
async fn a_chunked_upload_whose_answers_are_lost_is_published_once_after_any_crash() {
    for account in ["answer_lost", "chunk_lost"] {
        assert_published_once_after_any_crash("tiktok", account, &[VIDEO_URL]).await;
    }
}

/// The answer of the one call that publishes photos has the only id to ask about them by. A worker killed around that call
/// leaves them unconfirmed, and they are not sent again.
#[tokio::test]
async fn photos_are_published_at_most_once_after_any_crash() {
    let mut unconfirmed = Vec::new();
    for effects in 0..MAX_EFFECTS {
        let (target, times, finished) = crash_before("tiktok", "demo_shop", &[&sample("photo.jpg")], effects).await;
        match target["status"].as_str().unwrap() {
            "published" => assert_eq!(times, 1, "before effect {effects}"),
            "unconfirmed" => {
                assert!(times <= 1, "before effect {effects}");
                unconfirmed.push((effects, times));
            }
            other => panic!("before effect {effects}: {other}"),
        }
        if finished {
            // Saved but not sent; sent but its answer not saved.
            assert_eq!(unconfirmed.iter().map(|(_, times)| *times).collect::<Vec<_>>(), [0, 1]);
            return;
        }
    }
    panic!("it never came to an end");
}

/// A comment without an answer is left as it is: it may be there.
#[tokio::test]
async fn a_first_comment_is_written_at_most_once_after_any_crash() {
    let mut without = 0;
    for effects in 0..MAX_EFFECTS {
        let options = json!({ "instagram": { "firstComment": "#one" } });
        let (world, target, finished) =
            crash_with(options, "instagram", "demo_shop", &[&sample("photo.jpg")], effects).await;
        assert_eq!(target["status"], "published", "before effect {effects}: {target}");
        let feed = feed(&world, "instagram", "demo_shop").await;
        let comments = feed[0]["comments"].as_array().unwrap().len();
        assert!(feed.len() == 1 && comments <= 1, "before effect {effects}: {feed:?}");
        without += usize::from(comments == 0);
        if finished {
            // Killed between saving the step and the comment.
            assert_eq!((comments, without), (1, 1));
            return;
        }
    }
    panic!("it never came to an end");
}
