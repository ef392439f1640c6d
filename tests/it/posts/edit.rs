//! Editing a post: which fields, until when, and drafts.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use shared::{tenant::Mode, testing::Ask};

use super::{cancel, edit, faulty_paths, path, statuses};
use crate::{
    publish::{answer, ask_post, next_due, now, settle},
    world::{Browser, World},
};

fn draft() -> Value {
    json!({ "type": "draft" })
}

fn at(world: &World, hours: i64) -> Value {
    json!({ "type": "at", "scheduledAt": world.now() + Duration::hours(hours) })
}

#[tokio::test]
async fn a_scheduled_post_is_published_as_edited() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Olt", at(&world, 1)).await;
    let edited = edit(&world, &post, json!({ "content": "Old" })).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    let mut expected = post.clone();
    expected["content"] = json!("Old");
    assert_eq!(edited.data(), expected, "omitted fields are kept");
    assert_eq!(world.read(&post).await, expected);

    let later = at(&world, 2);
    edit(&world, &post, json!({ "schedule": later })).await;
    assert_eq!(next_due(&world).await, Some(world.now() + Duration::hours(2)));
    world.lose_messages();
    world.clock.advance(Duration::minutes(90));
    world.tick().await;
    world.deliver().await;
    assert!(world.feed("demo_shop").await.is_empty(), "the post is not published at its old time");
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["Old"]);
}

#[tokio::test]
async fn a_post_that_is_due_soon_after_an_edit_is_announced() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Now", at(&world, 1)).await;
    assert!(world.waiting().is_empty());
    edit(&world, &post, json!({ "schedule": now() })).await;
    world.deliver().await;
    assert_eq!(world.feed("demo_shop").await, ["Now"]);
}

#[tokio::test]
async fn repeating_an_edit_leaves_the_same_post() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "A", at(&world, 1)).await;
    let change = json!({ "content": "B", "schedule": at(&world, 2) });
    let first = edit(&world, &post, change.clone()).await.data();
    assert_eq!(edit(&world, &post, change).await.data(), first);
}

#[tokio::test]
async fn a_draft_is_not_due_until_it_is_scheduled() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Later", draft()).await;
    assert_eq!((&post["status"], &post["schedule"]), (&json!("draft"), &draft()));
    assert_eq!(statuses(&post), ["draft"]);
    assert_eq!((next_due(&world).await, world.waiting().len()), (None, 0));
    let scheduled = edit(&world, &post, json!({ "schedule": at(&world, 1) })).await.data();
    assert_eq!((&scheduled["status"], statuses(&scheduled)), (&json!("scheduled"), vec!["scheduled"]));
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["Later"]);
}

#[tokio::test]
async fn a_draft_is_checked_when_it_is_scheduled() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], &"a".repeat(281), draft()).await;
    let edited = edit(&world, &post, json!({ "content": "a".repeat(300) })).await;
    assert_eq!(edited.status, 200, "still a draft");
    let refused = edit(&world, &post, json!({ "schedule": now() })).await;
    assert_eq!(faulty_paths(&refused), ["targets.accountIds[0]"]);
    assert_eq!(world.read(&post).await["status"], "draft");
    let both = edit(&world, &post, json!({ "schedule": now(), "content": "Short" })).await;
    assert_eq!(both.status, 200, "{}", both.text);
}

#[tokio::test]
async fn a_scheduled_post_can_become_a_draft_again() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Not yet", at(&world, 1)).await;
    let edited = edit(&world, &post, json!({ "schedule": draft() })).await.data();
    assert_eq!(edited["status"], "draft");
    assert_eq!(next_due(&world).await, None);
    assert_eq!(cancel(&world, &post).await.data()["status"], "canceled", "a draft can be canceled");
}

#[tokio::test]
async fn accounts_and_publish_before_can_be_changed() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    let last = world.now() + Duration::hours(3);
    let body = json!({ "schedule": at(&world, 1), "publishBefore": last });
    let post = ask_post(&world, &client, &account, body).await.data();
    let refused = edit(&world, &post, json!({ "schedule": at(&world, 4) })).await;
    assert_eq!(faulty_paths(&refused), ["publishBefore"], "the edited post is checked as a whole");
    let edited = edit(&world, &post, json!({ "schedule": at(&world, 4), "publishBefore": null })).await.data();
    assert!(edited["publishBefore"].is_null());
    let all = edit(&world, &post, json!({ "targets": { "mode": "all" } })).await.data();
    assert_eq!(statuses(&all), ["scheduled", "scheduled"]);
    settle(&world).await;
    assert_eq!((world.feed("demo_shop").await.len(), world.feed("demo_cafe").await.len()), (1, 1));
}

#[tokio::test]
async fn an_invalid_edit_is_refused() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "A", at(&world, 1)).await;
    let body = json!({ "clientId": client, "content": 1, "schedule": { "type": "sometime" }, "media": {} });
    assert_eq!(faulty_paths(&edit(&world, &post, body).await), ["content", "media", "schedule.type", "clientId"]);
    let past = json!({ "schedule": { "type": "at", "scheduledAt": world.now() - Duration::hours(1) } });
    assert_eq!(faulty_paths(&edit(&world, &post, past).await), ["schedule.scheduledAt"]);
    assert_eq!(world.read(&post).await, post, "a refused edit changes nothing");
}

#[tokio::test]
async fn a_sent_or_finished_post_cannot_be_edited() {
    for (account, status) in [("demo_shop", "published"), ("suspended", "failed"), ("lost_unposted", "unconfirmed")] {
        let world = World::new().await;
        let (client, id) = world.connected(account).await;
        let post = world.post(&client, &[&id], "Too late", now()).await;
        world.deliver().await;
        let before = world.read(&post).await;
        assert_eq!(statuses(&before), [status]);
        let refused = edit(&world, &post, json!({ "content": "Other" })).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "state_conflict"), "{account}");
        assert_eq!(world.read(&post).await, before);
    }
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Gone", at(&world, 1)).await;
    cancel(&world, &post).await;
    let refused = edit(&world, &post, json!({ "schedule": now() })).await;
    assert_eq!(refused.status, 409, "an edit does not restore a canceled post");
}

/// The post is overdue because the platform limits its rate; the edit does not repeat the time.
#[tokio::test]
async fn an_overdue_post_can_be_edited_without_a_new_time() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Old", at(&world, 1)).await;
    world.network.hook(|_| Some(Ok(answer(429, &json!({ "title": "Too Many Requests" })))));
    world.clock.advance(Duration::hours(1));
    world.tick().await;
    world.deliver().await;
    world.network.unhook();
    let edited = edit(&world, &post, json!({ "content": "New" })).await.data();
    assert_eq!(edited["schedule"], post["schedule"]);
    assert_eq!(edited["targets"][0]["attempts"], json!([]), "it starts over");
    assert!(edited["targets"][0]["error"].is_null());
    settle(&world).await;
    assert_eq!(world.feed("demo_shop").await, ["New"]);
}

#[tokio::test]
async fn a_replay_of_the_creation_gets_its_answer_after_an_edit() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let body = json!({
        "clientId": client, "content": "First", "schedule": draft(),
        "targets": { "mode": "selection", "accountIds": [account] },
    });
    let ask = || Ask::post("/v1/posts", &body).idempotency_key("k").key(&world.key);
    let created = world.ask(ask()).await.data();
    for content in ["Second", "Third"] {
        assert_eq!(edit(&world, &created, json!({ "content": content, "schedule": at(&world, 1) })).await.status, 200);
        let replay = world.ask(ask()).await;
        assert_eq!((replay.data(), replay.header("idempotent-replayed")), (created.clone(), Some("true")));
    }
    assert_eq!(world.read(&created).await["content"], "Third");
}

#[tokio::test]
async fn only_its_owner_can_edit_a_post() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let other = world.client("Another").await;
    let post = world.post(&client, &[&account], "Mine", at(&world, 1)).await;
    let stranger = world.agency(shared::id::AgencyId::random(), Mode::Live).await;
    let bound = world.bound_key(Mode::Live, other.parse().unwrap()).await;
    for key in [&stranger, &bound] {
        let ask = Ask::new(Method::PATCH, &path(&post)).header("content-type", "application/json").body("{}").key(key);
        assert_eq!(world.ask(ask).await.status, 404);
    }
}
