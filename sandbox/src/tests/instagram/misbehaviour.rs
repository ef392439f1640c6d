//! The behaviors of Instagram's test accounts.

use super::{DAY, World, failure, sample, text};

#[tokio::test]
async fn token_dead_connects_and_loses_access_at_its_first_upload() {
    let world = World::new().await;
    let shop = world.shop("token_dead").await;
    assert_eq!(shop.get("me").await.status, 200);
    assert_eq!(failure(&shop.upload(&[("image_url", &sample("photo.jpg"))]).await), (190, Some(463)));
    assert_eq!(failure(&shop.get("me").await), (190, Some(463)));
    world.pass(DAY);
    assert_eq!(failure(&world.extend(&shop.token).await), (190, Some(463)));
}

#[tokio::test]
async fn token_dead_is_not_refreshed_before_its_first_upload_either() {
    let world = World::new().await;
    let shop = world.shop("token_dead").await;
    world.pass(DAY);
    assert_eq!(failure(&world.extend(&shop.token).await), (190, Some(463)));
    assert_eq!(failure(&shop.get("me").await), (190, Some(463)));
}

#[tokio::test]
async fn short_lived_is_due_for_a_refresh_that_gives_sixty_days() {
    let world = World::new().await;
    let short = world.short_token("short_lived", super::SCOPES).await;
    let long = world.lengthen(&short, "secret-of-app").await.json();
    assert_eq!(long["expires_in"], 3 * DAY);
    let fresh = world.extend(&text(&long, "access_token")).await.json();
    assert_eq!(fresh["expires_in"], 60 * DAY);
    world.pass(3 * DAY);
    let me = "/graph.instagram.com/v25.0/me";
    assert_eq!(world.get_as(&text(&fresh, "access_token"), me).await.status, 200);
    assert_eq!(failure(&world.get_as(&text(&long, "access_token"), me).await), (190, Some(463)));
}

#[tokio::test]
async fn never_ready_stays_in_progress_until_it_expires() {
    let world = World::new().await;
    let shop = world.shop("never_ready").await;
    let photo = shop.photo("hello").await;
    world.pass(DAY - 1);
    assert_eq!(shop.status(&photo).await.0, "IN_PROGRESS");
    assert_eq!(failure(&shop.publish(&photo).await.unwrap()), (9007, Some(2_207_027)));
    world.pass(1);
    assert_eq!(shop.status(&photo).await.0, "EXPIRED");
}

#[tokio::test]
async fn container_error_fails_while_it_is_processed() {
    let world = World::new().await;
    let shop = world.shop("container_error").await;
    let photo = shop.photo("hello").await;
    world.pass(1);
    let told = "Error: Media upload has failed with error code 2207026".to_owned();
    assert_eq!(shop.status(&photo).await, ("ERROR".to_owned(), told));
}

#[tokio::test]
async fn quota_reached_is_reported_before_and_when_publishing() {
    let world = World::new().await;
    let shop = world.shop("quota_reached").await;
    let limit = shop.get(&format!("{}/content_publishing_limit", shop.id)).await.json();
    assert_eq!(limit["data"][0]["quota_usage"], 50);
    assert_eq!(failure(&shop.post("hello").await.unwrap()), (9, Some(2_207_042)));
}

#[tokio::test]
async fn restricted_and_checkpoint_are_refused_and_stay_connected() {
    let world = World::new().await;
    let restricted = world.shop("restricted").await;
    assert_eq!(failure(&restricted.post("hello").await.unwrap()), (4, Some(2_207_051)));
    let checkpoint = world.shop("checkpoint").await;
    let reply = checkpoint.upload(&[("image_url", &sample("photo.jpg"))]).await;
    assert_eq!(failure(&reply), (190, Some(459)));
    assert_eq!(failure(&checkpoint.publish("17000000000000000").await.unwrap()), (190, Some(459)));
    let limit = format!("{}/content_publishing_limit", checkpoint.id);
    assert_eq!(failure(&checkpoint.get(&limit).await), (190, Some(459)));
    assert_eq!(checkpoint.get("me").await.status, 200);
}

#[tokio::test]
async fn rate_limited_and_server_error_fail_once_and_have_not_published() {
    for (username, status, code) in [("rate_limited", 403, 4), ("server_error", 500, 2)] {
        let mut world = World::new().await;
        let shop = world.shop(username).await;
        let photo = shop.photo("hello").await;
        world.pass(1);
        let first = shop.publish(&photo).await.unwrap();
        assert_eq!((first.status.as_u16(), failure(&first)), (status, (code, None)));
        assert_eq!(first.json()["error"]["is_transient"], code == 2);
        assert!(!first.headers.contains_key("retry-after"));
        assert!(shop.captions().await.is_empty());
        let (token, id) = (shop.token, shop.id);
        world.restart();
        let shop = super::Shop { world: &world, token, id };
        assert_eq!(shop.publish(&photo).await.unwrap().status, 200);
        assert_eq!(shop.captions().await, ["hello"]);
    }
}

#[tokio::test]
async fn answer_lost_has_published_and_lost_unposted_has_not() {
    let world = World::new().await;
    for (username, state, count) in [("answer_lost", "PUBLISHED", 1), ("lost_unposted", "FINISHED", 0)] {
        let shop = world.shop(username).await;
        let photo = shop.photo("hello").await;
        world.pass(1);
        assert!(shop.publish(&photo).await.is_none());
        assert_eq!(shop.status(&photo).await.0, state);
        assert_eq!(shop.captions().await.len(), count);
    }
}

#[tokio::test]
async fn busy_shop_has_no_quota() {
    let world = World::new().await;
    let shop = world.shop("busy_shop").await;
    for number in 0..51 {
        assert_eq!(shop.post(&format!("number {number}")).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn scripted_fails_at_the_step_and_with_the_code_of_its_caption() {
    let world = World::new().await;
    let shop = world.shop("scripted").await;
    let upload = async |caption: &str| shop.upload(&[("image_url", &sample("photo.jpg")), ("caption", caption)]).await;
    let container = upload("a fail:container:36003:2207009 b").await;
    assert_eq!(failure(&container), (36003, Some(2_207_009)));
    assert!(container.body.contains("valid aspect ratio"), "in Meta's words");
    assert_eq!(failure(&upload("fail:container:190:460").await), (190, Some(460)));
    assert_eq!(failure(&upload("fail:container:77:88").await), (77, Some(88)), "unknown codes too");

    assert_eq!(failure(&shop.post("fail:publish:-1:2207001").await.unwrap()), (-1, Some(2_207_001)));
    assert_eq!(shop.post("fail:publish:2").await.unwrap().status, 500);
    let early = shop.photo("fail:publish:2").await;
    assert_eq!(failure(&shop.publish(&early).await.unwrap()), (9007, Some(2_207_027)), "the container is not ready");

    let limit = format!("{}/content_publishing_limit", shop.id);
    shop.photo("fail:quota:4").await;
    assert_eq!(failure(&shop.get(&limit).await), (4, None));
    let broken = shop.photo("fail:status:-2:2207003").await;
    assert_eq!(shop.get(&limit).await.status, 200, "the last caption counts");
    world.pass(1);
    let told = "Error: Media upload has failed with error code 2207003".to_owned();
    assert_eq!(shop.status(&broken).await, ("ERROR".to_owned(), told));

    for harmless in ["fail:wish:1", "fail:publish:x", "fail:publish", "fail:publish:1:2:3", "hello"] {
        assert_eq!(shop.post(harmless).await.unwrap().status, 200, "{harmless}");
    }
    assert_eq!(
        world.shop("demo_shop").await.post("fail:publish:2").await.unwrap().status,
        200,
        "other accounts ignore it"
    );
}

#[tokio::test]
async fn lands_late_publishes_forty_seconds_after_the_lost_answer() {
    let world = World::new().await;
    let shop = world.shop("lands_late").await;
    let photo = shop.photo("hello").await;
    world.pass(1);
    assert!(shop.publish(&photo).await.is_none());
    world.pass(39);
    assert_eq!(shop.status(&photo).await.0, "FINISHED");
    let media = format!("{}/media", shop.id);
    assert_eq!(shop.get(&media).await.json()["data"], serde_json::json!([]));
    assert!(shop.captions().await.is_empty());
    assert!(shop.publish(&photo).await.is_none(), "a repetition joins the first request");
    world.pass(1);
    assert_eq!(shop.status(&photo).await.0, "PUBLISHED");
    assert_eq!(shop.captions().await, ["hello"]);
    assert_eq!(shop.get(&media).await.json()["data"].as_array().unwrap().len(), 1);
    world.pass(40);
    assert_eq!(failure(&shop.publish(&photo).await.unwrap()), (24, Some(2_207_008)));
    assert_eq!(shop.captions().await, ["hello"]);
}

#[tokio::test]
async fn lands_twice_publishes_a_container_again_when_the_request_is_repeated() {
    let world = World::new().await;
    let shop = world.shop("lands_twice").await;
    let photo = shop.photo("hello").await;
    world.pass(1);
    assert!(shop.publish(&photo).await.is_none());
    assert_eq!(shop.captions().await, ["hello"]);
    assert_eq!(shop.status(&photo).await.0, "FINISHED", "its status lags");
    assert!(shop.publish(&photo).await.is_none());
    assert_eq!(shop.captions().await, ["hello", "hello"]);
    world.pass(300);
    assert_eq!(shop.status(&photo).await.0, "PUBLISHED");
}

#[tokio::test]
async fn error_once_needs_a_new_container() {
    let mut world = World::new().await;
    let shop = world.shop("error_once").await;
    let broken = shop.photo("hello").await;
    world.pass(1);
    let told = "Error: Media upload has failed with error code 2207053".to_owned();
    assert_eq!(shop.status(&broken).await, ("ERROR".to_owned(), told.clone()));
    assert_eq!(failure(&shop.publish(&broken).await.unwrap()), (9007, Some(2_207_027)));
    let (token, id) = (shop.token, shop.id);
    world.restart();
    world.pass(DAY - 2);
    let shop = super::Shop { world: &world, token, id };
    assert_eq!(shop.status(&broken).await, ("ERROR".to_owned(), told), "it stays so");
    assert_eq!(shop.post("hello").await.unwrap().status, 200);
    assert_eq!(shop.captions().await, ["hello"]);
}

#[tokio::test]
async fn container_gone_needs_a_new_container() {
    let world = World::new().await;
    let shop = world.shop("container_gone").await;
    let gone = shop.photo("hello").await;
    world.pass(1);
    assert_eq!(failure(&shop.get(&format!("{gone}?fields=status_code")).await), (100, Some(33)));
    assert_eq!(failure(&shop.publish(&gone).await.unwrap()), (24, Some(2_207_006)));
    assert_eq!(shop.post("hello").await.unwrap().status, 200);
    assert_eq!(shop.captions().await, ["hello"]);
}
