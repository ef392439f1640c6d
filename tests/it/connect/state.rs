//! The OAuth state: made by us, unchanged, recent, of this platform, and accepted once.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use futures_util::future::join;
use serde_json::Value;
use shared::{secrets::LinkKeys, testing::Ask};

use super::{Deployed, TOKEN, called, headed, parts, said, with};
use crate::world::{Browser, SECRET, World, consent, way_out};

const NOT_OURS: (u16, &str) = (400, "We could not tell which connection this belongs to");
const OTHER_SECRET: &str = r#"{"1":"the secret of another deployment altogether"}"#;
const BOTH_SECRETS: &str =
    r#"{"1":"a secret of a test, long enough to be one","2":"the one that came with a rotation"}"#;

/// A started attempt: its client, browser and callback.
async fn started(world: &World) -> (String, Browser, String) {
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(world, &link, "demo_shop").await;
    let _ = (world.engine.calls(), world.network.seen());
    (client, browser, callback)
}

fn state(callback: &str) -> String {
    parts(callback).1["state"].clone()
}

#[tokio::test]
async fn a_callback_is_accepted_once_and_its_code_is_exchanged_once() {
    let world = World::new().await;
    let (client, browser, callback) = started(&world).await;
    assert_eq!(said(&browser.clone().follow(&world, &callback).await), (200, ""));
    let grants = world.engine.items().await;
    // The cookie is cleared; a copy of it is refused as well.
    let page = browser.clone().follow(&world, &callback).await;
    assert_eq!(said(&page), (400, "state_used"));
    assert!(page.text.contains("✓"), "the page shows the connected account: {}", page.text);
    assert_eq!(called(&world, TOKEN), 1);
    assert_eq!(world.engine.items().await.len(), grants.len());
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn of_two_concurrent_requests_of_one_callback_one_exchanges_the_code() {
    let world = World::new().await;
    let (client, browser, callback) = started(&world).await;
    let (mut left, mut right) = (browser.clone(), browser);
    let (left, right) = join(left.follow(&world, &callback), right.follow(&world, &callback)).await;
    let mut said = [said(&left), said(&right)];
    said.sort_unstable();
    assert_eq!(said, [(200, ""), (400, "state_used")]);
    assert_eq!(called(&world, TOKEN), 1);
    assert_eq!(world.accounts(&client).await.len(), 1);
}

/// An hour is much longer than a state is accepted; then the item's time to live ends.
#[tokio::test]
async fn a_used_attempt_is_remembered_for_an_hour() {
    let world = World::new().await;
    let (_, browser, callback) = started(&world).await;
    assert_eq!(said(&browser.clone().follow(&world, &callback).await), (200, ""));
    let kind = AttributeValue::S("ATTEMPT".into());
    let attempts: Vec<_> = world.engine.items().await.into_iter().filter(|item| item["sk"] == kind).collect();
    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(attempt["ttl"], AttributeValue::N((world.now() + Duration::hours(1)).timestamp().to_string()));
}

#[tokio::test]
async fn a_state_is_accepted_for_ten_minutes() {
    for (seconds, expected) in [(599, (200, "")), (600, (400, "state_expired"))] {
        let world = World::new().await;
        let client = world.client("A").await;
        let mut browser = Browser::default();
        let link = world.link(&client, &["x"]).await;
        let page = browser.press(&world, &format!("{link}/x"), "").await;
        // The time passes before consent: X's code itself is valid for half a minute.
        world.clock.advance(Duration::seconds(seconds));
        let callback = consent(&world, &way_out(&page), "demo_shop").await;
        let page = browser.follow(&world, &callback).await;
        assert_eq!(said(&page), expected);
        let connected = usize::from(expected.0 == 200);
        assert_eq!(called(&world, TOKEN), connected);
        assert_eq!(world.accounts(&client).await.len(), connected);
        assert!(connected == 1 || page.text.contains("Connect X</button>"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_state_of_one_platform_is_refused_at_the_callback_of_another() {
    let world = World::new().await;
    let (client, mut browser, callback) = started(&world).await;
    for other in ["bluesky", "myspace", "X"] {
        let page = browser.get(&world, &callback.replace("/connect/x/", &format!("/connect/{other}/"))).await;
        assert_eq!(headed(&page), NOT_OURS, "{other}");
    }
    assert!(world.engine.calls().is_empty() && world.network.seen().is_empty());
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""), "the attempt is not spent");
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn a_state_that_is_forged_or_missing_is_refused_without_a_read() {
    let world = World::new().await;
    let (client, mut browser, callback) = started(&world).await;
    let good = state(&callback);
    let mut forged: Vec<String> = (0..good.len())
        .map(|at| {
            let other = if good[at..].starts_with('A') { "B" } else { "A" };
            format!("{}{other}{}", &good[..at], &good[at + 1..])
        })
        .collect();
    let ends = [String::new(), "A".into(), good[1..].into(), good[..good.len() - 4].into(), format!("{good}AAAA")];
    forged.extend(ends);
    for state in &forged {
        let page = browser.get(&world, &with(&callback, "state", Some(state))).await;
        assert_eq!(headed(&page), NOT_OURS, "{state}");
    }
    assert_eq!(headed(&browser.get(&world, &with(&callback, "state", None)).await), NOT_OURS);
    assert_eq!(headed(&browser.get(&world, "/connect/x/callback").await), NOT_OURS);
    assert!(world.engine.calls().is_empty() && world.network.seen().is_empty());
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""), "the attempt is not spent");
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn a_state_of_another_deployment_is_refused_without_a_read() {
    let world = World::new().await;
    let (_, mut browser, callback) = started(&world).await;
    let (ours, theirs) = (LinkKeys::parse(SECRET).unwrap(), LinkKeys::parse(OTHER_SECRET).unwrap());
    let plain = ours.open_state(&state(&callback)).unwrap().1;
    let page = browser.get(&world, &with(&callback, "state", Some(&theirs.seal_state(&plain)))).await;
    assert_eq!(headed(&page), NOT_OURS);
    assert!(world.engine.calls().is_empty() && world.network.seen().is_empty());
    // The same content sealed with our secret is accepted, so the seal is what decides.
    let page = browser.follow(&world, &with(&callback, "state", Some(&ours.seal_state(&plain)))).await;
    assert_eq!(said(&page), (200, ""));
}

#[tokio::test]
async fn an_attempt_started_before_a_rotation_can_finish_after_it() {
    let world = World::new().await;
    let (client, browser, callback) = started(&world).await;
    let rotated = Deployed::new(&world, BOTH_SECRETS, |_| {});
    let (name, value) = browser.cookies.iter().next().unwrap();
    let page = rotated.ask(Ask::get(&callback).header("cookie", &format!("{name}={value}"))).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(world.accounts(&client).await.len(), 1);
}

#[tokio::test]
async fn a_state_has_no_readable_secret_and_fits_xs_limit() {
    let world = World::new().await;
    let (_, browser, callback) = started(&world).await;
    let state = state(&callback);
    assert!(state.len() <= 500, "{}", state.len());
    let plain = LinkKeys::parse(SECRET).unwrap().open_state(&state).unwrap().1;
    let plain: Value = serde_json::from_slice(&plain).unwrap();
    assert!(
        !plain.to_string().contains(browser.cookies.values().next().unwrap()),
        "the state has only the cookie's digest"
    );
}

#[tokio::test]
async fn a_callback_without_a_code_spends_no_attempt() {
    let world = World::new().await;
    let (client, mut browser, callback) = started(&world).await;
    for code in [None, Some("")] {
        let page = browser.get(&world, &with(&callback, "code", code)).await;
        assert_eq!(said(&page), (400, "state_unknown"));
    }
    assert!(world.network.seen().is_empty());
    assert_eq!(said(&browser.follow(&world, &callback).await), (200, ""));
    assert_eq!(world.accounts(&client).await.len(), 1);
}

/// Each is exchanged under the credentials of our app.
#[tokio::test]
async fn a_link_allows_sixty_exchanges_per_hour() {
    let world = World::new().await;
    let link = world.link(&world.client("A").await, &["x"]).await;
    let attempt = async |code: &str| {
        let mut browser = Browser::default();
        let callback = browser.authorize_x(&world, &link, "demo_shop").await;
        browser.follow(&world, &with(&callback, "code", Some(code))).await
    };
    for n in 0..60 {
        assert_eq!(said(&attempt("invented").await), (502, "exchange_refused"), "{n}");
    }
    let _ = world.network.seen();
    assert_eq!(said(&attempt("invented").await), (429, "too_many_tries"));
    assert_eq!(called(&world, TOKEN), 0);
    world.clock.advance(Duration::hours(1));
    assert_eq!(said(&attempt("invented").await), (502, "exchange_refused"));
}
