//! The pages of all failures, with and without a link. If `FAILURE_PAGES` names a file, they are written to it for the
//! browser suite.

use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use platforms::PlatformId;
use serde_json::json;
use shared::{
    agency::{Agency, Format, Limits, Logo},
    api::{Response, response::render},
    client::{Client, ClientName, ClientType},
    id::{AgencyId, ClientId, InviteId},
    invite::Invite,
    secret::Secret,
    tenant::{Mode, Tenant},
};

use super::refusal;
use crate::{failure::Failure, link::Link, refusal::Refusal};

const CLIENT: &str = "Bäckerei & Söhne";

fn open_link() -> Link {
    let client = ClientId::random();
    let at = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).unwrap();
    Link {
        invite: Invite {
            id: InviteId::random(),
            tenant: Tenant { agency: AgencyId::random(), mode: Mode::Live },
            client,
            platforms: PlatformId::ALL.to_vec(),
            expires_at: at,
            revoked: false,
            created_at: at,
            link_version: 1,
            connected: [].into(),
            return_url: None,
        },
        token: Secret::new("inv_token"),
        agency: Agency {
            tokens_not_before: None,
            name: "Acme".into(),
            limits: Limits::default(),
            color: None,
            logo: None,
            return_urls: Vec::new(),
        },
        client: Client {
            id: client,
            name: ClientName::parse(CLIENT).unwrap(),
            kind: ClientType::Brand,
            created_at: at,
        },
        accounts: Vec::new(),
    }
}

/// The page's content security policy and its text.
fn read(response: Response) -> (String, String) {
    let (parts, body) = render(&http::Method::GET, Ok(response), "c-1", None).into_parts();
    let policy = parts.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    (policy, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn every_failure_has_a_page_with_and_without_a_link() {
    let mut pages = Vec::new();
    for failure in Failure::ALL {
        let (title, advice) = failure.words();
        let on_link = Refusal::on_link(open_link(), failure, PlatformId::Bluesky);
        for (refused, linked) in [(on_link, true), (Refusal::from(failure), false)] {
            let answer = refusal(&refused, "c-1");
            assert_eq!(answer.status(), failure.status());
            let (policy, text) = read(answer);
            for said in [title, advice, "c-1"] {
                assert!(text.contains(said), "{said:?} is not on the page: {text}");
            }
            assert_eq!(text.contains(CLIENT.replace('&', "&amp;").as_str()), linked, "{text}");
            assert_eq!(text.contains("Connect X</button>"), linked, "{text}");
            assert_eq!(text.matches("<h1>").count(), 1, "{text}");
            let place = if linked { "on its link" } else { "alone" };
            let status = failure.status().as_u16();
            pages.push(json!({ "name": format!("{} {place}", failure.code()), "status": status, "policy": policy, "text": text }));
        }
    }
    #[expect(clippy::disallowed_methods, reason = "not the function's environment: the browser suite's")]
    let wanted = std::env::var_os("FAILURE_PAGES");
    if let Some(file) = wanted {
        std::fs::write(file, json!(pages).to_string()).unwrap();
    }
}

#[test]
fn the_field_of_an_unknown_handle_is_marked() {
    let page = |failure| read(refusal(&Refusal::on_link(open_link(), failure, PlatformId::Bluesky), "c-1")).1;
    let marked = page(Failure::AccountNotFound);
    assert!(marked.contains(r#"aria-invalid="true" aria-describedby="bluesky-example what-happened""#), "{marked}");
    assert!(!page(Failure::Declined).contains(r#"aria-invalid="true""#));
}

#[test]
fn an_agencys_logo_replaces_its_name() {
    let page = |color: Option<&str>, logo| {
        let mut link = open_link();
        link.agency.color = color.map(|color| color.parse().unwrap());
        link.agency.logo = logo;
        read(super::link(StatusCode::OK, &link, None)).1
    };
    let plain = page(None, None);
    assert!(plain.contains("<header><div class=\"agency\"><bdi>Acme</bdi></div></header>"), "{plain}");
    assert!(!plain.contains("/logo") && !plain.contains("rel=\"icon\""), "{plain}");
    let logo = Logo { format: Format::Png, bytes: 1, width: 120, height: 40 };
    let branded = page(Some("#ffcc00"), Some(logo));
    let image = r#"<img class="logo" src="/invite/inv_token/logo" alt="Acme" width="120" height="40">"#;
    assert!(branded.contains(image), "{branded}");
    assert!(branded.contains(r#"<link rel="icon" href="/invite/inv_token/logo">"#), "{branded}");
    assert!(branded.contains("--button: #ffcc00; --on-button: #000000"), "{branded}");
}

#[test]
fn the_note_on_suitable_accounts_is_before_the_button() {
    let page = read(super::link(StatusCode::OK, &open_link(), None)).1;
    let (note, button) = (page.find("Needs a business or creator account."), page.find("Connect Instagram</button>"));
    assert!(note.is_some() && note < button, "{page}");
}
