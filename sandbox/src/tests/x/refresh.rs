//! Refresh tokens, and revoking.

use serde_json::json;

use super::{
    SCOPES, TOKEN, World, form,
    token::{ME, refused, text},
};

#[tokio::test]
async fn refreshing_rotates_and_the_new_tokens_work() {
    let world = World::new().await;
    let first = world.connect_with("demo_shop", SCOPES).await;
    world.pass(7200);
    let access = text(&first, "access_token");
    assert_eq!(world.get_as(access, ME).await.status, 401, "expired");
    let second = world.refresh(text(&first, "refresh_token")).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["scope"], SCOPES);
    let access = text(&second, "access_token");
    assert_eq!(world.get_as(access, ME).await.status, 200);
    let third = world.refresh(text(&second, "refresh_token")).await;
    assert_eq!(third.status, 200);
}

#[tokio::test]
async fn replaying_a_rotated_refresh_token_revokes_the_grant() {
    let world = World::new().await;
    let first = world.connect_with("demo_shop", SCOPES).await;
    let second = world.refresh(text(&first, "refresh_token")).await.json();
    refused(&world.refresh("guess").await, "Value passed for the token was invalid.");
    assert_eq!(world.get_as(text(&second, "access_token"), ME).await.status, 200, "an unknown token revokes nothing");
    refused(&world.refresh(text(&first, "refresh_token")).await, "Value passed for the token was invalid.");
    refused(&world.refresh(text(&second, "refresh_token")).await, "Value passed for the token was invalid.");
    for tokens in [first, second] {
        let access = text(&tokens, "access_token");
        assert_eq!(world.get_as(access, ME).await.status, 401);
    }
}

#[tokio::test]
async fn of_two_concurrent_refreshes_at_most_one_gives_tokens() {
    let world = World::new().await;
    let tokens = world.connect_with("demo_shop", SCOPES).await;
    let refresh = text(&tokens, "refresh_token");
    let (one, other) = tokio::join!(world.refresh(refresh), world.refresh(refresh));
    let given = [one, other].iter().filter(|reply| reply.status == 200).count();
    assert_eq!(given, 1);
}

#[tokio::test]
async fn another_client_cannot_refresh_or_revoke() {
    let world = World::new().await;
    let tokens = world.connect_with("demo_shop", SCOPES).await;
    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let request = form(TOKEN, "other", "secret-of-other", &fields);
    let reply = world.ask(request).await.unwrap();
    refused(&reply, "Value passed for the token was invalid.");
    let revoke = "/api.x.com/2/oauth2/revoke";
    for token in [refresh, text(&tokens, "access_token")] {
        let request = form(revoke, "other", "secret-of-other", &[("token", token)]);
        world.ask(request).await.unwrap();
    }
    let access = text(&tokens, "access_token");
    assert_eq!(world.get_as(access, ME).await.status, 200);
    assert_eq!(world.refresh(refresh).await.status, 200);
}

#[tokio::test]
async fn revoking_a_refresh_token_revokes_the_grant_and_an_access_token_does_not() {
    let world = World::new().await;
    let revoke = |token: String| {
        let fields = [("token", token.as_str())];
        form("/api.x.com/2/oauth2/revoke", "app", "secret-of-app", &fields)
    };
    let first = world.connect_with("demo_shop", SCOPES).await;
    let access = text(&first, "access_token");
    let reply = world.ask(revoke(access.to_owned())).await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.json()), (200, json!({ "revoked": true })));
    assert_eq!(world.get_as(access, ME).await.status, 401);

    let second = world.refresh(text(&first, "refresh_token")).await.json();
    let access = text(&second, "access_token");
    assert_eq!(world.get_as(access, ME).await.status, 200);
    let refresh = text(&second, "refresh_token");
    world.ask(revoke(refresh.to_owned())).await.unwrap();
    assert_eq!(world.get_as(access, ME).await.status, 401);
    assert_eq!(world.refresh(refresh).await.status, 400);
}

#[tokio::test]
async fn invalid_forms_for_revoking_are_refused_and_revoke_nothing() {
    let world = World::new().await;
    let tokens = world.connect_with("demo_shop", SCOPES).await;
    let access = text(&tokens, "access_token");
    let revoke = async |fields: &[(&str, &str)]| {
        world.ask(form("/api.x.com/2/oauth2/revoke", "app", "secret-of-app", fields)).await.unwrap()
    };
    refused(&revoke(&[]).await, "Missing required parameter [token].");
    refused(&revoke(&[("token", access), ("scope", "tweet.read")]).await, "Unknown parameter [scope].");
    let hinted = revoke(&[("token", access), ("token_type_hint", "id_token")]).await;
    assert_eq!((hinted.status.as_u16(), &hinted.json()["error"]), (400, &json!("unsupported_token_type")));
    assert_eq!(world.get_as(access, ME).await.status, 200);
    assert_eq!(revoke(&[("token", access), ("token_type_hint", "access_token")]).await.status, 200);
    assert_eq!(world.get_as(access, ME).await.status, 401);
}
