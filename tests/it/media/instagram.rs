//! What the agency sees for each account of the sandbox's Instagram.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use shared::{account::Account, id::GrantId, testing::Ask};

use super::{ask, connected, describe, feed, has_a_remedy, publish, sample};
use crate::{
    connect::said,
    publish::settle,
    world::{Browser, World, way_out},
};

/// The most time that fetching, converting and publishing a picture takes.
const SOON: Duration = Duration::seconds(30);

#[tokio::test]
async fn an_account_is_connected_by_its_id_with_a_long_lived_token() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["instagram", "tiktok"]).await;
    let mut browser = Browser::default();
    let out = way_out(&browser.press(&world, &format!("{link}/instagram"), "").await);
    let query: Vec<String> = out.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(query, ["client_id", "response_type", "redirect_uri", "scope", "state"], "Instagram has no PKCE");
    let callback = browser.authorize(&world, &link, "instagram", "demo_shop").await;
    let back = browser.get(&world, &callback).await;
    let location = back.header("location").unwrap();
    assert!(location.ends_with('#'), "the fragment `#_` is replaced: {location}");
    let page = browser.get(&world, &link).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let accounts = world.accounts(&client).await;
    assert_eq!((&accounts[0]["platform"], &accounts[0]["handle"]), (&json!("instagram"), &json!("demo_shop")));
    let page = browser.connect(&world, &link, "tiktok", "demo_shop").await;
    assert!(page.text.contains("2 of 2") || page.text.matches('✓').count() == 2, "{}", page.text);
    let stored = crate::connect::stored(&world, &client).await;
    let instagram = stored.iter().find(|account| account.platform.as_str() == "instagram").unwrap();
    let vault = crate::connect::vault(&world);
    let grant = vault.find(crate::connect::tenant(&world), instagram).await.unwrap().unwrap();
    let ends = grant.tokens.expires_at.unwrap() - world.now();
    assert!(ends > Duration::days(50) && ends <= Duration::days(60), "{ends}");
    assert!(grant.tokens.refresh.is_none());
}

/// In how many days the authorization of a client's only account ends, as the API reports it.
async fn days_left(world: &World, client: &str) -> Option<i64> {
    let accounts = world.accounts(client).await;
    let end = accounts[0].get("expiresAt")?.as_str()?.parse::<DateTime<Utc>>().unwrap();
    Some((end - world.now()).num_days())
}

#[tokio::test]
async fn the_reported_end_of_an_authorization_moves_when_it_is_renewed() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "busy_shop").await;
    let (client, account) = &place;
    let publish = async || describe(&publish(&world, &place, &[&sample("photo.jpg")], json!({}), SOON).await);
    let left = days_left(&world, client).await;
    assert!(left.is_some_and(|left| (50..=60).contains(&left)), "{left:?}");
    world.clock.advance(Duration::days(40));
    assert_eq!(ask(&world, &place, &[&sample("photo.jpg")], json!({})).await.status, 201);
    world.deliver().await;
    assert_eq!(days_left(&world, client).await, left, "the worker that renews the token updates the end");

    // A worker that crashed between storing the tokens and updating the account leaves the old end.
    let stored = crate::connect::stored(&world, client).await.remove(0);
    let tenant = crate::connect::tenant(&world);
    let early = Some(world.now() + Duration::days(1));
    world.store.mark_expiry(tenant, &stored, early).await.unwrap();
    assert_eq!(days_left(&world, client).await, Some(1));
    assert_eq!(publish().await, "published - -");
    assert_eq!(crate::connect::stored(&world, client).await[0], stored, "the next worker corrects it");

    let other = Account { grant: GrantId::random(), ..stored };
    world.store.mark_expiry(tenant, &other, early).await.unwrap();
    assert!(days_left(&world, client).await > Some(1), "the new grant has its own end");
    world.ask(Ask::new(http::Method::DELETE, &format!("/v1/accounts/{account}")).key(&world.key)).await;
    assert_eq!(days_left(&world, client).await, None, "a disconnected account reports no end");
}

/// `publishBefore` passes while the picture is prepared, between two steps of one worker.
#[tokio::test]
async fn a_post_that_became_too_late_between_its_steps_is_not_published() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let end = world.now() + Duration::seconds(20);
    let clock = world.clock.clone();
    world.network.hook(move |request| {
        if request.uri().path().ends_with("/media") {
            clock.set(end);
        }
        None
    });
    let target = publish(&world, &place, &[&sample("photo.jpg")], json!({ "publishBefore": end }), SOON).await;
    assert_eq!(target["error"]["code"], "too_late", "{target}");
    assert!(!world.network.seen().iter().any(|call| call.contains("media_publish")));
    assert!(feed(&world, "instagram", "demo_shop").await.is_empty());
}

#[tokio::test]
async fn an_authorization_without_an_end_reports_none() {
    let world = World::new().await;
    let (client, _) = connected(&world, "x", "demo_shop").await;
    assert_eq!(days_left(&world, &client).await, None);
    let (client, _) = connected(&world, "tiktok", "demo_shop").await;
    assert_eq!(days_left(&world, &client).await, Some(180), "TikTok reports the lifetime of its refresh token");
}

/// A token is renewed in its last month, and is used until it expires even if renewing fails.
#[tokio::test]
async fn a_valid_token_is_used_although_it_cannot_be_renewed() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "busy_shop").await;
    let photo = sample("photo.jpg");
    let renewals = || world.network.seen().iter().filter(|call| call.contains("refresh_access_token")).count();
    let publish = async || describe(&publish(&world, &place, &[&photo], json!({}), SOON).await);
    assert_eq!(publish().await, "published - -");
    assert_eq!(renewals(), 0, "a new token is not renewed");

    world.clock.advance(Duration::days(40));
    world.network.hook(|request| {
        let renews = request.uri().path().ends_with("/refresh_access_token");
        renews.then(|| Ok(http::Response::builder().status(500).body("".into()).unwrap()))
    });
    assert_eq!(publish().await, "published - -");
    assert!(renewals() > 0);

    world.network.unhook();
    world.clock.advance(Duration::minutes(5));
    assert_eq!(publish().await, "published - -");
    assert_eq!(renewals(), 1);
    world.clock.advance(Duration::days(25));
    assert_eq!(publish().await, "published - -", "published after the first token's end");
    assert_eq!(world.accounts(&place.0).await[0]["status"], "connected");
}

#[tokio::test]
async fn a_personal_account_sees_that_it_needs_another_type() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["instagram"]).await;
    let page = Browser::default().connect(&world, &link, "instagram", "personal").await;
    assert_eq!(said(&page), (422, "account_unsuitable"));
    assert!(page.text.contains("business and creator"));
    assert!(world.accounts(&client).await.is_empty());
}

#[tokio::test]
async fn a_customer_may_decline() {
    let world = World::new().await;
    for platform in ["instagram", "tiktok"] {
        let client = world.client(platform).await;
        let link = world.link(&client, &[platform]).await;
        let page = Browser::default().connect(&world, &link, platform, "declines").await;
        assert_eq!(said(&page), (200, "declined"), "{platform}");
    }
}

#[tokio::test]
async fn a_picture_a_reel_and_a_carousel_are_each_published_once() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let media = [
        vec![sample("photo.jpg")],
        vec![sample("clip.mp4")],
        vec![sample("photo.jpg"), sample("clip-moov-last.mp4"), sample("landscape.jpg")],
    ];
    for (n, media) in media.iter().enumerate() {
        let urls: Vec<&str> = media.iter().map(String::as_str).collect();
        let target = publish(&world, &place, &urls, json!({ "content": n.to_string() }), Duration::minutes(3)).await;
        assert_eq!(describe(&target), "published - -", "{target}");
        let feed = feed(&world, "instagram", "demo_shop").await;
        assert_eq!(feed.len(), n + 1);
        assert_eq!((&feed[0]["text"], &feed[0]["id"]), (&json!(n.to_string()), &target["platformPostId"]));
        assert_eq!(feed[0]["permalink"], target["url"]);
        let shown: Vec<&str> =
            feed[0]["media"].as_array().unwrap().iter().map(|m| m["url"].as_str().unwrap()).collect();
        assert_eq!(shown, urls);
    }
}

#[tokio::test]
async fn the_alt_text_is_sent_to_instagram() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let change = json!({ "media": [{ "url": sample("photo.jpg"), "altText": "A red car in the sun" }] });
    publish(&world, &place, &[], change, SOON).await;
    assert_eq!(feed(&world, "instagram", "demo_shop").await[0]["media"][0]["altText"], "A red car in the sun");
}

/// Before sending, a file is checked by its bytes, not by what its server reported when the post was created.
#[tokio::test]
async fn a_file_is_checked_again_before_it_is_sent() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let url = "https://m.test/a.jpg";
    for (file, expected) in [
        (b"<!doctype html>".to_vec(), "failed media_format media"),
        (include_bytes!("../../../sandbox/media/photo.png").to_vec(), "failed media_format media"),
        (include_bytes!("../../../sandbox/media/tall.jpg").to_vec(), "failed media_ratio media"),
        (include_bytes!("../../../sandbox/media/clip.mp4")[..20_000].to_vec(), "failed media_format media"),
    ] {
        world.files.put(url, include_bytes!("../../../sandbox/media/photo.jpg").as_slice());
        let answer = ask(&world, &place, &[url], json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        world.files.put(url, file);
        world.deliver().await;
        assert_eq!(describe(&world.target(&answer.data()).await), expected);
    }
    assert!(feed(&world, "instagram", "demo_shop").await.is_empty());
}

/// A container expires after a day; then no call can publish it any more.
#[tokio::test]
async fn a_commit_without_an_answer_is_sent_again_when_its_container_has_expired() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "server_error").await;
    let answer = ask(&world, &place, &[&sample("photo.jpg")], json!({})).await;
    settle(&world).await;
    assert_eq!(describe(&world.target(&answer.data()).await), "published - -");
    assert_eq!(feed(&world, "instagram", "server_error").await.len(), 1);
}

#[tokio::test]
async fn each_sandbox_account_leads_to_its_documented_outcome() {
    let world = World::new().await;
    for (account, time, expected) in [
        ("never_ready", Duration::hours(1), "failed media_not_processed media"),
        ("container_error", SOON, "failed media_format media"),
        ("quota_reached", SOON, "scheduled quota_reached quota again"),
        ("restricted", SOON, "scheduled account_restricted account again"),
        ("token_dead", SOON, "held reconnect_required auth again"),
        ("checkpoint", SOON, "held reconnect_required auth again"),
        ("short_lived", SOON, "published - -"),
        ("busy_shop", SOON, "published - -"),
        ("rate_limited", Duration::minutes(20), "published - -"),
        ("answer_lost", Duration::minutes(5), "published - -"),
        // Until its container has expired, a late call may still publish it.
        ("lost_unposted", Duration::hours(1), "unconfirmed outcome_unknown network again"),
        ("server_error", Duration::minutes(5), "unconfirmed outcome_unknown network again"),
    ] {
        let place = connected(&world, "instagram", account).await;
        let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), time).await;
        assert_eq!(describe(&target), expected, "{account}: {target}");
        let there = feed(&world, "instagram", account).await.len();
        assert_eq!(
            there,
            usize::from(expected.starts_with("published")),
            "{account}: the reported status agrees with the feed"
        );
    }
}

/// The answer with the post's id was lost: the post is found by its container, caption and time.
#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_with_its_url() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "answer_lost").await;
    let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), Duration::minutes(5)).await;
    let feed = feed(&world, "instagram", "answer_lost").await;
    assert_eq!(feed.len(), 1);
    assert_eq!((&target["platformPostId"], &target["url"]), (&feed[0]["id"], &feed[0]["permalink"]));
}

/// Every code of Meta's table, from the platform's answer to the API's.
#[tokio::test]
async fn each_error_code_reaches_the_agency() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "scripted").await;
    for (script, expected) in [
        ("container:36000:2207004", "failed media_too_large media"),
        ("container:36001:2207005", "failed media_format media"),
        ("container:36003:2207009", "failed media_ratio media"),
        ("container:352:2207026", "failed media_format media"),
        ("container:100:2207010", "failed content_refused content"),
        ("container:100:2207028", "failed media_refused media"),
        ("container:100:2207023", "failed media_refused media"),
        ("container:-2:2207003", "scheduled media_unreachable media again"),
        ("container:9004:2207052", "scheduled media_unreachable media again"),
        ("container:-1:2207001", "scheduled platform_unreachable network again"),
        ("container:-1:2207032", "scheduled platform_unreachable network again"),
        ("container:100", "failed content_refused content"),
        ("container:4", "scheduled rate_limited quota again"),
        ("container:17", "scheduled rate_limited quota again"),
        ("container:368", "scheduled account_restricted account again"),
        ("status:352:2207026", "failed media_format media"),
        ("status:36003:2207009", "failed media_ratio media"),
        ("status:-2:2207052", "scheduled media_unreachable media again"),
        ("status:-2:2207082", "scheduled media_unreachable media again"),
        ("quota:4", "scheduled rate_limited quota again"),
        ("quota:2", "scheduled platform_unreachable network again"),
        ("publish:9:2207042", "scheduled quota_reached quota again"),
        ("publish:4:2207051", "scheduled account_restricted account again"),
        ("publish:25:2207050", "failed account_restricted account"),
        ("publish:36003:2207009", "failed media_ratio media"),
        ("publish:-1:2207001", "unconfirmed outcome_unknown network again"),
        ("publish:12345", "failed refused platform"),
    ] {
        let change = json!({ "content": format!("fail:{script}") });
        let target = publish(&world, &place, &[&sample("photo.jpg")], change, Duration::seconds(10)).await;
        assert_eq!(describe(&target), expected, "{script}: {target}");
        has_a_remedy(&target);
    }
    // The quota row scripts the latest upload only, so the two posts after it are published.
    let there = feed(&world, "instagram", "scripted").await;
    assert!(there.iter().all(|post| post["text"].as_str().unwrap().starts_with("fail:quota")), "{there:?}");
}

#[tokio::test]
async fn a_code_of_an_ended_authorization_holds_the_post() {
    let world = World::new().await;
    for script in ["container:190:463", "publish:190:460", "quota:10", "publish:200"] {
        let place = connected(&world, "instagram", "scripted").await;
        let change = json!({ "content": format!("fail:{script}") });
        let target = publish(&world, &place, &[&sample("photo.jpg")], change, Duration::seconds(10)).await;
        assert_eq!(describe(&target), "held reconnect_required auth again", "{script}: {target}");
        assert_eq!(world.accounts(&place.0).await[0]["status"], "reconnect_required");
    }
}
