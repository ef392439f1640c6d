//! The token endpoint.

use serde_json::json;

use super::{REDIRECT, Received, SCOPES, TOKEN, VERIFIER, World, form};

pub(super) const ME: &str = "/api.x.com/2/users/me";

pub(super) fn refused(reply: &Received, description: &str) {
    assert_eq!(reply.status, 400, "{}", reply.body);
    assert_eq!(reply.json(), json!({ "error": "invalid_request", "error_description": description }));
}

pub(super) fn text<'a>(tokens: &'a serde_json::Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_code_gives_tokens_that_identify_the_account() {
    let world = World::new().await;
    let tokens = world.connect_with("demo_shop", SCOPES).await;
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 7200);
    assert_eq!(tokens["scope"], SCOPES);
    assert!(tokens["refresh_token"].is_string());
    let access = text(&tokens, "access_token");
    let me = world.get_as(access, &format!("{ME}?user.fields=verified")).await;
    assert_eq!(me.status, 200);
    assert_eq!(
        me.json(),
        json!({ "data": { "id": "1500000000000000001", "name": "Demo Shop", "username": "demo_shop", "verified": false } })
    );
    assert_eq!(me.header("x-rate-limit-limit"), "75");
    assert_eq!(me.header("x-rate-limit-remaining"), "74");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let world = World::new().await;
    let tokens = world.connect_with("demo_shop", "tweet.read users.read").await;
    assert_eq!(tokens.get("refresh_token"), None);
    assert_eq!(tokens["scope"], "tweet.read users.read");
}

#[tokio::test]
async fn a_code_is_bound_to_redirect_verifier_and_client() {
    let world = World::new().await;
    let code = world.code("demo_shop", SCOPES).await;
    let fields = |redirect, verifier| {
        [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ]
    };
    let elsewhere = world.token(&fields("https://elsewhere.example/", VERIFIER)).await;
    refused(&elsewhere, "Value passed for the redirect uri did not match the uri of the authorization code.");
    let verifier = world.token(&fields(REDIRECT, "another-verifier")).await;
    refused(&verifier, "Value passed for the code verifier did not match the code challenge.");
    let request = form(TOKEN, "other", "secret-of-other", &fields(REDIRECT, VERIFIER));
    let client = world.ask(request).await.unwrap();
    refused(&client, "Value passed for the authorization code was invalid.");
    assert_eq!(world.redeem(&code).await.status, 200);
}

#[tokio::test]
async fn a_code_is_valid_for_thirty_seconds() {
    let world = World::new().await;
    let (early, late) = (world.code("demo_shop", SCOPES).await, world.code("demo_shop", SCOPES).await);
    world.pass(29);
    assert_eq!(world.redeem(&early).await.status, 200);
    world.pass(1);
    refused(&world.redeem(&late).await, "Value passed for the authorization code was invalid.");
}

#[tokio::test]
async fn a_second_use_of_a_code_revokes_the_tokens_of_the_first() {
    let world = World::new().await;
    let code = world.code("demo_shop", SCOPES).await;
    let tokens = world.redeem(&code).await.json();
    let access = text(&tokens, "access_token");
    assert_eq!(world.get_as(access, ME).await.status, 200);
    // Also after the code expired: a second use means that it was stolen.
    world.pass(3600);
    refused(&world.redeem(&code).await, "Value passed for the authorization code was invalid.");
    assert_eq!(world.get_as(access, ME).await.status, 401);
    let refreshed = world.refresh(text(&tokens, "refresh_token")).await;
    refused(&refreshed, "Value passed for the token was invalid.");
}

#[tokio::test]
async fn of_two_concurrent_exchanges_at_most_one_gives_tokens() {
    let world = World::new().await;
    let code = world.code("demo_shop", SCOPES).await;
    let (one, other) = tokio::join!(world.redeem(&code), world.redeem(&code));
    let given = [one, other].iter().filter(|reply| reply.status == 200).count();
    assert_eq!(given, 1);
}

#[tokio::test]
async fn only_basic_with_the_right_secret_authenticates_a_client() {
    let world = World::new().await;
    let code = world.code("demo_shop", SCOPES).await;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let unauthorized = json!({
        "error": "unauthorized_client",
        "error_description": "Missing valid authorization header",
    });
    let wrong = world.ask(form(TOKEN, "app", "guess", &fields)).await.unwrap();
    assert_eq!((wrong.status.as_u16(), wrong.json()), (401, unauthorized.clone()));
    // A secret may have any character.
    let odd = "odd: 100% & more+";
    refused(
        &world.ask(form(TOKEN, odd, &format!("secret-of-{odd}"), &fields)).await.unwrap(),
        "Value passed for the authorization code was invalid.",
    );
    let unknown = world.ask(form(TOKEN, "nobody", "guess", &fields)).await.unwrap();
    assert_eq!(unknown.status, 401);
    assert_eq!(unknown.json()["error"], "invalid_client");

    fields.extend([("client_id", "app"), ("client_secret", "secret-of-app")]);
    let mut request = form(TOKEN, "app", "secret-of-app", &fields);
    let both = world.ask(request.clone()).await.unwrap();
    assert_eq!((both.status.as_u16(), both.json()), (401, unauthorized.clone()));
    request.headers_mut().remove("authorization");
    let body_only = world.ask(request).await.unwrap();
    assert_eq!((body_only.status.as_u16(), body_only.json()), (401, unauthorized));

    let another = [&fields[..4], &[("client_id", "other")]].concat();
    refused(&world.token(&another).await, "Value passed for the client id was invalid.");

    // None of these requests used the code. The client id may be repeated in the form.
    fields.pop();
    assert_eq!(world.token(&fields).await.status, 200);
}

#[tokio::test]
async fn invalid_forms_are_refused_by_name() {
    let world = World::new().await;
    refused(&world.token(&[]).await, "Missing required parameter [grant_type].");
    refused(&world.token(&[("grant_type", "refresh_token")]).await, "Missing required parameter [refresh_token].");
    refused(
        &world.token(&[("grant_type", "client_credentials")]).await,
        "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].",
    );
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "a")];
    let with = |extra| [fields[0], fields[1], extra];
    refused(&world.token(&with(("scope", "tweet.read"))).await, "Unknown parameter [scope].");
    refused(&world.token(&with(("refresh_token", "b"))).await, "Repeated parameter [refresh_token].");
    let mut request = form(TOKEN, "app", "secret-of-app", &fields);
    let json = "application/json".parse().unwrap();
    request.headers_mut().insert("content-type", json);
    assert_eq!(world.ask(request).await.unwrap().status, 400);
}

#[tokio::test]
async fn users_me_needs_a_valid_token_and_both_scopes() {
    let world = World::new().await;
    let unauthorized = json!({
        "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized",
    });
    let reply = world.get(ME).await;
    assert_eq!((reply.status.as_u16(), reply.json()), (401, unauthorized.clone()));
    assert_eq!(world.get_as("guess", ME).await.json(), unauthorized);
    for scopes in ["users.read", "tweet.read"] {
        let tokens = world.connect_with("demo_shop", scopes).await;
        let reply = world.get_as(text(&tokens, "access_token"), ME).await;
        assert_eq!(reply.status, 403, "{scopes}");
        assert_eq!(reply.json()["title"], "Forbidden");
    }
    let access = world.connect("demo_shop").await;
    for query in ["?user.fields=shoe_size", "?expansions=x", "?user.fields=id&user.fields=id"] {
        let reply = world.get_as(&access, &format!("{ME}{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
        assert_eq!(reply.json()["title"], "Invalid Request");
    }
}
