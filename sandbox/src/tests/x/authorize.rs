//! Authorization requests and consent.

use bytes::Bytes;
use http::Request;

use super::{AUTHORIZE, REDIRECT, World, asking, encode};
use crate::{networks, secret, tests::world::ORIGIN};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn url(fields: &[(&str, &str)]) -> String {
    format!("{AUTHORIZE}?{}", encode(fields))
}

#[tokio::test]
async fn a_valid_request_shows_app_scopes_and_every_account() {
    let world = World::new().await;
    let page = world.get(&url(&asking(CHALLENGE))).await;
    assert_eq!(page.status, 200);
    for part in [
        "<bdi>app</bdi>",
        "tweet.write",
        r#"name="account" value="demo_shop""#,
        r#"name="account" value="suspended""#,
        r#"name="cancel""#,
        r#"name="state" value="st&amp;te""#,
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!policy.contains("form-action"), "it would stop the redirect");
}

#[tokio::test]
async fn each_invalid_parameter_is_refused_on_a_page_without_a_redirect() {
    let world = World::new().await;
    let long_state = "s".repeat(501);
    let other_slash = format!("{REDIRECT}/");
    let wrong = [
        ("response_type", "token"),
        ("response_type", ""),
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", other_slash.as_str()),
        ("redirect_uri", "http://127.0.0.1:9000/connect/x/callback"),
        ("redirect_uri", ""),
        ("scope", ""),
        ("scope", "tweet.read  users.read"),
        ("scope", "tweet.read,users.read"),
        ("scope", "tweet.shout"),
        ("state", ""),
        ("state", long_state.as_str()),
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
    ];
    for (name, value) in wrong {
        let mut fields = asking(CHALLENGE);
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        let asked = world.get(&url(&fields)).await;
        assert_eq!(asked.status, 400, "{name}={value}");
        assert!(!asked.headers.contains_key("location"));
        assert!(asked.body.contains(name), "{} names {name}", asked.body);
        // The parameters in the form are validated again.
        fields.push(("account", "demo_shop"));
        let posted = world.consent(AUTHORIZE, &fields).await;
        assert_eq!(posted.status, 400, "posted {name}={value}");
        assert!(!posted.headers.contains_key("location"));
    }
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_refused() {
    let world = World::new().await;
    for extra in [("prompt", "none"), ("state", "again")] {
        let mut fields = asking(CHALLENGE);
        fields.push(extra);
        assert_eq!(world.get(&url(&fields)).await.status, 400, "{extra:?}");
    }
}

#[tokio::test]
async fn a_choice_redirects_with_state_and_code() {
    let world = World::new().await;
    let mut fields = asking(CHALLENGE);
    fields.push(("account", "demo_cafe"));
    let reply = world.consent(AUTHORIZE, &fields).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with(&format!("{REDIRECT}&state=")));
    assert_eq!(reply.sent_back("state").unwrap(), "st&te");
    assert!(reply.sent_back("code").unwrap().len() >= 43);
}

#[tokio::test]
async fn declining_redirects_without_a_code() {
    let world = World::new().await;
    for choice in [("account", "declines"), ("cancel", "1")] {
        let mut fields = asking(CHALLENGE);
        fields.push(choice);
        let reply = world.consent(AUTHORIZE, &fields).await;
        assert_eq!(reply.status, 303);
        assert_eq!(reply.sent_back("error").unwrap(), "access_denied");
        assert_eq!(reply.sent_back("state").unwrap(), "st&te");
        assert_eq!(reply.sent_back("code"), None);
    }
}

#[tokio::test]
async fn a_choice_must_be_one_known_account() {
    let world = World::new().await;
    let shop = ("account", "demo_shop");
    let choices: [&[(&str, &str)]; 4] =
        [&[], &[("account", "nobody")], &[shop, ("cancel", "1")], &[shop, ("account", "demo_cafe")]];
    for choice in choices {
        let mut fields = asking(CHALLENGE);
        fields.extend(choice);
        assert_eq!(world.consent(AUTHORIZE, &fields).await.status, 400, "{choice:?}");
    }
}

#[tokio::test]
async fn consent_is_accepted_from_the_same_origin_only() {
    let world = World::new().await;
    let challenge = secret::challenge("v");
    let mut fields = asking(&challenge);
    fields.push(("account", "demo_shop"));
    let cases: [(&[(&str, &str)], u16); 6] = [
        (&[("sec-fetch-site", "same-origin")], 303),
        (&[("origin", ORIGIN)], 303),
        (&[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)], 403),
        (&[("origin", "http://127.0.0.1:9000")], 403),
        (&[("origin", "null")], 403),
        (&[], 403),
    ];
    for (headers, status) in cases {
        let mut request = Request::post(AUTHORIZE);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::from(encode(&fields))).unwrap();
        let reply = world.ask(request).await.unwrap();
        assert_eq!(reply.status, status, "{headers:?}");
    }
}

#[test]
fn usernames_have_the_form_of_x() {
    for account in networks::by_key("x").unwrap().spec().accounts {
        let name = account.username;
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        assert!((1..=15).contains(&name.len()) && name.bytes().all(is_known), "{name}");
    }
}
