use id::AccountId;
use platforms::PlatformId;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn spec() -> &'static Spec {
    platforms::spec(PlatformId::X)
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
    fault(FaultCode::QuotaReached, "Because.")
}

fn said(target: &Target) -> (&str, bool, Option<&str>) {
    let fault = target.fault.as_ref().unwrap();
    (fault.code.as_str(), fault.retryable, fault.platform_response.as_deref())
}

#[test]
fn what_is_final_leaves_nothing_to_do() {
    let mut done = sending();
    done.fault = Some(refusal());
    published(&mut done, Published { platform_post_id: Some("1".into()), url: Some("https://x.test/1".into()) });
    assert_eq!((done.state, done.next_at, done.in_flight, &done.fault), (State::Published, None, None, &None));
    assert_eq!(done.attempts[0].outcome, "published");

    let mut refused = sending();
    failed(&mut refused, Fault { retryable: true, ..refusal() });
    assert_eq!((refused.state, refused.next_at, refused.in_flight), (State::Failed, None, None));
    assert_eq!(said(&refused), ("quota_reached", false, None));
    assert_eq!(refused.attempts[0].outcome, "refused: quota_reached");
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
            assert_eq!(said(&target), ("platform_unreachable", true, None));
        }
        assert_eq!(target.state, State::Failed);
        assert_eq!(said(&target), ("platform_unreachable", false, None));
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
        assert_eq!(said(&target), ("quota_reached", true, None));
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
    let sure = platforms::spec(PlatformId::Instagram);
    let AbsenceProof::After(settle) = sure.absence_proof else { panic!("a container tells") };
    let mut target = unconfirmed();
    absent(&mut target, sure, now() + chrono(settle) - Duration::milliseconds(1));
    assert_eq!(target.state, State::Unconfirmed);
    let later = now() + chrono(settle);
    absent(&mut target, sure, later);
    assert_eq!((target.state, target.next_at, &target.fault), (State::Scheduled, Some(later), &None), "sent again");
    let mut target = unconfirmed();
    absent(&mut target, spec(), now() + Duration::days(365));
    assert_eq!(target.state, State::Unconfirmed);
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
    assert_eq!(said(&target), ("quota_reached", true, None));
    let mut doubtful = unconfirmed();
    held(&mut doubtful, refusal(), now());
    assert_eq!((doubtful.state, doubtful.next_at), (State::Unconfirmed, quarter), "doubt stays doubt");
}

#[test]
fn what_is_put_off_keeps_its_doubt() {
    let at = now() + Duration::seconds(5);
    let (mut open, mut doubtful) = (Target::new(AccountId::random(), PlatformId::X, now(), false), unconfirmed());
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
    assert_eq!((open.state, open.next_at, said(&open)), (State::Scheduled, soon, ("not_refreshed", true, None)));
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

/// A target that the platform has taken, and that asks what became of it.
fn asking() -> Target {
    let mut target = sending();
    target.end("done");
    target.start(Effect::Confirm, now());
    target
}

/// What the platform has is not waiting for its time any more, and did not fail because nobody could ask.
#[test]
fn what_was_taken_ends_in_doubt_and_never_in_failure() {
    let mut target = asking();
    while target.next_at.is_some() && target.state == State::Sending {
        assert!(taken(&target));
        target.start(Effect::Confirm, now());
        not_sent(&mut target, "no such host", 0, now());
        assert!(said(&target).0 == "not_asked" || target.state == State::Unconfirmed);
    }
    assert_eq!((target.state, said(&target).0), (State::Unconfirmed, "outcome_unknown"));

    let mut target = asking();
    target.end("token refused");
    not_refreshed(&mut target, "503", 0, spec(), now());
    assert_eq!(target.state, State::Sending);
    assert!(target.fault.unwrap().message.contains("has the post"));

    let mut target = asking();
    told_to_wait(&mut target, Duration::seconds(9), refusal(), now());
    assert_eq!((target.state, target.next_at), (State::Sending, Some(now() + Duration::seconds(9))));

    let mut target = asking();
    target.end("token refused");
    held(&mut target, refusal(), now());
    assert_eq!(target.state, State::Unconfirmed);
}

/// Only its address is still to be asked: whatever becomes of that, it is published.
#[test]
fn what_stands_cannot_fail() {
    let there = Published { platform_post_id: Some("1".into()), url: None };
    let standing = || {
        let mut target = sending();
        visible(&mut target, there.clone());
        target.start(Effect::Confirm, now());
        target
    };
    let ends: [fn(&mut Target); 4] = [
        |target| failed(target, refusal()),
        |target| held(target, refusal(), now()),
        |target| doubt(target, "no", spec(), now()),
        |target| {
            for _ in 0..=BACKOFF.len() {
                not_sent(target, "no such host", 0, now());
            }
        },
    ];
    for end in ends {
        let mut target = standing();
        end(&mut target);
        assert_eq!((target.state, target.next_at, &target.fault), (State::Published, None, &None));
        assert_eq!(target.published.as_ref(), Some(&there));
    }
}

/// Not finding it proves that it did not arrive; after so many times it is not sent again.
#[test]
fn what_never_arrives_is_given_up() {
    let sure = platforms::spec(PlatformId::Instagram);
    let mut target = sending();
    for _ in 0..BACKOFF.len() {
        doubt(&mut target, "lost", sure, now());
        absent(&mut target, sure, now() + Duration::hours(1));
        assert_eq!(target.state, State::Scheduled);
        target.start(Effect::Commit, now());
    }
    doubt(&mut target, "lost", sure, now());
    absent(&mut target, sure, now() + Duration::hours(1));
    assert_eq!((target.state, said(&target).0), (State::Failed, "platform_unreachable"));
}
