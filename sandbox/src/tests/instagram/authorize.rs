//! Authorization requests and consent.

use super::{AUTHORIZE, ELSEWHERE, World, asking, encode};
use crate::tests::accounts::usernames;

#[tokio::test]
async fn a_valid_request_shows_network_scopes_and_every_account() {
    let page = World::new().await.get(&format!("{AUTHORIZE}?{}", encode(&asking()))).await;
    assert_eq!(page.status, 200);
    for part in
        ["act on Instagram", "instagram_business_content_publish", "Authorize as @demo_shop", r#"name="cancel""#]
    {
        assert!(page.body.contains(part), "{part}");
    }
    for username in usernames("instagram") {
        assert!(page.body.contains(&format!(r#"name="account" value="{username}""#)), "{username}");
    }
}

#[tokio::test]
async fn each_invalid_parameter_is_refused_on_a_page_without_a_redirect() {
    let world = World::new().await;
    let wrong = [
        ("response_type", "token"),
        ("client_id", "nobody"),
        ("redirect_uri", "https://elsewhere.example"),
        ("scope", ""),
        ("scope", "instagram_business_content_publish"),
        ("scope", "instagram_business_basic instagram_business_content_publish"),
        ("scope", "instagram_business_basic,business_content_publish"),
        ("state", ""),
    ];
    for (name, value) in wrong {
        let mut fields = asking();
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        let asked = world.get(&format!("{AUTHORIZE}?{}", encode(&fields))).await;
        assert_eq!(asked.status, 400, "{name}={value}");
        assert!(asked.body.contains(name), "{} names {name}", asked.body);
        fields.push(("account", "demo_shop"));
        let posted = world.consent(AUTHORIZE, &fields).await;
        assert_eq!(posted.status, 400, "posted {name}={value}");
        assert!(!posted.headers.contains_key("location"));
    }
    for extra in [("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("state", "again")] {
        let mut fields = asking();
        fields.push(extra);
        assert_eq!(world.get(&format!("{AUTHORIZE}?{}", encode(&fields))).await.status, 400, "{extra:?}");
    }
}

#[tokio::test]
async fn a_choice_redirects_with_code_state_and_the_fragment() {
    let mut fields = asking();
    fields.push(("account", "demo_cafe"));
    let reply = World::new().await.consent(AUTHORIZE, &fields).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with(&format!("{ELSEWHERE}?code=")));
    assert!(reply.header("location").ends_with("&state=st%26te#_"));
}

#[tokio::test]
async fn declining_redirects_with_the_reason() {
    let world = World::new().await;
    for choice in [("account", "declines"), ("cancel", "1")] {
        let mut fields = asking();
        fields.push(choice);
        let reply = world.consent(AUTHORIZE, &fields).await;
        assert_eq!(reply.status, 303);
        for (name, value) in [("error", "access_denied"), ("error_reason", "user_denied"), ("state", "st&te")] {
            assert_eq!(reply.sent_back(name).unwrap(), value);
        }
        assert!(reply.sent_back("error_description").is_some());
        assert_eq!(reply.sent_back("code"), None);
    }
}

#[tokio::test]
async fn a_choice_must_be_one_known_account_from_the_same_origin() {
    let world = World::new().await;
    let choices: [&[(&str, &str)]; 3] = [&[], &[("account", "nobody")], &[("account", "demo_shop"), ("cancel", "1")]];
    for choice in choices {
        let mut fields = asking();
        fields.extend(choice);
        assert_eq!(world.consent(AUTHORIZE, &fields).await.status, 400, "{choice:?}");
    }
    let mut fields = asking();
    fields.push(("account", "demo_shop"));
    assert_eq!(world.submit(AUTHORIZE, None, &fields).await.unwrap().status, 403);
}
