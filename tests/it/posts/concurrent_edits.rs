//! Two concurrent edits of one post.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use http::Method;
use serde_json::json;

use super::edit;
use crate::media::{ask, connected, sample};
use crate::{connect::wait, world::World};

#[tokio::test]
async fn two_concurrent_edits_are_both_applied_or_one_is_refused() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "A", json!({ "type": "draft" })).await;
    let last = world.now() + Duration::hours(9);
    let (one, two) = tokio::join!(
        edit(&world, &post, json!({ "content": "B" })),
        edit(&world, &post, json!({ "publishBefore": last })),
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    let post = world.read(&post).await;
    assert_eq!((&post["content"], post["publishBefore"].is_null()), (&json!("B"), false));
}

/// The checks of an edit depend on the post's media and due time, which another edit can change.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_refused_if_another_changed_what_its_checks_depend_on() {
    let other = json!([{ "url": sample("square.jpg") }]);
    for change in ["media", "overrides", "schedule"] {
        let world = Arc::new(World::new().await);
        let place = connected(&world, "instagram", "demo_shop").await;
        let due = json!({ "schedule": { "type": "at", "scheduledAt": world.now() + Duration::hours(1) } });
        let post = ask(&world, &place, &[&sample("photo.jpg")], due).await.data();
        let inner = match change {
            "media" => json!({ "media": other }),
            "overrides" => json!({ "overrides": { &place.1: { "media": other } } }),
            _ => json!({ "schedule": { "type": "draft" } }),
        };
        let (shared_world, inner, edited) = (Arc::clone(&world), Mutex::new(Some(inner)), post.clone());
        world.network.hook(move |request| {
            let first = (request.method() == Method::HEAD).then(|| inner.lock().unwrap().take()).flatten();
            if let Some(inner) = first {
                let answer = wait(edit(&shared_world, &edited, inner));
                assert_eq!(answer.status, 200, "{}", answer.text);
            }
            None
        });
        let outer = edit(&world, &post, json!({ "content": "Outer" })).await;
        world.network.unhook();
        assert_eq!((outer.status.as_u16(), outer.code().as_str()), (409, "state_conflict"), "{change}: {}", outer.text);
        let left = world.read(&post).await;
        assert_eq!(left["content"], post["content"], "{change}: the outer edit changed nothing");
        assert_ne!(left[change], post[change], "{change}: the inner edit is applied");
    }
}
