//! What the agency sees for each account of the sandbox's X.

use chrono::Duration;
use serde_json::json;
use shared::testing::Ask;

use super::{Dated, answer, ask_post, calls, grant, is_commit, is_refresh, minutes, next_due, now, settle, worker};
use crate::world::{Browser, SANDBOX, World};

#[tokio::test]
async fn a_post_is_published_with_one_call() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.seen();
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.deliver().await;
    assert_eq!(calls(&world), [1, 0, 0]);
    assert_eq!(world.feed("demo_shop").await, ["Hello"]);
    let target = world.target(&post).await;
    assert_eq!(target["status"], "published");
    let feed = world.network.get(&format!("{SANDBOX}/feed/x/demo_shop.json")).await;
    assert_eq!(target["platformPostId"], feed["posts"][0]["id"]);
    assert_eq!(next_due(&world).await, None, "nothing is due");
}

#[tokio::test]
async fn a_post_is_published_in_its_second() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let at = world.now() + Duration::minutes(90);
    world.post(&client, &[&account], "On time", json!({ "type": "at", "scheduledAt": at })).await;
    minutes(&world, 91).await;
    let feed = world.network.get(&format!("{SANDBOX}/feed/x/demo_shop.json")).await;
    let published: chrono::DateTime<chrono::Utc> = feed["posts"][0]["createdAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(published, at);
}

#[tokio::test]
async fn a_rate_limited_post_is_published_after_the_wait() {
    let mut world = World::new().await;
    world.functions.publish_target = worker(&world, Dated::of(&world));
    let (client, account) = world.connected("rate_limited").await;
    let post = world.post(&client, &[&account], "Patience", now()).await;
    world.deliver().await;
    let waiting = world.target(&post).await;
    assert_eq!(waiting["status"], "scheduled");
    assert_eq!(waiting["error"]["code"], "rate_limited");
    assert_eq!(waiting["error"]["category"], "quota");
    assert_eq!(waiting["error"]["retryable"], true);
    assert!(world.feed("rate_limited").await.is_empty());

    world.pass(Duration::seconds(6) - Duration::milliseconds(1)).await;
    assert_eq!(world.target(&post).await["status"], "scheduled", "not before the end of the wait");
    world.pass(Duration::milliseconds(1)).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "published");
    assert!(target["error"].is_null(), "{target}");
    assert_eq!(world.feed("rate_limited").await, ["Patience"]);
}

#[tokio::test]
async fn a_rate_limit_without_a_reset_waits_for_a_whole_window() {
    let world = World::new().await;
    let (client, account) = world.connected("rate_limited").await;
    let post = world.post(&client, &[&account], "Patience", now()).await;
    world.deliver().await;
    assert_eq!(
        next_due(&world).await,
        Some(world.now() + Duration::minutes(15)),
        "without a Date the reset cannot be used"
    );
    minutes(&world, 16).await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn a_dead_grant_holds_the_post_and_asks_for_a_reconnect_once() {
    let world = World::new().await;
    let (client, account) = world.connected("token_dead").await;
    world.network.seen();
    let post = world.post(&client, &[&account], "Hello", now()).await;
    world.deliver().await;
    assert_eq!(calls(&world), [1, 1, 0], "one commit, one refresh");
    let target = world.target(&post).await;
    assert_eq!(target["status"], "held");
    assert_eq!(target["error"]["code"], "reconnect_required");
    assert_eq!(target["error"]["category"], "auth");
    assert_eq!(world.read(&post).await["status"], "needs_attention");
    assert_eq!(world.accounts(&client).await[0]["status"], "reconnect_required");

    let later = world.post(&client, &[&account], "Hello again", now()).await;
    assert_eq!(later["targets"][0]["status"], "held", "a new post to this account is held");
    minutes(&world, 40).await;
    assert_eq!(calls(&world), [0, 0, 0], "a dead grant causes no call");
    assert_eq!(world.target(&later).await["status"], "held");
    assert_eq!(
        world.target(&post).await["attempts"].as_array().unwrap().len(),
        1,
        "checking the account again is no attempt"
    );
}

#[tokio::test]
async fn of_many_workers_with_a_dead_grant_one_changes_the_account() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let account_before = super::stored(&world, &client).await.remove(0);
    let mark = || {
        let (client, account) = (client.parse().unwrap(), account.parse().unwrap());
        world.store.mark_reconnect_required(super::tenant(&world), client, account, account_before.grant)
    };
    let heard = futures_util::future::join_all((0..16).map(|_| mark())).await;
    assert_eq!(heard.into_iter().filter(|heard| *heard.as_ref().unwrap()).count(), 1);
}

#[tokio::test]
async fn a_held_post_is_published_within_15_minutes_of_the_reconnect() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    world.network.hook(|request| {
        if is_commit(request) {
            return Some(Ok(answer(401, &json!({ "title": "Unauthorized" }))));
        }
        is_refresh(request).then(|| Ok(answer(400, &json!({ "error": "invalid_grant" }))))
    });
    let post = world.post(&client, &[&account], "Held", now()).await;
    world.deliver().await;
    assert_eq!(world.target(&post).await["status"], "held");
    world.network.unhook();
    minutes(&world, 7).await;

    let link = world.link(&client, &["x"]).await;
    let page = Browser::default().connect_x(&world, &link, "demo_shop").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let accounts = world.accounts(&client).await;
    assert_eq!((accounts.len(), &accounts[0]["id"], &accounts[0]["status"]), (1, &json!(account), &json!("connected")));
    minutes(&world, 15).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("demo_shop").await, ["Held"]);
}

#[tokio::test]
async fn an_expiring_token_is_refreshed_before_it_is_used() {
    let world = World::new().await;
    let (client, account) = world.connected("short_lived").await;
    let before = grant(&world, &client).await;
    let schedule = json!({ "type": "at", "scheduledAt": world.now() + Duration::minutes(5) });
    let post = world.post(&client, &[&account], "Fresh", schedule).await;
    world.network.seen();
    minutes(&world, 6).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(calls(&world), [1, 1, 0], "the expired token was not used");
    let after = grant(&world, &client).await;
    assert_eq!((before.version, after.version), (1, 2));
    assert_ne!(before.tokens.access.expose(), after.tokens.access.expose());
    assert_ne!(before.tokens.refresh.unwrap().expose(), after.tokens.refresh.unwrap().expose());
    assert_eq!(world.accounts(&client).await[0]["status"], "connected");
}

#[tokio::test]
async fn a_lost_answer_is_unconfirmed_until_the_post_is_read_back() {
    let world = World::new().await;
    let (client, account) = world.connected("answer_lost").await;
    world.network.seen();
    let post = world.post(&client, &[&account], "Lost & found <3 https://example.com/a?b=c&d", now()).await;
    world.deliver().await;
    let unconfirmed = world.target(&post).await;
    assert_eq!(unconfirmed["status"], "unconfirmed");
    assert_eq!(unconfirmed["error"]["code"], "outcome_unknown");
    assert_eq!(unconfirmed["error"]["category"], "network");
    assert_eq!(unconfirmed["error"]["retryable"], false, "it is read back, and not sent again");
    assert!(unconfirmed["platformPostId"].is_null());

    world.pass(Duration::seconds(2)).await;
    let found = world.target(&post).await;
    assert_eq!(found["status"], "published", "{found}");
    assert!(found["error"].is_null());
    let feed = world.network.get(&format!("{SANDBOX}/feed/x/answer_lost.json")).await;
    assert_eq!(feed["posts"].as_array().unwrap().len(), 1);
    assert_eq!(found["platformPostId"], feed["posts"][0]["id"]);
    assert_eq!(calls(&world), [1, 0, 1]);
}

/// X turns a bare host name into a link, and adds a scheme to the text that it returns.
#[tokio::test]
async fn a_lost_post_with_a_bare_host_name_is_found() {
    let world = World::new().await;
    let (client, account) = world.connected("answer_lost").await;
    let post = world.post(&client, &[&account], "Open: example.com, and example.org/menu?a=1&amp;b=2", now()).await;
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published");
}

#[tokio::test]
async fn a_lost_post_that_is_not_found_stays_unconfirmed_and_is_not_sent_again() {
    let world = World::new().await;
    let (client, account) = world.connected("lost_unposted").await;
    world.network.seen();
    let post = world.post(&client, &[&account], "Nowhere", now()).await;
    settle(&world).await;
    assert_eq!(next_due(&world).await, None, "after the last read-back the agency has to decide");
    minutes(&world, 20).await;
    assert_eq!(calls(&world), [1, 0, 2]);
    let target = world.target(&post).await;
    assert_eq!(target["status"], "unconfirmed");
    assert_eq!(target["error"]["code"], "outcome_unknown");
    assert_eq!(target["error"]["retryable"], false, "it is not retried by itself");
    assert!(target["error"]["message"].as_str().unwrap().contains("decide"), "{target}");
    assert_eq!(world.read(&post).await["status"], "needs_attention");
    assert!(world.feed("lost_unposted").await.is_empty());
}

#[tokio::test]
async fn a_server_error_on_a_commit_is_unconfirmed() {
    let world = World::new().await;
    let (client, account) = world.connected("server_error").await;
    world.network.seen();
    let post = world.post(&client, &[&account], "First", now()).await;
    settle(&world).await;
    assert_eq!(calls(&world), [1, 0, 2], "the post is not sent again");
    assert_eq!(world.target(&post).await["status"], "unconfirmed");
    assert!(world.feed("server_error").await.is_empty());

    let second = world.post(&client, &[&account], "Second", now()).await;
    world.deliver().await;
    assert_eq!(world.target(&second).await["status"], "published");
}

#[tokio::test]
async fn a_suspended_account_fails_with_an_account_error() {
    let world = World::new().await;
    let (client, account) = world.connected("suspended").await;
    let post = world.post(&client, &[&account], "Hello", now()).await;
    settle(&world).await;
    let target = world.target(&post).await;
    assert_eq!(target["status"], "failed");
    assert_eq!(target["error"]["code"], "account_suspended");
    assert_eq!(target["error"]["category"], "account");
    assert_eq!(target["error"]["retryable"], false);
    assert_eq!(target["error"]["platformResponse"], "The user used for authentication is suspended");
    assert_eq!(world.read(&post).await["status"], "failed");
    assert_eq!(world.accounts(&client).await[0]["status"], "connected");
}

#[tokio::test]
async fn a_duplicate_text_fails_with_a_content_error() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for expected in ["published", "failed"] {
        let post = world.post(&client, &[&account], "Same", now()).await;
        world.deliver().await;
        let target = world.target(&post).await;
        assert_eq!(target["status"], expected);
        if expected == "failed" {
            assert_eq!(target["error"]["code"], "duplicate_content");
            assert_eq!(target["error"]["category"], "content");
            assert_eq!(target["error"]["retryable"], false);
        }
    }
    assert_eq!(world.feed("demo_shop").await, ["Same"]);
}

#[tokio::test]
async fn a_text_that_is_too_long_for_the_platform_is_refused_at_creation() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let accounts = world.accounts(&client).await;
    let ids: Vec<_> = accounts.iter().map(|account| account["id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    // 93 characters of weight 2 and a link: 186 + 1 + 23 = 210, and with 71 more letters one too many.
    let fits = format!("{} https://example.com/{} {}", "日".repeat(93), "x".repeat(200), "a".repeat(69));
    let targets = json!({ "mode": "selection", "accountIds": ids });
    let refused =
        ask_post(&world, &client, &account, json!({ "content": format!("{fits}a"), "targets": targets })).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "validation_failed"), "{}", refused.text);
    let paths: Vec<_> = refused.json()["errors"].as_array().unwrap().iter().map(|e| e["path"].clone()).collect();
    assert_eq!(paths, ["targets.accountIds[0]", "targets.accountIds[1]"]);
    assert!(refused.text.contains("text_too_long") && refused.text.contains("281"), "{}", refused.text);

    let taken = ask_post(&world, &client, &account, json!({ "content": fits })).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await, [fits]);
    let list =
        world.ask(Ask::get(&format!("/v1/posts/{}", taken.data()["id"].as_str().unwrap())).key(&world.key)).await;
    assert_eq!(list.data()["status"], "published");
}
