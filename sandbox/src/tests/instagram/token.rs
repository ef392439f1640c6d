//! Tokens for an hour and for 60 days, and refreshing.

use http::Request;
use serde_json::json;

use super::{DAY, ORIGIN, Received, SCOPES, World, encode, exchanging, failure, text};

const ME: &str = "/graph.instagram.com/v25.0/me";

fn refused(reply: &Received, message: &str) {
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json(), json!({ "error_type": "OAuthException", "code": 400, "error_message": message }));
}

#[tokio::test]
async fn a_code_gives_a_token_for_an_hour_and_the_granted_scopes() {
    let world = World::new().await;
    let code = world.allowed("demo_shop", SCOPES).await;
    let reply = world.spend(&exchanging(&code)).await.json();
    let data = &reply["data"][0];
    assert_eq!(data["user_id"], "24579000000000001");
    assert_eq!(data["permissions"], SCOPES);
    let token = text(data, "access_token");
    let me = world.get_as(&token, &format!("{ME}?fields=user_id,username,name,account_type")).await.json();
    assert_eq!(
        me,
        json!({
            "user_id": "17841400000000001", "username": "demo_shop", "name": "Demo Shop",
            "account_type": "BUSINESS", "id": "24579000000000001",
        })
    );
    world.pass(3599);
    assert_eq!(world.get_as(&token, ME).await.status, 200);
    world.pass(1);
    assert_eq!(failure(&world.get_as(&token, ME).await), (190, Some(463)));
}

#[tokio::test]
async fn a_code_is_bound_to_app_and_redirect_uri_and_valid_once() {
    let world = World::new().await;
    let code = world.allowed("demo_shop", SCOPES).await;
    let with = |name: &'static str, value: &'static str| {
        let mut fields = exchanging(&code);
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        fields
    };
    for (name, value, message) in [
        ("client_id", "nobody", "Invalid platform app"),
        ("client_secret", "guess", "Error validating client secret."),
        ("grant_type", "refresh_token", "Invalid grant_type, must be authorization_code"),
        ("code", "", "Missing required field code"),
        ("code", "guess", "Matching code was not found or was already used"),
        ("code_verifier", "v", "Unknown parameter code_verifier"),
    ] {
        refused(&world.spend(&with(name, value)).await, message);
    }
    let twice = [&exchanging(&code)[..], &[("code", "guess")]].concat();
    refused(&world.spend(&twice).await, "Repeated parameter code");
    refused(&world.get("/api.instagram.com/oauth/token").await, "Unknown path.");
    let path = "/api.instagram.com/oauth/access_token";
    let query = world.get(&format!("{path}?{}", encode(&exchanging(&code)))).await;
    refused(&query, "The request must be a form that is posted.");
    let untyped = Request::post(path).body(encode(&exchanging(&code)).into()).unwrap();
    refused(&world.ask(untyped).await.unwrap(), "The request must be a form that is posted.");
    let elsewhere = world.spend(&with("redirect_uri", ORIGIN)).await;
    assert!(elsewhere.body.contains("redirect_uri is identical"));
    let reply = world.spend(&exchanging(&code)).await;
    let token = text(&reply.json()["data"][0], "access_token");
    refused(&world.spend(&exchanging(&code)).await, "Matching code was not found or was already used");
    assert_eq!(failure(&world.get_as(&token, ME).await), (190, Some(458)));
}

#[tokio::test]
async fn a_code_is_valid_for_an_hour() {
    let world = World::new().await;
    let code = world.allowed("demo_shop", SCOPES).await;
    world.pass(3600);
    refused(&world.spend(&exchanging(&code)).await, "Matching code was not found or was already used");
}

#[tokio::test]
async fn a_short_lived_token_is_exchanged_for_one_of_sixty_days() {
    let world = World::new().await;
    let short = world.short_token("demo_shop", SCOPES).await;
    assert_eq!(failure(&world.lengthen(&short, "guess").await), (101, None));
    let reply = world.lengthen(&short, "secret-of-app").await.json();
    assert_eq!((&reply["token_type"], &reply["expires_in"]), (&json!("bearer"), &json!(5_184_000)));
    let long = text(&reply, "access_token");
    assert_eq!(failure(&world.lengthen(&long, "secret-of-app").await), (100, None));
    world.pass(60 * DAY - 1);
    assert_eq!(world.get_as(&long, ME).await.status, 200);
    world.pass(1);
    assert_eq!(failure(&world.get_as(&long, ME).await), (190, Some(463)));
    assert_eq!(failure(&world.extend(&long).await), (190, Some(463)));
}

#[tokio::test]
async fn only_a_long_lived_token_that_is_a_day_old_is_refreshed_and_stays_valid() {
    let world = World::new().await;
    let short = world.short_token("demo_shop", SCOPES).await;
    let long = text(&world.lengthen(&short, "secret-of-app").await.json(), "access_token");
    assert_eq!(failure(&world.extend(&short).await), (190, None));
    world.pass(DAY - 1);
    assert_eq!(failure(&world.extend(&long).await), (100, None));
    world.pass(1);
    let reply = world.extend(&long).await.json();
    assert_eq!(reply["expires_in"], 5_184_000);
    for token in [text(&reply, "access_token"), long] {
        assert_eq!(world.get_as(&token, ME).await.status, 200);
    }
}

#[tokio::test]
async fn the_error_for_an_invalid_token_gives_the_reason() {
    let world = World::new().await;
    assert_eq!(failure(&world.get(ME).await), (2500, None));
    let of_x = world.connect("demo_shop").await;
    for unknown in ["guess", &of_x] {
        assert_eq!(failure(&world.get_as(unknown, ME).await), (190, None));
    }
    let token = world.short_token("demo_shop", SCOPES).await;
    assert_eq!(world.get(&format!("{ME}?access_token={token}")).await.status, 200);
    for query in ["fields=shoe_size", "wish=1", "fields=id&fields=id"] {
        assert_eq!(failure(&world.get_as(&token, &format!("{ME}?{query}")).await), (100, None), "{query}");
    }
}

#[tokio::test]
async fn tokens_are_exchanged_and_refreshed_with_exact_parameters_only() {
    let world = World::new().await;
    let short = world.short_token("demo_shop", SCOPES).await;
    let long = text(&world.lengthen(&short, "secret-of-app").await.json(), "access_token");
    world.pass(DAY);
    let short = world.short_token("demo_shop", SCOPES).await;
    let (lengthen, refresh) = ("/graph.instagram.com/access_token", "/graph.instagram.com/refresh_access_token");
    let secret = ("client_secret", "secret-of-app");
    let (exchanging, refreshing) = (("grant_type", "ig_exchange_token"), ("grant_type", "ig_refresh_token"));
    let (short, long) = (("access_token", short.as_str()), ("access_token", long.as_str()));
    for (path, fields, code) in [
        (lengthen, &[secret, short][..], 100),
        (lengthen, &[refreshing, secret, short], 100),
        (lengthen, &[exchanging, secret, short, ("wish", "1")], 100),
        (lengthen, &[exchanging, short], 101),
        (lengthen, &[exchanging, secret], 2500),
        (refresh, &[long], 100),
        (refresh, &[exchanging, long], 100),
        (refresh, &[refreshing, long, secret], 100),
        (refresh, &[refreshing], 2500),
    ] {
        let reply = world.get(&format!("{path}?{}", encode(fields))).await;
        assert_eq!(failure(&reply), (code, None), "{path} {fields:?}");
        let posted = world.submit(path, None, fields).await.unwrap();
        assert_eq!(failure(&posted), (100, None), "posted to {path}");
    }
    for (path, fields) in [(lengthen, &[exchanging, secret, short][..]), (refresh, &[refreshing, long])] {
        assert_eq!(world.get(&format!("{path}?{}", encode(fields))).await.status, 200, "{path}");
    }
}
