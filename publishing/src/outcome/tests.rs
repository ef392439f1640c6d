use id::AccountId;
use platforms::PlatformId;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn spec() -> &'static Spec {
    platforms::spec(PlatformId::X)
}

/// A target with a commit in flight.
fn sending() -> Target {
    let mut target = Target::new(AccountId::random(), PlatformId::X, now(), false);
    target.start(Effect::Commit, now());
    target
}

fn unconfirmed() -> Target {
    let mut target = sending();
    unknown(&mut target, "the connection broke", spec(), now());
    target
}

fn refusal() -> Fault {
    Fault::new(FaultCode::QuotaReached, "Because.")
}

fn fault_of(target: &Target) -> (&str, bool, Option<&str>) {
    let fault = target.fault.as_ref().unwrap();
    (fault.code.as_str(), fault.retryable, fault.platform_response.as_deref())
}

#[test]
fn a_final_state_has_no_next_step() {
    let mut done = sending();
    done.fault = Some(refusal());
    published(&mut done, Published { platform_post_id: Some("1".into()), url: Some("https://x.test/1".into()) });
    assert_eq!((done.state, done.next_at, done.in_flight, &done.fault), (State::Published, None, None, &None));
    assert_eq!(done.attempts[0].outcome, "published");

    let mut refused = sending();
    failed(&mut refused, Fault { retryable: true, ..refusal() });
    assert_eq!((refused.state, refused.next_at, refused.in_flight), (State::Failed, None, None));
    assert_eq!(fault_of(&refused), ("quota_reached", false, None));
    assert_eq!(refused.attempts[0].outcome, "refused: quota_reached");
}

#[test]
fn the_backoff_grows_with_up_to_a_quarter_of_jitter() {
    let waits = |jitter| {
        let mut target = sending();
        let mut waits = Vec::new();
        loop {
            not_sent(&mut target, "no such host", jitter, now());
            match target.next_at {
                Some(at) => waits.push((at - now()).num_milliseconds()),
                None => break,
            }
            assert_eq!(target.state, State::Scheduled);
            assert_eq!(fault_of(&target), ("platform_unreachable", true, None));
        }
        assert_eq!(target.state, State::Failed);
        assert_eq!(fault_of(&target), ("platform_unreachable", false, None));
        waits
    };
    let seconds = [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200];
    assert_eq!(waits(0), seconds.map(|wait| wait * 1000));
    assert_eq!(waits(99), seconds.map(|wait| wait * 1000 + wait * 990 / 4));
}

#[test]
fn a_platform_may_ask_to_wait_fifty_times() {
    let mut target = sending();
    for _ in 0..50 {
        wait_requested(&mut target, Duration::minutes(15), refusal(), now());
        assert_eq!((target.state, target.next_at), (State::Scheduled, Some(now() + Duration::minutes(15))));
        assert_eq!(fault_of(&target), ("quota_reached", true, None));
    }
    wait_requested(&mut target, Duration::minutes(15), refusal(), now());
    assert_eq!((target.state, target.next_at), (State::Failed, None));
}

#[test]
fn an_unknown_outcome_is_read_back_and_then_left_to_the_agency() {
    let mut target = unconfirmed();
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, Some(now() + Duration::seconds(2))));
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
    not_found(&mut target, spec(), now());
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, Some(now() + Duration::seconds(60))));
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
    not_found(&mut target, spec(), now());
    assert_eq!((target.state, target.next_at), (State::Unconfirmed, None), "left to the agency");
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
}

/// Absence proves nothing on X. Elsewhere it does after the settle window.
#[test]
fn absence_is_proof_where_the_spec_says_so() {
    let sure = platforms::spec(PlatformId::Instagram);
    let AbsenceProof::After(settle) = sure.absence_proof else { panic!("a container has a status") };
    let mut target = unconfirmed();
    not_found(&mut target, sure, now() + to_chrono(settle) - Duration::milliseconds(1));
    assert_eq!(target.state, State::Unconfirmed);
    let later = now() + to_chrono(settle);
    not_found(&mut target, sure, later);
    assert_eq!((target.state, target.next_at, &target.fault), (State::Scheduled, Some(later), &None), "sent again");
    let mut target = unconfirmed();
    not_found(&mut target, spec(), now() + Duration::days(365));
    assert_eq!(target.state, State::Unconfirmed);
}

#[test]
fn a_failed_read_back_counts_and_one_that_was_not_sent_does_not() {
    let mut target = unconfirmed();
    target.start(Effect::Confirm, now());
    read_back_not_sent(&mut target, "no such host", 0, spec(), now());
    assert_eq!((target.state, target.read_backs), (State::Unconfirmed, 0));
    assert_eq!(target.next_at, Some(now() + Duration::seconds(5)));
    assert_eq!(target.attempts[1].outcome, "not sent");
    for read_backs in 1..=2 {
        target.start(Effect::Confirm, now());
        read_back_failed(&mut target, &"x".repeat(100_000), spec(), now());
        assert_eq!((target.state, target.read_backs), (State::Unconfirmed, read_backs));
    }
    assert_eq!(target.next_at, None);
    let words = "x".repeat(500);
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some(words.as_str())));
    assert!(target.attempts.iter().all(|attempt| attempt.outcome.len() < 100), "the ledger stays small");
}

#[test]
fn a_held_target_is_checked_within_a_quarter_of_an_hour() {
    let quarter = Some(now() + Duration::minutes(15));
    let mut target = sending();
    held(&mut target, refusal(), now());
    assert_eq!((target.state, target.next_at, target.in_flight), (State::Held, quarter, None));
    assert_eq!(fault_of(&target), ("quota_reached", true, None));
    let mut unknown = unconfirmed();
    held(&mut unknown, refusal(), now());
    assert_eq!((unknown.state, unknown.next_at), (State::Unconfirmed, quarter), "it stays unconfirmed");
}

#[test]
fn a_postponed_target_keeps_its_state() {
    let at = now() + Duration::seconds(5);
    let (mut open, mut unconfirmed_target) =
        (Target::new(AccountId::random(), PlatformId::X, now(), false), unconfirmed());
    postpone(&mut open, at);
    postpone(&mut unconfirmed_target, at);
    assert_eq!((open.state, open.next_at), (State::Scheduled, Some(at)));
    assert_eq!((unconfirmed_target.state, unconfirmed_target.next_at), (State::Unconfirmed, Some(at)));
}

#[test]
fn a_failed_refresh_is_retried_like_a_request_that_was_not_sent() {
    let (mut open, mut unconfirmed_target) = (sending(), unconfirmed());
    refresh_failed(&mut open, "503", 0, spec(), now());
    refresh_failed(&mut unconfirmed_target, "503", 0, spec(), now());
    let soon = Some(now() + Duration::seconds(5));
    assert_eq!((open.state, open.next_at, fault_of(&open)), (State::Scheduled, soon, ("not_refreshed", true, None)));
    assert_eq!((unconfirmed_target.state, unconfirmed_target.next_at), (State::Unconfirmed, soon));
    assert_eq!(fault_of(&unconfirmed_target).0, "outcome_unknown");
}

#[test]
fn an_excerpt_is_short_and_has_no_control_characters() {
    assert_eq!(excerpt("a\u{0}b\nc"), Some("abc".into()));
    assert_eq!(excerpt(""), None);
    assert_eq!(excerpt("\u{7}"), None);
    assert_eq!(excerpt(&"é".repeat(600)).unwrap().chars().count(), 500);
}

/// A target that the platform has accepted and whose status is being asked for.
fn accepted() -> Target {
    let mut target = sending();
    target.end("done");
    target.start(Effect::Confirm, now());
    target
}

/// A failure to ask for the status says nothing about the post.
#[test]
fn an_accepted_post_becomes_unconfirmed_and_never_failed() {
    let mut target = accepted();
    while target.next_at.is_some() && target.state == State::Sending {
        assert!(is_accepted(&target));
        target.start(Effect::Confirm, now());
        not_sent(&mut target, "no such host", 0, now());
        assert!(fault_of(&target).0 == "not_asked" || target.state == State::Unconfirmed);
    }
    assert_eq!((target.state, fault_of(&target).0), (State::Unconfirmed, "outcome_unknown"));

    let mut target = accepted();
    target.end("token refused");
    refresh_failed(&mut target, "503", 0, spec(), now());
    assert_eq!(target.state, State::Sending);
    assert!(target.fault.unwrap().message.contains("has the post"));

    let mut target = accepted();
    wait_requested(&mut target, Duration::seconds(9), refusal(), now());
    assert_eq!((target.state, target.next_at), (State::Sending, Some(now() + Duration::seconds(9))));

    let mut target = accepted();
    target.end("token refused");
    held(&mut target, refusal(), now());
    assert_eq!(target.state, State::Unconfirmed);
}

/// Only its address is missing: whatever the outcome of that, the post is published.
#[test]
fn a_public_post_cannot_fail() {
    let post = Published { platform_post_id: Some("1".into()), url: None };
    let public = || {
        let mut target = sending();
        visible(&mut target, post.clone());
        target.start(Effect::Confirm, now());
        target
    };
    let ends: [fn(&mut Target); 4] = [
        |target| failed(target, refusal()),
        |target| held(target, refusal(), now()),
        |target| unknown(target, "no", spec(), now()),
        |target| {
            for _ in 0..=BACKOFF.len() {
                not_sent(target, "no such host", 0, now());
            }
        },
    ];
    for end in ends {
        let mut target = public();
        end(&mut target);
        assert_eq!((target.state, target.next_at, &target.fault), (State::Published, None, &None));
        assert_eq!(target.published.as_ref(), Some(&post));
    }
}

/// Each read-back proves that the commit did not arrive; the number of commits is limited.
#[test]
fn commits_that_never_arrive_end_in_failure() {
    let sure = platforms::spec(PlatformId::Instagram);
    let mut target = sending();
    for _ in 0..BACKOFF.len() {
        unknown(&mut target, "lost", sure, now());
        not_found(&mut target, sure, now() + Duration::hours(1));
        assert_eq!(target.state, State::Scheduled);
        target.start(Effect::Commit, now());
    }
    unknown(&mut target, "lost", sure, now());
    not_found(&mut target, sure, now() + Duration::hours(1));
    assert_eq!((target.state, fault_of(&target).0), (State::Failed, "platform_unreachable"));
}
