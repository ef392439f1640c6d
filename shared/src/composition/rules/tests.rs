use std::collections::BTreeMap;

use chrono::Duration;

use super::*;
use crate::{
    api::Code,
    client::{ClientName, ClientType},
    id::{AccountId, ClientId, GrantId},
    post::{MAX_CONTENT, Override, Overrides},
    schedule::HORIZON,
};
use platforms::{Abilities, PlatformId};
use publishing::Status;

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

/// A client with one X account per status.
fn client(states: &[AccountStatus]) -> (Client, Vec<Account>) {
    let client = Client {
        id: ClientId::random(),
        name: ClientName::parse("A client").unwrap(),
        kind: ClientType::Brand,
        created_at: now(),
    };
    let account = |(n, status): (usize, &AccountStatus)| Account {
        id: AccountId::random(),
        client: client.id,
        platform: PlatformId::X,
        user_id: n.to_string(),
        app_user_id: None,
        handle: format!("account_{n}"),
        display_name: "An account".into(),
        status: *status,
        grant: GrantId::random(),
        connected_at: now(),
        granted_at: None,
        expires_at: None,
        abilities: Abilities::default(),
    };
    let accounts = states.iter().enumerate().map(account).collect();
    (client, accounts)
}

fn asked(client: &Client, targets: Targets) -> Composition {
    Composition {
        client: client.id,
        content: "Hello".into(),
        media: Vec::new(),
        options: BTreeMap::new(),
        overrides: Overrides::new(),
        targets,
        schedule: Schedule::Now,
        scheduled_before: false,
        publish_before: None,
    }
}

fn select(accounts: &[Account]) -> Targets {
    Targets::Selection(accounts.iter().map(|account| account.id).collect())
}

fn decided(asked: Composition, found: &(Client, Vec<Account>)) -> Result<Post, Error> {
    asked.decide(PostId::random(), Some(found), &MediaChecks::default(), now())
}

/// The paths of the reported faults; empty for an accepted post.
fn paths(decided: Result<Post, Error>) -> Vec<String> {
    let Err(error) = decided else { return Vec::new() };
    assert!(matches!(error.code, Code::ValidationFailed));
    error.fields.into_iter().map(|fault| fault.path).collect()
}

/// An unchanged schedule may have come due meanwhile.
#[test]
fn an_edit_accepts_an_unchanged_time_that_has_passed() {
    let found = client(&[Connected]);
    let schedule = Schedule::At { scheduled_at: now() - Duration::hours(1) };
    let edited = Composition { schedule, scheduled_before: true, ..asked(&found.0, Targets::All) };
    let post = decided(edited, &found).unwrap();
    assert_eq!((post.schedule, post.next_at()), (schedule, Some(now())));
}

#[test]
fn a_draft_is_checked_when_it_is_scheduled() {
    let found = client(&[Disconnected]);
    let draft = Composition {
        content: "a".repeat(281),
        schedule: Schedule::Draft,
        publish_before: Some(now() - Duration::hours(1)),
        ..asked(&found.0, select(&found.1))
    };
    let post = decided(draft.clone(), &found).unwrap();
    assert_eq!((post.targets[0].status(), post.next_at()), (Status::Draft, None));
    let scheduled = Composition { schedule: Schedule::Now, ..draft.clone() };
    assert_eq!(paths(decided(scheduled, &found)), ["publishBefore", "targets.accountIds[0]"]);
    let (_, strangers) = client(&[Connected]);
    assert_eq!(paths(decided(Composition { targets: select(&strangers), ..draft }, &found)), ["targets.accountIds[0]"]);
}

use AccountStatus::{Connected, Disconnected, ReconnectRequired};

#[test]
fn a_post_contains_what_was_requested() {
    let found = client(&[Connected, Connected, Connected]);
    let order = [found.1[2].clone(), found.1[0].clone()];
    let before = now() + Duration::hours(1);
    let asked = Composition { publish_before: Some(before), ..asked(&found.0, select(&order)) };
    let id = PostId::random();
    let post = asked.decide(id, Some(&found), &MediaChecks::default(), now()).unwrap();
    assert_eq!((post.id, post.client, post.content.as_str()), (id, found.0.id, "Hello"));
    assert_eq!((post.schedule, post.publish_before, post.created_at), (Schedule::Now, Some(before), now()));
    let targets: Vec<_> = post.targets.iter().map(|target| target.account).collect();
    assert_eq!(targets, [order[0].id, order[1].id], "in the order asked");
    assert!(post.targets.iter().all(|t| t.status() == Status::Scheduled && t.next_at == Some(now())));
}

#[test]
fn an_unknown_client_is_not_found() {
    let (client, _) = client(&[]);
    let error =
        asked(&client, Targets::All).decide(PostId::random(), None, &MediaChecks::default(), now()).unwrap_err();
    assert!(matches!(error.code, Code::NotFound));
}

#[test]
fn mode_all_selects_the_connected_accounts() {
    let found = client(&[Connected, Disconnected, ReconnectRequired, Connected]);
    let post = decided(asked(&found.0, Targets::All), &found).unwrap();
    let targets: Vec<_> = post.targets.iter().map(|target| target.account).collect();
    assert_eq!(targets, [found.1[0].id, found.1[3].id]);
}

#[test]
fn mode_all_is_refused_without_accounts_and_with_too_many() {
    for states in [vec![], vec![Disconnected, ReconnectRequired], vec![Connected; MAX_TARGETS + 1]] {
        let found = client(&states);
        assert_eq!(paths(decided(asked(&found.0, Targets::All), &found)), ["targets"], "{}", states.len());
    }
    let found = client(&[Connected; MAX_TARGETS]);
    assert_eq!(decided(asked(&found.0, Targets::All), &found).unwrap().targets.len(), MAX_TARGETS);
}

#[test]
fn a_selected_account_must_belong_to_the_client_and_not_be_disconnected() {
    let found = client(&[Connected, Disconnected, Connected]);
    let (_, strangers) = client(&[Connected]);
    let chosen = [found.1[0].clone(), found.1[1].clone(), strangers[0].clone(), found.1[2].clone()];
    let refused = paths(decided(asked(&found.0, select(&chosen)), &found));
    assert_eq!(refused, ["targets.accountIds[1]", "targets.accountIds[2]"]);
}

#[test]
fn a_target_whose_account_needs_a_reconnect_starts_as_held() {
    let found = client(&[ReconnectRequired, Connected]);
    let post = decided(asked(&found.0, select(&found.1)), &found).unwrap();
    let states: Vec<_> = post.targets.iter().map(|target| (target.status(), target.next_at)).collect();
    assert_eq!(states, [(Status::Held, Some(now())), (Status::Scheduled, Some(now()))], "both are looked at when due");
}

#[test]
fn a_time_from_now_to_a_year_ahead_is_accepted() {
    let found = client(&[Connected]);
    let at = |scheduled_at| {
        let asked = Composition { schedule: Schedule::At { scheduled_at }, ..asked(&found.0, Targets::All) };
        decided(asked, &found)
    };
    for due in [now(), now() + HORIZON] {
        assert_eq!(at(due).unwrap().next_at(), Some(due));
    }
    for due in [now() - Duration::milliseconds(1), now() + HORIZON + Duration::milliseconds(1)] {
        assert_eq!(paths(at(due)), ["schedule.scheduledAt"], "{due}");
    }
}

#[test]
fn publish_before_must_be_later_than_the_due_time() {
    let found = client(&[Connected]);
    let scheduled_at = now() + Duration::hours(1);
    for (schedule, due) in [(Schedule::Now, now()), (Schedule::At { scheduled_at }, scheduled_at)] {
        let before = |before| {
            let asked = Composition { schedule, publish_before: Some(before), ..asked(&found.0, Targets::All) };
            paths(decided(asked, &found))
        };
        assert_eq!(before(due), ["publishBefore"]);
        assert!(before(due + Duration::milliseconds(1)).is_empty());
    }
}

#[test]
fn a_content_is_checked_for_each_target() {
    let found = client(&[Connected, Connected]);
    let content =
        |content: String, targets| paths(decided(Composition { content, ..asked(&found.0, targets) }, &found));
    assert!(content("a".repeat(280), select(&found.1)).is_empty());
    let long = content("a".repeat(281), select(&found.1));
    assert_eq!(long, ["targets.accountIds[0]", "targets.accountIds[1]"]);
    assert_eq!(content("a".repeat(MAX_CONTENT), Targets::All), ["targets", "targets"]);
    assert_eq!(content(String::new(), Targets::All), ["targets", "targets"], "X needs some text");
}

#[test]
fn an_override_is_checked_instead_of_the_posts_content() {
    let found = client(&[Connected, Connected]);
    let own = |content: &str| Override { content: Some(content.into()), media: None };
    let with = |content: String, overrides: Overrides| {
        decided(Composition { content, overrides, ..asked(&found.0, select(&found.1)) }, &found)
    };
    let [first, second] = [found.1[0].id, found.1[1].id];
    let long = "a".repeat(281);
    let short = [(first, own("Short"))].into();
    assert_eq!(paths(with(long.clone(), short)), ["targets.accountIds[1]"]);
    let post = with(long.clone(), [(first, own("One")), (second, own("Two"))].into()).unwrap();
    assert_eq!((post.content_for(first), post.content_for(second)), ("One", "Two"));
    assert_eq!(paths(with("Fine".into(), [(second, own(&long))].into())), [format!("overrides.{second}")]);
    let nobody = AccountId::random();
    assert_eq!(paths(with("Fine".into(), [(nobody, own("Hm"))].into())), [format!("overrides.{nobody}")]);
}

#[test]
fn a_post_is_never_larger_than_one_request() {
    let found = client(&[Connected; 5]);
    let with = |bytes: usize| {
        let own = Override { content: Some("a".repeat(bytes)), media: None };
        let overrides = found.1.iter().map(|account| (account.id, own.clone())).collect();
        let schedule = Schedule::Draft;
        decided(Composition { overrides, schedule, ..asked(&found.0, select(&found.1)) }, &found)
    };
    assert!(with(52_000).is_ok());
    assert_eq!(paths(with(53_000)), [""]);
}

#[test]
fn one_answer_names_every_fault() {
    let found = client(&[Disconnected]);
    let asked = Composition {
        schedule: Schedule::At { scheduled_at: now() - Duration::hours(1) },
        publish_before: Some(now()),
        ..asked(&found.0, select(&found.1))
    };
    let refused = paths(decided(asked, &found));
    assert_eq!(refused, ["schedule.scheduledAt", "publishBefore", "targets.accountIds[0]"]);
}

#[test]
fn a_text_of_many_accounts_is_checked_once_for_each_platform() {
    let (common, own) = ("Hello".to_owned(), "Hello".to_owned());
    let long = [Facts { milliseconds: Some(1), ..Facts::default() }];
    let text_only = Abilities { scopes: Some(Vec::new()), max_text: None };
    let mut checked = Checked::default();
    for _ in 0..50 {
        for platform in [PlatformId::X, PlatformId::Bluesky] {
            for (text, media) in [(&common, &[][..]), (&own, &[]), (&common, &long)] {
                let _ = checked.check(platform, &Content::plain(text, media));
            }
            let _ = checked.check(platform, &Content { abilities: &text_only, ..Content::plain(&common, &[]) });
        }
    }
    assert_eq!(
        checked.0.len(),
        8,
        "two platforms, each with two texts, one of them with other media and for an account that may do less"
    );
}
