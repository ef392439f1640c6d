//! The answer of get-post in each state, and the platform's text in it.

use chrono::Duration;
use serde_json::{Value, json};
use shared::net::SendError;

use super::{Held, answer, is_commit, leap, next_due, now, opened, settle, worker};
use crate::world::World;

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A post to this sandbox account after its first attempt.
async fn published_at_once(account: &str) -> (World, Value) {
    let world = World::new().await;
    let (client, id) = world.connected(account).await;
    let post = world.post(&client, &[&id], "Hello", now()).await;
    world.deliver().await;
    let post = world.read(&post).await;
    (world, post)
}

#[tokio::test]
async fn a_scheduled_post_has_its_time_and_no_attempts() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let schedule = json!({ "type": "at", "scheduledAt": "2026-07-08T15:00:00Z" });
    let created = world.post(&client, &[&account], "Hello", schedule.clone()).await;
    let post = world.read(&created).await;
    assert_eq!(post, created, "the same as the answer of its creation");
    let fields = ["object", "id", "clientId", "content", "media", "targets", "schedule", "status", "createdAt"];
    assert_eq!(keys(&post), fields);
    assert_eq!((&post["object"], &post["status"]), (&json!("post"), &json!("scheduled")));
    assert_eq!(post["schedule"], schedule);
    let target = json!({ "accountId": account, "platform": "x", "status": "scheduled", "attempts": [] });
    assert_eq!(post["targets"], json!([target]));
}

#[tokio::test]
async fn a_post_that_is_being_sent_is_publishing() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Hello", now()).await;
    let held = Held::on(&world, is_commit);
    let worker = worker(&world, held.clone());
    let look = async {
        held.arrived().await;
        let post = world.read(&post).await;
        held.release();
        post
    };
    let (done, sending) =
        tokio::join!(world.publish(publish_target::handle(&worker, opened(&world, &post).await)), look);
    done.unwrap();
    assert_eq!(sending["status"], "publishing");
    assert_eq!(sending["targets"][0]["status"], "sending");
    let attempt = json!({ "at": "2026-07-01T12:00:00Z", "step": "commit", "outcome": "started" });
    assert_eq!(sending["targets"][0]["attempts"], json!([attempt]));
    assert_eq!(world.read(&post).await["status"], "published");
}

#[tokio::test]
async fn a_published_target_has_its_id_and_url() {
    let (_, post) = published_at_once("demo_shop").await;
    assert_eq!(post["status"], "published");
    let target = &post["targets"][0];
    assert_eq!(keys(target), ["accountId", "platform", "status", "attempts", "platformPostId", "url"]);
    assert_eq!(target["attempts"][0]["outcome"], "published");
    let id = target["platformPostId"].as_str().unwrap();
    assert!(target["url"].as_str().unwrap().ends_with(&format!("x.com/demo_shop/status/{id}")), "{target}");
}

#[tokio::test]
async fn an_unpublished_target_has_a_complete_error() {
    for (account, status, overall) in [
        ("suspended", "failed", "failed"),
        ("token_dead", "held", "needs_attention"),
        ("lost_unposted", "unconfirmed", "needs_attention"),
        ("rate_limited", "scheduled", "scheduled"),
    ] {
        let (_, post) = published_at_once(account).await;
        let target = &post["targets"][0];
        assert_eq!((&target["status"], &post["status"]), (&json!(status), &json!(overall)), "{account}");
        let again = if status == "failed" { vec![] } else { vec!["nextAttemptAt"] };
        let fields = [vec!["accountId", "platform", "status", "attempts", "error"], again].concat();
        assert_eq!(keys(target), fields, "{account}");
        let error = &target["error"];
        assert_eq!(keys(error), ["code", "category", "message", "platformResponse", "retryable"], "{account}");
        assert_eq!(error["retryable"], matches!(status, "held" | "scheduled"), "{account}");
    }
}

#[tokio::test]
async fn a_post_with_published_and_failed_targets_is_partially_published() {
    let world = World::new().await;
    let (client, good) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    crate::world::Browser::default().connect_x(&world, &link, "suspended").await;
    let accounts = world.accounts(&client).await;
    let bad = accounts.iter().find(|account| account["handle"] == "suspended").unwrap();
    let bad = bad["id"].as_str().unwrap();
    let post = world.post(&client, &[bad, &good], "Hello", now()).await;
    world.deliver().await;
    let post = world.read(&post).await;
    assert_eq!(post["status"], "partially_published");
    let statuses: Vec<_> =
        post["targets"].as_array().unwrap().iter().map(|t| (&t["accountId"], &t["status"])).collect();
    assert_eq!(
        statuses,
        [(&json!(bad), &json!("failed")), (&json!(good), &json!("published"))],
        "in the requested order"
    );
}

#[tokio::test]
async fn the_last_ten_attempts_are_kept() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.hook(|request| is_commit(request).then(|| Ok(answer(429, &json!({ "title": "Too Many Requests" })))));
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.deliver().await;
    for _ in 0..11 {
        assert!(leap(&world).await);
    }
    let attempts = world.target(&post).await["attempts"].as_array().unwrap().clone();
    assert_eq!(attempts.len(), 10);
    assert!(attempts.iter().all(|attempt| attempt["outcome"] == "told to wait"), "{attempts:?}");
    let last: chrono::DateTime<chrono::Utc> = attempts[9]["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(last, world.now());
    assert_eq!(next_due(&world).await, Some(world.now() + Duration::minutes(15)));
}

/// A platform may echo the request, including its token.
#[tokio::test]
async fn the_platforms_text_is_masked_and_shortened() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.hook(|request| {
        is_commit(request).then(|| {
            let token = request.headers()["authorization"].to_str().unwrap().to_owned();
            Ok(answer(400, &json!({ "detail": format!("You sent\u{0} {token}: {}", "é".repeat(5000)) })))
        })
    });
    let post = world.post(&client, &[&account], "Hello", now()).await;
    settle(&world).await;
    let words = world.target(&post).await["error"]["platformResponse"].as_str().unwrap().to_owned();
    assert!(words.starts_with("You sent Bearer [secret]: é"), "{words}");
    assert_eq!(words.chars().count(), 500);
}

#[tokio::test]
async fn a_post_can_be_saved_with_any_answer_of_a_platform() {
    for (status, body) in [
        (403, json!({ "detail": "x".repeat(900_000) })),
        (429, json!({ "detail": "x".repeat(900_000) })),
        (503, json!({ "detail": "x".repeat(900_000) })),
        (201, json!({ "data": { "id": "1".repeat(900_000) } })),
        (
            200,
            json!({ "data": [{ "id": "1".repeat(900_000), "text": "Hello", "created_at": "2026-07-01T12:00:00Z" }] }),
        ),
    ] {
        let world = World::new().await;
        let (client, account) = world.connected("demo_shop").await;
        // The commit has a large answer, or none and is then read back.
        for commit in [true, false] {
            let body = body.clone();
            world.network.hook(move |request| {
                if is_commit(request) && !commit {
                    return Some(Err(SendError::OutcomeUnknown("lost".into())));
                }
                Some(Ok(answer(status, &body)))
            });
            let post = world.post(&client, &[&account], "Hello", now()).await;
            for _ in 0..4 {
                leap(&world).await;
            }
            let target = world.target(&post).await;
            assert_ne!(target["status"], "sending", "{status}");
            assert_ne!(target["status"], "published", "{status}");
            assert!(target.to_string().len() < 10_000, "{status}: {} bytes", target.to_string().len());
        }
    }
}
