//! Publishing by accounts without a special behavior.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::World;

#[tokio::test]
async fn a_post_is_answered_with_its_id_and_is_in_the_feed() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let reply = world.tweet(&access, "fish & <chips>").await.unwrap();
    assert_eq!(reply.status, 201);
    let data = &reply.json()["data"];
    assert_eq!(data["text"], "fish &amp; &lt;chips&gt;");
    assert_eq!(data["edit_history_post_ids"], json!([data["id"]]));
    let id: u64 = data["id"].as_str().unwrap().parse().unwrap();
    let at = 1_288_834_974_657 + (id >> 22);
    assert_eq!(at, u64::try_from(world.now().timestamp_millis()).unwrap());
    assert_eq!(world.feed("demo_shop").await, ["fish & <chips>"]);
}

#[tokio::test]
async fn ids_grow_while_the_clock_does_not() {
    let world = World::new().await;
    let shop = world.connect("demo_shop").await;
    let cafe = world.connect("demo_cafe").await;
    let mut ids = Vec::new();
    for (access, text) in [(&shop, "1"), (&shop, "2"), (&shop, "3"), (&cafe, "3"), (&cafe, "4")] {
        let reply = world.tweet(access, text).await.unwrap().json();
        ids.push(reply["data"]["id"].as_str().unwrap().parse::<u64>().unwrap());
    }
    assert!(ids[..3].is_sorted_by(|a, b| a < b), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5, "no two posts share an id");
}

#[tokio::test]
async fn the_same_text_is_refused_for_twelve_hours() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    assert_eq!(world.tweet(&access, "café").await.unwrap().status, 201);
    let refusal = json!({
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
    });
    for same in ["café", "cafe\u{301}", " café\n"] {
        let reply = world.tweet(&access, same).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.json()), (403, refusal.clone()));
    }
    let cafe = world.connect("demo_cafe").await;
    let elsewhere = world.tweet(&cafe, "café").await.unwrap();
    assert_eq!(elsewhere.status, 201, "another account may post the same text");
    world.pass(12 * 60 * 60 - 1);
    let access = world.connect("demo_shop").await;
    assert_eq!(world.tweet(&access, "café").await.unwrap().status, 403);
    world.pass(60);
    assert_eq!(world.tweet(&access, "café").await.unwrap().status, 201);
    assert_eq!(world.feed("demo_shop").await, ["café", "café"]);
}

#[tokio::test]
async fn of_concurrent_posts_with_the_same_text_one_is_published() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let all = tokio::join!(
        world.tweet(&access, "once"),
        world.tweet(&access, "once"),
        world.tweet(&access, "once"),
        world.tweet(&access, "once"),
    );
    let mut statuses = [all.0, all.1, all.2, all.3].map(|reply| reply.unwrap().status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403]);
    assert_eq!(world.feed("demo_shop").await, ["once"]);
}

#[tokio::test]
async fn two_hundred_and_eighty_is_the_limit() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let long = "語".repeat(140);
    assert_eq!(world.tweet(&access, &long).await.unwrap().status, 201);
    for too_long in [format!("{long}!"), "a\u{FFFE}".to_owned()] {
        let reply = world.tweet(&access, &too_long).await.unwrap();
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["detail"], "You are not permitted to perform this action.");
    }
    assert_eq!(world.feed("demo_shop").await, [long]);
}

#[tokio::test]
async fn malformed_posts_are_refused_with_the_texts_of_x() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let cases = [
        (json!({ "text": "" }), "$.text: must be at least 1 characters long"),
        (json!({ "text": " \n" }), "$.text: must be at least 1 characters long"),
        (json!({ "text": 7 }), "$.text: string expected"),
        (json!({}), "$.text: is missing but it is required"),
        (json!([]), "The request body is not a JSON object."),
        (
            json!({ "text": "a", "idempotency_key": "b" }),
            "$.idempotency_key: is not defined in the schema and the schema does not allow additional properties",
        ),
    ];
    for (body, message) in cases {
        let reply = world.post(&access, &body).await.unwrap();
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["title"], "Invalid Request");
        assert_eq!(problem["type"], "https://api.twitter.com/2/problems/invalid-request");
        assert_eq!(problem["errors"][0]["message"], message);
    }
    let request = Request::post("/api.x.com/2/tweets")
        .header("authorization", format!("Bearer {access}"))
        .header("content-type", "text/plain")
        .body(Bytes::from_static(br#"{"text":"a"}"#))
        .unwrap();
    assert_eq!(world.ask(request).await.unwrap().status, 400);
    assert!(world.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn each_scope_is_needed_to_post() {
    let world = World::new().await;
    for scopes in ["tweet.read tweet.write", "tweet.read users.read", "tweet.write users.read"] {
        let tokens = world.connect_with("demo_shop", scopes).await;
        let access = tokens["access_token"].as_str().unwrap();
        let reply = world.tweet(access, scopes).await.unwrap();
        assert_eq!(reply.status, 403, "{scopes}");
    }
    assert!(world.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn a_hundred_posts_are_allowed_in_fifteen_minutes() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let busy = world.connect("busy_shop").await;
    let reset = (world.now().timestamp() + 900).to_string();
    for number in 0..100 {
        let reply = world.tweet(&access, &format!("post {number}")).await.unwrap();
        assert_eq!(reply.status, 201);
        assert_eq!(reply.header("x-rate-limit-limit"), "100");
        assert_eq!(reply.header("x-rate-limit-remaining"), (99 - number).to_string());
        assert_eq!(reply.header("x-rate-limit-reset"), reset);
        world.tweet(&busy, &format!("post {number}")).await.unwrap();
    }
    let reply = world.tweet(&access, "one more").await.unwrap();
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("x-rate-limit-remaining"), "0");
    assert_eq!(
        reply.json(),
        json!({ "title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429 })
    );
    let busy = world.tweet(&busy, "one more").await.unwrap();
    assert_eq!(busy.status, 201, "the busy shop has no limit");
    world.pass(899);
    assert_eq!(world.tweet(&access, "one more").await.unwrap().status, 429);
    world.pass(1);
    let reply = world.tweet(&access, "one more").await.unwrap();
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("x-rate-limit-remaining"), "99");
    world.pass(960);
    let reply = world.tweet(&access, "two more").await.unwrap();
    assert_eq!(reply.header("x-rate-limit-remaining"), "99", "a window below the limit ends too");
}

#[tokio::test]
async fn concurrent_requests_are_each_counted() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    tokio::join!(world.tweet(&access, "a"), world.tweet(&access, "b"), world.tweet(&access, "c"),);
    let reply = world.tweet(&access, "d").await.unwrap();
    assert_eq!(reply.header("x-rate-limit-remaining"), "96");
}

#[tokio::test]
async fn a_restart_keeps_all_state() {
    let mut world = World::new().await;
    let access = world.connect("demo_shop").await;
    let tokens = world.connect_with("demo_cafe", super::SCOPES).await;
    world.tweet(&access, "before").await.unwrap();
    world.restart();
    world.sandbox.create_table().await.unwrap();
    assert_eq!(world.feed("demo_shop").await, ["before"]);
    assert_eq!(world.tweet(&access, "before").await.unwrap().status, 403);
    let reply = world.tweet(&access, "after").await.unwrap();
    assert_eq!(reply.header("x-rate-limit-remaining"), "97");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(world.refresh(refresh).await.status, 200);
    assert_eq!(world.feed("demo_shop").await, ["after", "before"]);
}
