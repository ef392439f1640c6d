//! The same for platforms that take secrets in URLs and issue URLs that are secrets.

use chrono::Duration;
use serde_json::json;

use super::{Log, Secrets, add_stored};
use crate::{
    connect::{reply, said},
    media::{describe, publish, sample},
    world::{Browser, World},
};

#[tokio::test]
async fn no_secret_of_a_connection_with_media_is_logged_or_stored_in_plain() {
    let (log, _guard) = Log::start();
    let (world, secrets) = (World::new().await, Secrets::default());
    let tap = secrets.clone();
    world.network.hook(move |request| {
        tap.add_request(request);
        None
    });
    let client = world.client("A").await;
    let link = world.link(&client, &["instagram", "tiktok"]).await;
    let mut browser = Browser::default();
    for platform in ["instagram", "tiktok"] {
        let callback = browser.authorize(&world, &link, platform, "demo_shop").await;
        secrets.add_callback(&callback);
        assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""));
    }
    add_stored(&secrets, &world, &client).await;
    let ids: Vec<(String, String)> = world
        .accounts(&client)
        .await
        .iter()
        .map(|account| (client.clone(), account["id"].as_str().unwrap().to_owned()))
        .collect();
    let change = || json!({ "platformOptions": { "tiktok": { "privacyLevel": "SELF_ONLY" } } });
    for place in &ids {
        let target = publish(&world, place, &[&sample("clip.mp4")], change(), Duration::minutes(5)).await;
        assert_eq!(describe(&target), "published - -", "{target}");
    }
    // After a month, Instagram's token is renewed, by a secret in a URL.
    world.clock.advance(Duration::days(40));
    for place in &ids {
        publish(&world, place, &[&sample("clip.mp4")], change(), Duration::minutes(5)).await;
    }
    add_stored(&secrets, &world, &client).await;

    // Platforms that echo each request, including its URL.
    let tap = secrets.clone();
    world.network.hook(move |request| {
        tap.add_request(request);
        if request.uri().path().starts_with("/media/") {
            return None;
        }
        let sent: Vec<&str> = request.headers().values().filter_map(|value| value.to_str().ok()).collect();
        let sent = format!("{} {} {}", request.uri(), sent.join(" "), String::from_utf8_lossy(request.body()));
        let error = json!({ "code": 12345, "message": sent, "error_user_msg": sent });
        Some(Ok(reply(403, &json!({ "error": error, "error_description": sent }))))
    });
    for place in &ids {
        let target = publish(&world, place, &[&sample("clip.mp4")], change(), Duration::minutes(1)).await;
        secrets.are_not_in("a post's answer", target.to_string().as_bytes());
    }
    let kinds = secrets.kinds();
    for kind in ["access token", "app secret", "credential", "refresh token", "upload token", "code", "state"] {
        assert!(kinds.contains(kind), "{kind} was not looked for: {kinds:?}");
    }
    secrets.are_nowhere(&world, &log).await;
}
