//! Posts with pictures and videos, on every platform that supports them.

mod asked;
mod create;
mod instagram;
mod instagram_options;
mod tiktok;
mod tiktok_options;
mod x;

use chrono::Duration;
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use crate::world::{Browser, SANDBOX, World, consent_without, way_out};

pub(crate) const NOW: &str = "now";

/// The URL of one of the sandbox's sample files.
pub(crate) fn sample(name: &str) -> String {
    format!("{SANDBOX}/media/{name}")
}

/// Creates a client and connects an account of this platform: both ids.
pub(crate) async fn connected(world: &World, platform: &str, account: &str) -> (String, String) {
    let client = world.client(&format!("Client of {account} on {platform}")).await;
    let link = world.link(&client, &[platform]).await;
    let page = Browser::default().connect(world, &link, platform, account).await;
    let accounts = world.accounts(&client).await;
    assert_eq!(accounts.len(), 1, "{}", page.text);
    (client, accounts[0]["id"].as_str().unwrap().to_owned())
}

/// Creates a client and connects an account whose customer grants all but these scopes: both ids.
pub(crate) async fn connected_without(
    world: &World,
    platform: &str,
    account: &str,
    withheld: &[&str],
) -> (String, String) {
    let client = world.client(&format!("Client of {account} on {platform}")).await;
    let link = world.link(&client, &[platform]).await;
    let mut browser = Browser::default();
    let page = browser.press(world, &format!("{link}/{platform}"), "").await;
    let callback = consent_without(world, &way_out(&page), account, withheld).await;
    browser.follow(world, &callback).await;
    let accounts = world.accounts(&client).await;
    assert_eq!(accounts[0]["missingScopes"], json!(withheld), "{accounts:?}");
    (client, accounts[0]["id"].as_str().unwrap().to_owned())
}

/// Requests a post to this account with these media, and `change` merged into the body.
pub(crate) async fn ask(
    world: &World,
    (client, account): &(String, String),
    media: &[&str],
    change: Value,
) -> TestResponse {
    let mut body = json!({
        "clientId": client,
        "content": "New drop is live 🚗",
        "media": media.iter().map(|url| json!({ "url": url })).collect::<Vec<_>>(),
        "targets": { "mode": "selection", "accountIds": [account] },
        "schedule": { "type": NOW },
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    world.ask(Ask::post("/v1/posts", &body).key(&world.key)).await
}

/// Creates a post that is due now and lets time pass; returns its target.
pub(crate) async fn publish(
    world: &World,
    place: &(String, String),
    media: &[&str],
    change: Value,
    time: Duration,
) -> Value {
    let answer = ask(world, place, media, change).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let post = answer.data();
    world.deliver().await;
    let end = world.now() + time;
    while world.now() < end {
        world.pass((end - world.now()).min(Duration::minutes(1))).await;
        world.tick().await;
        world.deliver().await;
    }
    world.target(&post).await
}

/// The posts of a sandbox account, newest first.
pub(crate) async fn feed(world: &World, platform: &str, account: &str) -> Vec<Value> {
    let feed = world.network.get(&format!("{SANDBOX}/feed/{platform}/{account}.json")).await;
    feed["posts"].as_array().unwrap().clone()
}

/// The paths and messages of a refusal.
pub(crate) fn faults(answer: &TestResponse) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    body["errors"].as_array().unwrap().iter().map(|fault| (text(&fault["path"]), text(&fault["message"]))).collect()
}

/// A target's status, error code and category, and `again` if it is retried by itself, as one text.
pub(crate) fn describe(target: &Value) -> String {
    let error = &target["error"];
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let again = if error["retryable"] == true { " again" } else { "" };
    format!("{} {} {}{again}", text(&target["status"]), text(&error["code"]), text(&error["category"]))
}

/// Asserts that a target's error has a remedy.
pub(crate) fn has_a_remedy(target: &Value) {
    let error = &target["error"];
    let message = error["message"].as_str().unwrap();
    let (code, category) = (error["code"].as_str().unwrap(), error["category"].as_str().unwrap());
    let remedy = match (code, category) {
        ("app_not_audited", _) => "privacyLevel SELF_ONLY",
        ("privacy_level_not_allowed", _) => "choose one that it does",
        ("media_unreachable", _) => "see that its URL is public",
        ("outcome_unknown", _) => "is being looked for",
        (_, "auth") => "mint a new connect link",
        (_, "content") => "change it and post again",
        (_, "media") => "replace it and post again",
        (_, "quota") => "goes out when it may",
        (_, "account") => "the customer has to look at it",
        (_, "network") => "nothing was sent",
        (_, "platform") => "refused",
        other => panic!("{other:?}"),
    };
    assert!(message.contains(remedy), "{code} {category}: {message}");
}
