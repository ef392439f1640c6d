//! What a platform tells about a person: that they removed our app, or ask for the deletion of their data.

use data_encoding::BASE64URL_NOPAD;
use http::Method;
use ring::hmac;
use serde_json::{Value, json};
use shared::{
    id::AgencyId,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use crate::world::{Browser, URL, World};

/// The secret of our app at the sandbox.
pub(crate) const SECRET: &str = "sandbox-app-secret";
const DEAUTHORIZE: &str = "/connect/instagram/deauthorize";
const DELETE: &str = "/connect/instagram/data-deletion";

pub(crate) fn signed(world: &World, user_id: &str, secret: &str) -> String {
    let payload = json!({ "algorithm": "HMAC-SHA256", "user_id": user_id, "issued_at": world.now().timestamp() });
    let payload = BASE64URL_NOPAD.encode(payload.to_string().as_bytes());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{}.{payload}", BASE64URL_NOPAD.encode(hmac::sign(&key, payload.as_bytes()).as_ref()))
}

async fn tell(world: &World, path: &str, signed_request: &str) -> TestResponse {
    let ask = Ask::new(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    world.ask(ask.body(format!("signed_request={signed_request}"))).await
}

/// Connects an account on Instagram for a new client; returns the client.
pub(crate) async fn connect(world: &World, key: &str, account: &str) -> String {
    let body = json!({ "name": if account == "demo_shop" { "A client" } else { "Another client" } });
    let client = world.ask(Ask::post("/v1/clients", &body).key(key)).await.data()["id"].as_str().unwrap().to_owned();
    let link = world.link_with(key, &client, &["instagram"]).await["url"].as_str().unwrap().replace(URL, "");
    let page = Browser::default().connect(world, &link, "instagram", account).await;
    assert_eq!(page.status, 200, "{}", page.text);
    client
}

async fn account(world: &World, key: &str, client: &str) -> Value {
    world.ask(Ask::get(&format!("/v1/accounts?clientId={client}")).key(key)).await.data()[0].clone()
}

/// The two ids of a connected account: its own, and that of the person for our app.
pub(crate) async fn ids(world: &World) -> (String, String) {
    let items = world.engine.items().await;
    let account = items.iter().find(|item| item.contains_key("app_user_id")).unwrap();
    let text = |name: &str| account[name].as_s().unwrap().clone();
    (text("user_id"), text("app_user_id"))
}

#[tokio::test]
async fn an_account_whose_owner_removed_the_app_needs_a_reconnect() {
    let world = World::new().await;
    let (own, other) = (connect(&world, &world.key, "demo_shop").await, connect(&world, &world.key, "demo_cafe").await);
    let (user_id, app_user_id) = ids(&world).await;
    for user_id in [app_user_id, user_id] {
        let answer = tell(&world, DEAUTHORIZE, &signed(&world, &user_id, SECRET)).await;
        assert_eq!((answer.status, answer.json()), (200.try_into().unwrap(), json!({})));
    }
    let status = async |client: &str| account(&world, &world.key, client).await["status"].clone();
    let mut statuses = [status(&own).await, status(&other).await];
    statuses.sort_by_key(ToString::to_string);
    assert_eq!(statuses, ["connected", "reconnect_required"]);
}

#[tokio::test]
async fn a_request_that_the_platform_did_not_sign_changes_nothing() {
    let world = World::new().await;
    let client = connect(&world, &world.key, "demo_shop").await;
    let user_id = ids(&world).await.1;
    let old = signed(&world, &user_id, SECRET);
    world.clock.advance(chrono::Duration::minutes(61));
    for path in [DEAUTHORIZE, DELETE] {
        for request in [signed(&world, &user_id, "another secret"), old.clone(), "a.b".to_owned(), String::new()] {
            let answer = tell(&world, path, &request).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (403, "signature_invalid"),
                "{path} {request}"
            );
        }
        for platform in ["x", "bluesky", "nowhere"] {
            let answer = tell(&world, &path.replace("instagram", platform), &signed(&world, &user_id, SECRET)).await;
            assert_eq!(answer.status, 404, "{platform} signs no such requests");
        }
    }
    assert_eq!(account(&world, &world.key, &client).await["status"], "connected");
}

#[tokio::test]
async fn a_persons_data_is_erased_in_all_agencies() {
    let world = World::new().await;
    let second = world.agency(AgencyId::random(), Mode::Test).await;
    let own = connect(&world, &world.key, "demo_shop").await;
    let of_second = connect(&world, &second, "demo_shop").await;
    let (user_id, app_user_id) = ids(&world).await;
    let answer = tell(&world, DELETE, &signed(&world, &app_user_id, SECRET)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for (key, client) in [(&world.key, &own), (&second, &of_second)] {
        let account = account(&world, key, client).await;
        assert_eq!((&account["status"], &account["handle"]), (&json!("disconnected"), &json!("deleted")));
    }
    // The sandbox keeps its accounts, and a link knows its person until it expires.
    let ours = world.engine.items().await.into_iter().filter(|item| {
        let pk = item["pk"].as_s().unwrap();
        (pk.starts_with("T#") && !item.contains_key("expires_at"))
            || pk.starts_with("PERSON#")
            || pk.starts_with("GRANT#")
    });
    for item in ours {
        let text = format!("{item:?}");
        assert!(!text.contains(&user_id) && !text.contains(&app_user_id) && !text.contains("demo_shop"), "{text}");
        assert!(!text.contains("PERSON#") && !text.contains("GRANT#"), "{text}");
    }
    let answer = answer.json();
    let page = answer["url"].as_str().unwrap().replace(URL, "");
    assert!(page.ends_with(answer["confirmation_code"].as_str().unwrap()));
    let page = world.ask(Ask::get(&page)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Your data is deleted"), "{}", page.text);
    let unknown = world.ask(Ask::get(&format!("{DELETE}/unknown"))).await;
    assert_eq!(unknown.status, 404);
    let again = tell(&world, DELETE, &signed(&world, &app_user_id, SECRET)).await;
    assert_eq!(again.status, 200, "a repeated request is answered alike");
}

#[tokio::test]
async fn a_person_who_connects_again_is_known_again() {
    let world = World::new().await;
    let client = connect(&world, &world.key, "demo_shop").await;
    let before = account(&world, &world.key, &client).await;
    let app_user_id = ids(&world).await.1;
    let told = tell(&world, DELETE, &signed(&world, &app_user_id, SECRET)).await.json();
    world.clock.advance(chrono::Duration::minutes(1));
    connect(&world, &world.key, "demo_shop").await;
    let after = account(&world, &world.key, &client).await;
    assert_eq!(
        (&after["id"], &after["status"], &after["handle"]),
        (&before["id"], &json!("connected"), &json!("demo_shop"))
    );
    let page = world.ask(Ask::get(&told["url"].as_str().unwrap().replace(URL, ""))).await.text;
    assert!(page.contains("Your data is deleted"), "the new consent is not meant: {page}");
    tell(&world, DEAUTHORIZE, &signed(&world, &app_user_id, SECRET)).await;
    assert_eq!(account(&world, &world.key, &client).await["status"], "reconnect_required");
}

/// The platform may tell late, or twice.
#[tokio::test]
async fn a_request_is_not_about_what_was_granted_later() {
    let world = World::new().await;
    let client = connect(&world, &world.key, "demo_shop").await;
    let signed = signed(&world, &ids(&world).await.1, SECRET);
    world.clock.advance(chrono::Duration::minutes(1));
    connect(&world, &world.key, "demo_shop").await;
    for path in [DEAUTHORIZE, DELETE] {
        assert_eq!(tell(&world, path, &signed).await.status, 200);
        assert_eq!(account(&world, &world.key, &client).await["status"], "connected", "{path}");
    }
}

#[tokio::test]
async fn the_page_of_a_person_without_accounts_claims_no_deletion() {
    let world = World::new().await;
    let answer = tell(&world, DELETE, &signed(&world, "17841400000000000", SECRET)).await;
    let page = answer.json()["url"].as_str().unwrap().replace(URL, "");
    let page = world.ask(Ask::get(&page)).await.text;
    assert!(page.contains("No account of yours was found") && !page.contains("deleted here"), "{page}");
}

#[tokio::test]
async fn a_deletion_that_was_interrupted_says_so_and_goes_on() {
    let world = World::new().await;
    connect(&world, &world.key, "demo_shop").await;
    let (_, app_user_id) = ids(&world).await;
    let person =
        shared::store::Person { mode: Mode::Live, platform: platforms::PlatformId::Instagram, user_id: &app_user_id };
    let code = world.store.insert_deletion(person, 1, world.now()).await.unwrap();
    let page = async || world.ask(Ask::get(&format!("{DELETE}/{code}"))).await.text;
    assert!(page().await.contains("Your data is being deleted"));
    tell(&world, DELETE, &signed(&world, &app_user_id, SECRET)).await;
    assert!(page().await.contains("Your data is deleted"));
}
