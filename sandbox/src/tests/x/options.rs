//! What a post says besides its text: polls, who may reply, and disclosures.

use serde_json::{Value, json};

use super::{
    World,
    upload::{JPEG, complaint},
};

fn poll(options: &[&str], minutes: u64) -> Value {
    json!({ "text": "Which?", "poll": { "options": options, "duration_minutes": minutes } })
}

#[tokio::test]
async fn a_poll_has_two_to_four_short_options() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let longest = "\u{e9}".repeat(25);
    let too_long = "a".repeat(26);
    for wrong in [
        poll(&["a"], 60),
        poll(&["a", "b", "c", "d", "e"], 60),
        poll(&["a", ""], 60),
        poll(&["a", &too_long], 60),
        poll(&["a", "b"], 4),
        poll(&["a", "b"], 10_081),
        json!({ "text": "Which?", "poll": { "options": ["a", "b"] } }),
        json!({ "text": "Which?", "poll": { "duration_minutes": 5 } }),
        json!({ "text": "Which?", "poll": { "options": ["a", "b"], "duration_minutes": 5, "who": 1 } }),
        json!({ "text": "", "poll": { "options": ["a", "b"], "duration_minutes": 5 } }),
        json!({ "text": "Which?", "poll": [] }),
    ] {
        complaint(&world.post(&access, &wrong).await.unwrap());
    }
    let mut most = poll(&["a", "b", "c", "d"], 10_080);
    most["text"] = "Of four?".into();
    for right in [poll(&["a", &longest], 5), most] {
        assert_eq!(world.post(&access, &right).await.unwrap().status, 201, "{right}");
    }
    let posts = world.posts("x", "demo_shop").await;
    assert_eq!(posts[1]["poll"], json!({ "options": ["a", longest], "durationMinutes": 5 }));
}

#[tokio::test]
async fn a_poll_excludes_media() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let image = world.upload(&access, "image/jpeg", JPEG).await;
    let mut body = poll(&["a", "b"], 5);
    body["media"] = json!({ "media_ids": [image] });
    assert_eq!(complaint(&world.post(&access, &body).await.unwrap()), "$.poll: is mutually exclusive with media");
}

#[tokio::test]
async fn replies_and_disclosures_are_kept_with_the_post() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    for who in ["following", "mentionedUsers", "subscribers", "verified"] {
        let body = json!({ "text": who, "reply_settings": who, "made_with_ai": true, "paid_partnership": false });
        assert_eq!(world.post(&access, &body).await.unwrap().status, 201, "{who}");
        let post = world.posts("x", "demo_shop").await.remove(0);
        assert_eq!((&post["replySettings"], &post["madeWithAi"]), (&json!(who), &json!(true)));
        assert_eq!(post.get("paidPartnership"), None);
    }
    for wrong in [
        json!({ "text": "a", "reply_settings": "everyone" }),
        json!({ "text": "a", "reply_settings": null }),
        json!({ "text": "a", "made_with_ai": "true" }),
        json!({ "text": "a", "paid_partnership": 1 }),
        json!({ "text": "a", "quote_tweet_id": "1" }),
    ] {
        complaint(&world.post(&access, &wrong).await.unwrap());
    }
}
