use shared::{
    id::AccountId,
    platform::{self, Effect},
    platform_id::PlatformId,
};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn spec() -> &'static Spec {
    platform::spec(PlatformId::X)
}

/// A target whose commit is under way.
fn sending() -> Target {
    let mut target = Target::new(AccountId::random(), PlatformId::X, now(), false);
    target.start(Effect::Commit, now());
    target
}

fn unconfirmed() -> Target {
    let mut target = sending();
    doubt(&mut target, "the connection broke", spec(), now());
    target
}

fn refusal() -> Fault {
    fault("a_code", Category::Quota, "Because.")
}

fn said(target: &Target) -> (&str, bool, Option<&str>) {
    let fault = target.fault.as_ref().unwrap();
    (&fault.code, fault.retryable, fault.platform_response.as_deref())
}

#[test]
fn what_is_final_leaves_nothing_to_do() {
    let mut done = sending();
    done.fault = Some(refusal());
    published(&mut done, Published { platform_post_id: "1".into(), url: "https://x.test/1".into() });
    assert_eq!((done.state, done.next_at, done.in_flight, &done.fault), (State::Published, None, None, &None));
    assert_eq!(done.attempts[0].outcome, "published");

    let mut refused = sending();
    failed(&mut refused, Fault { retryable: true, ..refusal() });
    assert_eq!((refused.state, refused.next_at, refused.in_flight), (State::Failed, None, None));
    assert_eq!(said(&refused), ("a_code", false, None));
    assert_eq!(refused.attempts[0].outcome, "refused: a_code");
}

#[test]
fn the_waits_grow_and_are_spread_by_up_to_a_quarter() {
    let waits = |spread| {
        let mut target = sending();
        let mut waits = Vec::new();
        loop {
            not_sent(&mut target, "no such host", spread, now());
            match target.next_at {
                Some(at) => waits.push((at - now()).num_milliseconds()),
                None => break,
            }
            assert_eq!(target.state, State::Scheduled);
            assert_eq!(said(&target), ("platform_unreachable", true, Some("no such host")));
        }
        assert_eq!(target.state, State::Failed);
        assert_eq!(said(&target), ("platform_unreachable", false, Some("no such host")));
        waits
    };
    let seconds = [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200];
    assert_eq!(waits(0), seconds.map(|wait| wait * 1000));
    assert_eq!(waits(99), seconds.map(|wait| wait * 1000 + wait * 990 / 4));
}

#[test]
fn a_target_may_be_told_to_wait_fifty_times() {
    let mut target = sending();
    for _ in 0..50 {
        told_to_wait(&mut target, Duration::minutes(15), refusal(), now());
        assert_eq!((target.state, target.next_at), (State::Scheduled, Some(now() + Duration::minutes(15))));
        assert_eq!(said(&target), ("a_code", true, None));
    }
    told_to_wait(&mut target, Duration::minutes(15), refusal(), now());
    assert_eq!((target.state, target.next_at), (State::Failed, None));
}

#[test]
fn doubt_is_looked_for_and_then_said_aloud() {
    let mut target = unconfirmed();
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, Some(now() + Duration::seconds(2))));
    assert_eq!(said(&target), ("outcome_unknown", false, Some("the connection broke")));
    absent(&mut target, spec(), now());
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, Some(now() + Duration::seconds(60))));
    assert_eq!(said(&target), ("outcome_unknown", false, Some("the connection broke")));
    absent(&mut target, spec(), now());
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, None), "the agency's turn");
    assert_eq!(said(&target), ("outcome_unknown", false, Some("the connection broke")));
}

/// On X absence never proves anything; where it does, only once the commit has had time to settle.
#[test]
fn absence_is_proof_where_the_spec_says_so() {
    let sure = Spec { absence_proof: AbsenceProof::After(std::time::Duration::from_secs(30)), ..copy(spec()) };
    let mut target = unconfirmed();
    absent(&mut target, &sure, now() + Duration::milliseconds(29_999));
    assert_eq!(target.state, State::Unconfirmed);
    let later = now() + Duration::seconds(30);
    absent(&mut target, &sure, later);
    assert_eq!((target.state, target.next_at, &target.fault), (State::Scheduled, Some(later), &None), "sent again");
    let mut target = unconfirmed();
    absent(&mut target, spec(), now() + Duration::days(365));
    assert_eq!(target.state, State::Unconfirmed);
}

fn copy(spec: &Spec) -> Spec {
    use platform::spec::{Authorization, ClientAuthentication};
    Spec {
        display_name: spec.display_name,
        authorization: Authorization::App { authorize: "", token: "", client: ClientAuthentication::Basic },
        scopes: spec.scopes,
        scope_separator: spec.scope_separator,
        required_scopes: spec.required_scopes,
        dead_grant: spec.dead_grant,
        pkce: spec.pkce,
        asks_for: None,
        absence_proof: spec.absence_proof,
        read_back_after: spec.read_back_after,
        simulated: spec.simulated,
    }
}

#[test]
fn a_look_that_fails_is_one_and_a_look_that_never_left_is_none() {
    let mut target = unconfirmed();
    target.start(Effect::Confirm, now());
    look_not_sent(&mut target, "no such host", 0, spec(), now());
    assert_eq!((target.state, target.looks), (State::Unconfirmed, 0));
    assert_eq!(target.next_at, Some(now() + Duration::seconds(5)));
    assert_eq!(target.attempts[1].outcome, "not sent");
    for looks in 1..=2 {
        target.start(Effect::Confirm, now());
        look_failed(&mut target, &"x".repeat(100_000), spec(), now());
        assert_eq!((target.state, target.looks), (State::Unconfirmed, looks));
    }
    assert_eq!(target.next_at, None);
    let words = "x".repeat(500);
    assert_eq!(said(&target), ("outcome_unknown", false, Some(words.as_str())));
    assert!(target.attempts.iter().all(|attempt| attempt.outcome.len() < 100), "the ledger stays small");
}

#[test]
fn what_waits_for_the_customer_looks_again_within_a_quarter_of_an_hour() {
    let quarter = Some(now() + Duration::minutes(15));
    let mut target = sending();
    held(&mut target, refusal(), now());
    assert_eq!((target.state, target.next_at, target.in_flight), (State::Held, quarter, None));
    assert_eq!(said(&target), ("a_code", true, None));
    let mut doubtful = unconfirmed();
    held(&mut doubtful, refusal(), now());
    assert_eq!((doubtful.state, doubtful.next_at), (State::Unconfirmed, quarter), "doubt stays doubt");
}

#[test]
fn what_is_put_off_keeps_its_doubt() {
    let at = now() + Duration::seconds(5);
    let (mut open, mut doubtful) = (sending(), unconfirmed());
    later(&mut open, at);
    later(&mut doubtful, at);
    assert_eq!((open.state, open.next_at), (State::Scheduled, Some(at)));
    assert_eq!((doubtful.state, doubtful.next_at), (State::Unconfirmed, Some(at)));
}

#[test]
fn a_refresh_without_an_answer_is_tried_like_a_request_that_was_not_sent() {
    let (mut open, mut doubtful) = (sending(), unconfirmed());
    not_refreshed(&mut open, "503", 0, spec(), now());
    not_refreshed(&mut doubtful, "503", 0, spec(), now());
    let soon = Some(now() + Duration::seconds(5));
    assert_eq!((open.state, open.next_at, said(&open)), (State::Scheduled, soon, ("not_refreshed", true, Some("503"))));
    assert_eq!((doubtful.state, doubtful.next_at), (State::Unconfirmed, soon));
    assert_eq!(said(&doubtful).0, "outcome_unknown");
}

#[test]
fn words_are_capped_in_characters_and_have_no_control_characters() {
    assert_eq!(words("a\u{0}b\nc"), Some("abc".into()));
    assert_eq!(words(""), None);
    assert_eq!(words("\u{7}"), None);
    assert_eq!(words(&"é".repeat(600)).unwrap().chars().count(), 500);
}
