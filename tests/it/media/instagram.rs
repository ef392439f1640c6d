//! Each account of the sandbox's Instagram, as its behaviour reaches the agency.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use shared::{account::Account, id::GrantId, testing::Ask};

use super::{ask, connected, feed, has_a_remedy, publish, sample, told};
use crate::{
    connect::said,
    world::{Browser, World, way_out},
};

/// How long a picture takes at most: fetched, converted, published.
const SOON: Duration = Duration::seconds(30);

#[tokio::test]
async fn an_account_is_connected_by_its_id_and_its_token_lives_long() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["instagram", "tiktok"]).await;
    let mut browser = Browser::default();
    let out = way_out(&browser.press(&world, &format!("{link}/instagram"), "").await);
    let query: Vec<String> = out.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(query, ["client_id", "response_type", "redirect_uri", "scope", "state"], "no PKCE here");
    let callback = browser.authorize(&world, &link, "instagram", "demo_shop").await;
    let back = browser.get(&world, &callback).await;
    let location = back.header("location").unwrap();
    assert!(location.ends_with('#'), "the browser's own `#_` ends here: {location}");
    let page = browser.get(&world, &link).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let accounts = world.accounts(&client).await;
    assert_eq!((&accounts[0]["platform"], &accounts[0]["handle"]), (&json!("instagram"), &json!("demo_shop")));
    let page = browser.connect(&world, &link, "tiktok", "demo_shop").await;
    assert!(page.text.contains("2 of 2") || page.text.matches('✓').count() == 2, "{}", page.text);
    let stored = crate::connect::stored(&world, &client).await;
    let instagram = stored.iter().find(|account| account.platform.as_str() == "instagram").unwrap();
    let vault = crate::connect::vault(&world);
    let grant = vault.find(crate::connect::tenant(&world), instagram.grant).await.unwrap().unwrap();
    let ends = grant.tokens.expires_at.unwrap() - world.now();
    assert!(ends > Duration::days(50) && ends <= Duration::days(60), "{ends}");
    assert!(grant.tokens.refresh.is_none());
}

/// When a client's one account says that its authorization ends, in days from now.
async fn days_left(world: &World, client: &str) -> Option<i64> {
    let accounts = world.accounts(client).await;
    let end = accounts[0].get("expiresAt")?.as_str()?.parse::<DateTime<Utc>>().unwrap();
    Some((end - world.now()).num_days())
}

#[tokio::test]
async fn an_account_says_when_its_authorization_ends_and_renewing_it_moves_that() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "busy_shop").await;
    let (client, account) = &place;
    let publish = async || told(&publish(&world, &place, &[&sample("photo.jpg")], json!({}), SOON).await);
    let left = days_left(&world, client).await;
    assert!(left.is_some_and(|left| (50..=60).contains(&left)), "{left:?}");
    world.clock.advance(Duration::days(40));
    assert_eq!(ask(&world, &place, &[&sample("photo.jpg")], json!({})).await.status, 201);
    world.deliver().await;
    assert_eq!(days_left(&world, client).await, left, "it begins anew, by the very worker that renews it");

    // A worker that stopped between the tokens and the account has left the old end.
    let stored = crate::connect::stored(&world, client).await.remove(0);
    let tenant = crate::connect::tenant(&world);
    let early = Some(world.now() + Duration::days(1));
    world.store.mark_expiry(tenant, &stored, early).await.unwrap();
    assert_eq!(days_left(&world, client).await, Some(1));
    assert_eq!(publish().await, "published - -");
    assert_eq!(crate::connect::stored(&world, client).await[0], stored, "the next one puts it right");

    let other = Account { grant: GrantId::random(), ..stored };
    world.store.mark_expiry(tenant, &other, early).await.unwrap();
    assert!(days_left(&world, client).await > Some(1), "the end is another grant's");
    world.ask(Ask::new(http::Method::DELETE, &format!("/v1/accounts/{account}")).key(&world.key)).await;
    assert_eq!(days_left(&world, client).await, None, "what is disconnected has ended");
}

#[tokio::test]
async fn platforms_whose_authorizations_do_not_end_say_no_end() {
    let world = World::new().await;
    let (client, _) = connected(&world, "x", "demo_shop").await;
    assert_eq!(days_left(&world, &client).await, None);
    let (client, _) = connected(&world, "tiktok", "demo_shop").await;
    assert_eq!(days_left(&world, &client).await, Some(180), "TikTok says how long its refresh token lives");
}

/// A token is renewed in its last month, and until it ends it serves whether that works or not.
#[tokio::test]
async fn a_token_that_lives_serves_although_it_cannot_be_renewed() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "busy_shop").await;
    let photo = sample("photo.jpg");
    let renewals = || world.network.seen().iter().filter(|call| call.contains("refresh_access_token")).count();
    let publish = async || told(&publish(&world, &place, &[&photo], json!({}), SOON).await);
    assert_eq!(publish().await, "published - -");
    assert_eq!(renewals(), 0, "a fresh one is left alone");

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
    assert_eq!(publish().await, "published - -", "beyond what the first token lived");
    assert_eq!(world.accounts(&place.0).await[0]["status"], "connected");
}

#[tokio::test]
async fn a_personal_account_is_told_what_to_do() {
    let world = World::new().await;
    let client = world.client("Shop").await;
    let link = world.link(&client, &["instagram"]).await;
    let page = Browser::default().connect(&world, &link, "instagram", "personal").await;
    assert_eq!(said(&page), (422, "account_unsuitable"));
    assert!(page.text.contains("business and creator"));
    assert!(world.accounts(&client).await.is_empty());
}

#[tokio::test]
async fn a_customer_may_say_no() {
    let world = World::new().await;
    for platform in ["instagram", "tiktok"] {
        let client = world.client(platform).await;
        let link = world.link(&client, &[platform]).await;
        let page = Browser::default().connect(&world, &link, platform, "declines").await;
        assert_eq!(said(&page), (200, "declined"), "{platform}");
    }
}

#[tokio::test]
async fn a_picture_a_reel_and_a_carousel_are_published_once() {
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
        assert_eq!(told(&target), "published - -", "{target}");
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
async fn what_a_picture_shows_is_told_to_instagram() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let change = json!({ "media": [{ "url": sample("photo.jpg"), "altText": "A red car in the sun" }] });
    publish(&world, &place, &[], change, SOON).await;
    assert_eq!(feed(&world, "instagram", "demo_shop").await[0]["media"][0]["altText"], "A red car in the sun");
}

/// A file is judged by its bytes before it is sent, whatever its server called it when the post was made.
#[tokio::test]
async fn a_file_is_looked_at_again_before_it_is_sent() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "demo_shop").await;
    let url = "https://m.test/a.jpg";
    for (file, expected) in [
        (b"<!doctype html>".to_vec(), "failed media_format media"),
        (include_bytes!("../../../sandbox/media/photo.png").to_vec(), "failed media_format media"),
        (include_bytes!("../../../sandbox/media/tall.jpg").to_vec(), "failed media_ratio media"),
    ] {
        world.files.put(url, include_bytes!("../../../sandbox/media/photo.jpg").as_slice());
        let answer = ask(&world, &place, &[url], json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        world.files.put(url, file);
        world.deliver().await;
        assert_eq!(told(&world.target(&answer.data()).await), expected);
    }
    assert!(feed(&world, "instagram", "demo_shop").await.is_empty());
}

#[tokio::test]
async fn each_account_ends_as_it_behaves() {
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
        ("lost_unposted", Duration::hours(1), "failed platform_unreachable network"),
        ("server_error", Duration::minutes(5), "published - -"),
    ] {
        let place = connected(&world, "instagram", account).await;
        let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), time).await;
        assert_eq!(told(&target), expected, "{account}: {target}");
        let there = feed(&world, "instagram", account).await.len();
        assert_eq!(there, usize::from(expected.starts_with("published")), "{account}: what we say is what is there");
    }
}

/// The answer that named the post was lost: it is found by its container, caption and time, with its address.
#[tokio::test]
async fn a_lost_answer_is_found_with_its_address() {
    let world = World::new().await;
    let place = connected(&world, "instagram", "answer_lost").await;
    let target = publish(&world, &place, &[&sample("photo.jpg")], json!({}), Duration::minutes(5)).await;
    let feed = feed(&world, "instagram", "answer_lost").await;
    assert_eq!(feed.len(), 1);
    assert_eq!((&target["platformPostId"], &target["url"]), (&feed[0]["id"], &feed[0]["permalink"]));
}

/// From the platform's wire to what the agency reads: each code of Meta's table.
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
        assert_eq!(told(&target), expected, "{script}: {target}");
        has_a_remedy(&target);
    }
    // The quota's script is the latest upload's, so those two go out behind it.
    let there = feed(&world, "instagram", "scripted").await;
    assert!(there.iter().all(|post| post["text"].as_str().unwrap().starts_with("fail:quota")), "{there:?}");
}

/// A code that means the connection: it ends the account's grant.
#[tokio::test]
async fn a_code_that_means_the_connection_holds_the_post() {
    let world = World::new().await;
    for script in ["container:190:463", "publish:190:460", "quota:10", "publish:200"] {
        let place = connected(&world, "instagram", "scripted").await;
        let change = json!({ "content": format!("fail:{script}") });
        let target = publish(&world, &place, &[&sample("photo.jpg")], change, Duration::seconds(10)).await;
        assert_eq!(told(&target), "held reconnect_required auth again", "{script}: {target}");
        assert_eq!(world.accounts(&place.0).await[0]["status"], "reconnect_required");
    }
}
