use chrono::Duration;
use id::AccountId;
use platforms::{FaultCode, Found, PlatformId, Progress, Published};
use serde_json::json;

use super::{retry::BACKOFF, *};
use crate::{Resolution, Status};

mod steps;
mod walk;

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

/// No answer is awaited after this.
fn end() -> DateTime<Utc> {
    now() + Duration::seconds(60)
}

fn on(platform: PlatformId, now: DateTime<Utc>) -> At<'static> {
    At { now, spec: platforms::spec(platform), jitter: 0, publish_before: None }
}

fn at(now: DateTime<Utc>) -> At<'static> {
    on(PlatformId::X, now)
}

fn new(platform: PlatformId) -> Target {
    Target::new(AccountId::random(), platform, now(), false)
}

fn commit(target: &mut Target, now: DateTime<Utc>) {
    target.apply(Event::Started { step: Effect::Commit, listening_until: now + (end() - self::now()) }, &at(now));
}

fn ask(target: &mut Target) {
    target.apply(Event::Started { step: Effect::Confirm, listening_until: end() }, &at(now()));
}

/// A target with a commit in flight.
fn sending(platform: PlatformId) -> Target {
    let mut target = new(platform);
    target.apply(Event::Planned(json!("first")), &at(now()));
    commit(&mut target, now());
    target
}

fn in_doubt(platform: PlatformId) -> Target {
    let mut target = sending(platform);
    target.apply(Event::Lost { reason: "the connection broke".into() }, &on(platform, now()));
    target
}

fn refusal() -> Fault {
    Fault::new(FaultCode::QuotaReached, "Because.")
}

fn fault_of(target: &Target) -> (&str, bool, Option<&str>) {
    let fault = target.fault.as_ref().unwrap();
    (fault.code.as_str(), fault.retryable, fault.platform_response.as_deref())
}

fn missing() -> Event {
    Event::Looked(Found::Missing { again: json!("again") })
}

fn post() -> Published {
    Published { platform_post_id: Some("1".into()), url: None }
}

/// Looks at the time that the target asks for, until `done`. Returns the seconds from [`now`] of each look.
fn look_until(target: &mut Target, platform: PlatformId, done: impl Fn(&Target) -> bool) -> Vec<i64> {
    let mut looks = Vec::new();
    while !done(target) {
        let due = target.next_at.expect("it is looked for");
        ask(target);
        target.apply(missing(), &on(platform, due));
        looks.push((due - now()).num_seconds());
        assert!(looks.len() < 100, "it never ends: {target:?}");
    }
    looks
}

#[test]
fn an_end_has_no_next_step() {
    let mut done = sending(PlatformId::X);
    done.apply(Event::Answered(Progress::Done(post())), &at(now()));
    assert_eq!((done.status(), done.next_at, done.in_flight, &done.fault), (Status::Published, None, None, &None));
    assert_eq!(done.attempts[0].outcome, "published");

    let mut refused = sending(PlatformId::X);
    refused.apply(Event::Refused(Fault { retryable: true, ..refusal() }), &at(now()));
    assert_eq!((refused.status(), refused.next_at, refused.in_flight), (Status::Failed, None, None));
    assert_eq!(fault_of(&refused), ("quota_reached", false, None));
    assert_eq!(refused.attempts[0].outcome, "refused: quota_reached");
}

#[test]
fn the_backoff_grows_with_up_to_a_quarter_of_jitter() {
    let waits = |jitter| {
        let mut target = sending(PlatformId::X);
        let mut waits = Vec::new();
        loop {
            target.apply(Event::NotSent { reason: "no such host".into() }, &At { jitter, ..at(now()) });
            match target.next_at {
                Some(at) => waits.push((at - now()).num_milliseconds()),
                None => break,
            }
            assert_eq!(target.status(), Status::Scheduled);
            assert_eq!(fault_of(&target), ("platform_unreachable", true, None));
        }
        assert_eq!(target.status(), Status::Failed);
        assert_eq!(fault_of(&target), ("platform_unreachable", false, None));
        waits
    };
    let seconds = [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200];
    assert_eq!(waits(0), seconds.map(|wait| wait * 1000));
    assert_eq!(waits(99), seconds.map(|wait| wait * 1000 + wait * 990 / 4));
}

#[test]
fn a_platform_may_ask_to_wait_fifty_times() {
    let mut target = sending(PlatformId::X);
    let quarter = Duration::minutes(15);
    for _ in 0..50 {
        target.apply(Event::AskedToWait { wait: quarter, fault: refusal() }, &at(now()));
        assert_eq!((target.status(), target.next_at), (Status::Scheduled, Some(now() + quarter)));
        assert_eq!(fault_of(&target), ("quota_reached", true, None));
    }
    target.apply(Event::AskedToWait { wait: quarter, fault: refusal() }, &at(now()));
    assert_eq!((target.status(), target.next_at), (Status::Failed, None));
}

/// On X, nothing proves that a commit without an answer took no effect.
#[test]
fn on_x_doubt_is_looked_into_twice_and_then_left_to_a_person() {
    let mut target = in_doubt(PlatformId::X);
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
    assert_eq!(look_until(&mut target, PlatformId::X, |it| it.state == State::Unconfirmed), [2, 62]);
    assert_eq!((target.status(), target.next_at), (Status::Unconfirmed, None));
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
    assert_eq!(target.settles_by(platforms::spec(PlatformId::X)), None);
}

/// The record key makes a repeated commit harmless, but only when the first one can no longer overlap with it.
#[test]
fn on_bluesky_the_commit_is_repeated_a_minute_after_its_claim_ends() {
    let mut target = in_doubt(PlatformId::Bluesky);
    assert_eq!(fault_of(&target), ("outcome_unknown", true, Some("the connection broke")));
    let looks = look_until(&mut target, PlatformId::Bluesky, |it| it.todo() == Todo::Step);
    assert_eq!(looks, [2, 32, 120], "the last one at the end of the claim and a minute");
    assert_eq!(
        (target.status(), target.plan.as_ref()),
        (Status::Unconfirmed, Some(&json!("first"))),
        "the same record"
    );
}

/// The first commit may still land, so a refusal of the second one is not the end.
#[test]
fn a_refusal_of_a_repeated_commit_leaves_the_first_one_in_doubt() {
    let mut target = in_doubt(PlatformId::Bluesky);
    look_until(&mut target, PlatformId::Bluesky, |it| it.todo() == Todo::Step);
    let again = now() + Duration::seconds(120);
    commit(&mut target, again);
    target.apply(Event::Refused(refusal()), &on(PlatformId::Bluesky, again));
    assert_eq!((target.status(), fault_of(&target).1), (Status::Unconfirmed, false));
    let looks = look_until(&mut target, PlatformId::Bluesky, |it| it.status() != Status::Unconfirmed);
    assert_eq!(*looks.last().unwrap(), 120 + 60 + 10 + 600, "ten minutes after the second claim, and the clocks' skew");
    assert_eq!((target.status(), fault_of(&target).0), (Status::Failed, "quota_reached"));
    assert_eq!(target.state, State::Failed { absence: Absence::Inferred { looks: 0 } });
}

#[test]
fn a_repeated_commit_is_not_sent_a_day_after_the_first_one() {
    let late = now() + Duration::hours(24) + Duration::seconds(1);
    let mut target = in_doubt(PlatformId::Bluesky);
    target.apply(missing(), &on(PlatformId::Bluesky, late));
    assert_eq!(target.state, State::Preparing { since: None }, "it is absent by now, and starts over");
    assert_eq!(target.plan, Some(json!("again")));
}

/// The state that today's product called "canceled" at once.
#[test]
fn a_cancel_in_doubt_waits_until_a_late_write_can_no_longer_land() {
    let bluesky = platforms::spec(PlatformId::Bluesky);
    let mut target = in_doubt(PlatformId::Bluesky);
    let settled = end() + Duration::seconds(10) + Duration::minutes(10);
    assert_eq!(target.settles_by(bluesky), Some(settled));
    target.apply(Event::Cancel, &on(PlatformId::Bluesky, now()));
    assert_eq!((target.status(), target.cancel_requested_at()), (Status::Unconfirmed, Some(now())));
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some("the connection broke")));
    let looks = look_until(&mut target, PlatformId::Bluesky, |it| it.status() == Status::Canceled);
    assert_eq!(*looks.last().unwrap(), (settled - now()).num_seconds());
    // It is looked for again after an hour and after a day.
    let hour = settled + Duration::hours(1);
    assert_eq!((target.todo(), target.next_at), (Todo::Look, Some(hour)));
    let mut landed = target.clone();
    target.apply(missing(), &on(PlatformId::Bluesky, hour));
    assert_eq!((target.status(), target.next_at), (Status::Canceled, Some(hour + Duration::hours(23))));
    target.apply(missing(), &on(PlatformId::Bluesky, hour + Duration::hours(23)));
    assert_eq!((target.status(), target.next_at), (Status::Canceled, None));
    landed.apply(Event::Looked(Found::Known(Progress::Done(post()))), &on(PlatformId::Bluesky, hour));
    assert_eq!((landed.status(), landed.published()), (Status::Published, Some(&post())));
}

/// A container that is finished may still be published by a late call. One that has expired cannot.
#[test]
fn on_instagram_only_the_status_of_the_container_proves_absence() {
    let mut target = in_doubt(PlatformId::Instagram);
    let looks = look_until(&mut target, PlatformId::Instagram, |it| it.state == State::Unconfirmed);
    assert!(*looks.last().unwrap() > 24 * 3600, "{looks:?}: until the container must have expired");
    let mut target = in_doubt(PlatformId::Instagram);
    target.apply(Event::Looked(Found::Absent { again: json!("new") }), &on(PlatformId::Instagram, now()));
    assert_eq!((&target.state, target.next_at), (&State::Preparing { since: None }, Some(now())));
    assert_eq!(target.plan, Some(json!("new")));
}

#[test]
fn on_tiktok_an_incomplete_upload_is_absent_when_its_address_has_expired() {
    let mut target = in_doubt(PlatformId::TikTok);
    let looks = look_until(&mut target, PlatformId::TikTok, |it| it.todo() == Todo::Step);
    assert_eq!(*looks.last().unwrap(), 60 + 10 + 3600);
    assert_eq!((&target.state, target.plan.as_ref()), (&State::Preparing { since: None }, Some(&json!("again"))));
}

/// The next commit is canceled before it begins. The first one may have landed after all.
#[test]
fn a_target_that_was_presumed_absent_is_looked_for_again_wherever_it_ends() {
    let absent = || {
        let mut target = in_doubt(PlatformId::TikTok);
        look_until(&mut target, PlatformId::TikTok, |it| it.todo() == Todo::Step);
        target
    };
    let later = now() + Duration::hours(3);
    let mut canceled = absent();
    canceled.apply(Event::Cancel, &on(PlatformId::TikTok, later));
    assert_eq!((canceled.status(), canceled.next_at), (Status::Canceled, Some(later + Duration::hours(1))));
    let mut refused = absent();
    commit(&mut refused, later);
    refused.apply(Event::Refused(refusal()), &on(PlatformId::TikTok, later));
    assert_eq!((refused.status(), refused.todo()), (Status::Failed, Todo::Look));
    refused.apply(Event::Retry, &on(PlatformId::TikTok, later));
    assert_eq!((refused.status(), refused.todo()), (Status::Unconfirmed, Todo::Look), "a retry looks first");
}

#[test]
fn publish_before_ends_what_would_be_sent_again() {
    let at = |now| At { publish_before: Some(end()), ..on(PlatformId::TikTok, now) };
    let mut target = in_doubt(PlatformId::TikTok);
    target.apply(missing(), &at(now() + Duration::hours(2)));
    assert_eq!((target.status(), fault_of(&target).0), (Status::Failed, "too_late"));
    let mut bluesky = in_doubt(PlatformId::Bluesky);
    let at = At { publish_before: Some(end()), ..on(PlatformId::Bluesky, now() + Duration::seconds(120)) };
    bluesky.apply(missing(), &at);
    assert!(matches!(bluesky.state, State::Doubt { .. }), "no second commit: {:?}", bluesky.state);
}

#[test]
fn publish_before_and_a_cancel_stop_the_next_commit() {
    let mut target = new(PlatformId::X);
    target.apply(Event::Planned(json!("first")), &at(now()));
    let late = At { publish_before: Some(now()), ..at(now()) };
    assert_eq!(target.obstacle(&at(now())), None);
    assert_eq!(target.obstacle(&late), Some(Event::TooLate));
    target.apply(Event::TooLate, &late);
    assert_eq!(fault_of(&target).0, "too_late");
    let mut taken = sending(PlatformId::TikTok);
    taken.apply(
        Event::Answered(Progress::Taken { after: std::time::Duration::ZERO, state: json!("asked") }),
        &at(now()),
    );
    taken.apply(Event::Cancel, &at(now()));
    assert_eq!((taken.status(), taken.cancel_requested_at()), (Status::Sending, Some(now())), "the platform has it");
    taken.apply(Event::Answered(Progress::Proceed(json!("anew"))), &at(now()));
    assert_eq!(taken.obstacle(&at(now())), Some(Event::Cancel), "it dropped the post: no second commit");
    taken.apply(Event::Cancel, &at(now()));
    assert_eq!((taken.status(), taken.next_at), (Status::Canceled, None));
}

#[test]
fn a_worker_that_is_gone_leaves_a_commit_in_doubt_and_nothing_else() {
    let mut target = sending(PlatformId::X);
    assert_eq!(target.todo(), Todo::Recover);
    target.apply(Event::WorkerGone, &at(end()));
    assert_eq!((target.todo(), target.next_at), (Todo::Look, Some(end())));
    let mut preparing = new(PlatformId::Instagram);
    preparing.apply(Event::Planned(json!("first")), &at(now()));
    preparing.apply(Event::Started { step: Effect::Prepare, listening_until: end() }, &at(now()));
    preparing.apply(Event::WorkerGone, &at(end()));
    assert_eq!((preparing.todo(), preparing.attempts[0].outcome.as_str()), (Todo::Step, "interrupted"));
}

#[test]
fn a_failed_look_counts_and_one_that_was_not_sent_does_not() {
    let mut target = in_doubt(PlatformId::X);
    ask(&mut target);
    target.apply(Event::LookNotSent { reason: "no such host".into() }, &at(now()));
    assert!(matches!(target.state, State::Doubt { looks: 0, .. }));
    assert_eq!(target.next_at, Some(now() + Duration::seconds(5)));
    assert_eq!(target.attempts[1].outcome, "not sent");
    for _ in 0..2 {
        ask(&mut target);
        target.apply(Event::LookFailed { reason: "x".repeat(100_000) }, &at(now()));
        assert_eq!(target.status(), Status::Unconfirmed);
    }
    assert_eq!((&target.state, target.next_at), (&State::Unconfirmed, None));
    let words = "x".repeat(500);
    assert_eq!(fault_of(&target), ("outcome_unknown", false, Some(words.as_str())));
    assert!(target.attempts.iter().all(|attempt| attempt.outcome.len() < 100), "the ledger stays small");
}

#[test]
fn a_held_target_is_checked_within_a_quarter_of_an_hour() {
    let quarter = Some(now() + Duration::minutes(15));
    let mut target = sending(PlatformId::X);
    target.apply(Event::TokenRefused, &at(now()));
    target.apply(Event::Held(refusal()), &at(now()));
    assert_eq!((target.status(), target.next_at, target.in_flight), (Status::Held, quarter, None));
    assert_eq!(fault_of(&target), ("quota_reached", true, None));
    target.apply(Event::Resumed, &at(now()));
    assert_eq!(target.todo(), Todo::Step, "it keeps its plan");
    for mut unknown in [in_doubt(PlatformId::X), sending(PlatformId::X)] {
        unknown.apply(Event::Held(refusal()), &at(now()));
        assert_eq!((unknown.status(), unknown.next_at), (Status::Unconfirmed, quarter), "it may have been published");
    }
}

#[test]
fn a_failed_refresh_is_retried_like_a_step_that_was_not_sent() {
    let event = || Event::NotRefreshed { reason: "503".into(), not_before: now() };
    let (mut open, mut doubt) = (new(PlatformId::X), in_doubt(PlatformId::X));
    open.apply(event(), &at(now()));
    doubt.apply(event(), &at(now()));
    let soon = Some(now() + Duration::seconds(5));
    assert_eq!(
        (open.status(), open.next_at, fault_of(&open)),
        (Status::Scheduled, soon, ("not_refreshed", true, None))
    );
    assert_eq!((doubt.status(), doubt.next_at), (Status::Unconfirmed, soon));
    assert_eq!(fault_of(&doubt).0, "outcome_unknown");
    let later = now() + Duration::hours(1);
    open.apply(Event::NotRefreshed { reason: "503".into(), not_before: later }, &at(now()));
    assert_eq!(open.next_at, Some(later));
}

/// A target that the platform has taken and whose status is asked for.
fn taken() -> Target {
    let mut target = sending(PlatformId::TikTok);
    let state = json!("asked");
    target.apply(Event::Answered(Progress::Taken { after: std::time::Duration::from_secs(5), state }), &at(now()));
    assert_eq!((target.status(), target.next_at), (Status::Sending, Some(now() + Duration::seconds(5))));
    target
}

/// A failure to ask for the status says nothing about the post.
#[test]
fn a_taken_post_becomes_unconfirmed_and_never_failed() {
    let mut target = taken();
    while target.next_at.is_some() && target.status() == Status::Sending {
        ask(&mut target);
        target.apply(Event::NotSent { reason: "no such host".into() }, &at(now()));
        assert!(fault_of(&target).0 == "not_asked" || target.status() == Status::Unconfirmed);
    }
    assert_eq!((target.status(), fault_of(&target).0), (Status::Unconfirmed, "outcome_unknown"));

    let mut refused = taken();
    refused.apply(Event::Refused(refusal()), &on(PlatformId::TikTok, now()));
    assert!(matches!(refused.state, State::Doubt { .. }), "the request for its status was refused, not the post");

    let mut target = taken();
    target.apply(Event::NotRefreshed { reason: "503".into(), not_before: now() }, &at(now()));
    assert_eq!(target.status(), Status::Sending);
    assert!(target.fault.unwrap().message.contains("has the post"));

    let mut target = taken();
    target.apply(Event::AskedToWait { wait: Duration::seconds(9), fault: refusal() }, &at(now()));
    assert_eq!((target.status(), target.next_at), (Status::Sending, Some(now() + Duration::seconds(9))));

    let mut target = taken();
    target.apply(Event::Held(refusal()), &at(now()));
    assert_eq!(target.status(), Status::Unconfirmed);
}

/// Only its address is missing: whatever the answer to that, the post is published.
#[test]
fn a_public_post_cannot_fail() {
    let events: [fn() -> Event; 5] = [
        || Event::Refused(refusal()),
        || Event::Held(refusal()),
        || Event::Answered(Progress::Failed { code: FaultCode::Refused, message: String::new() }),
        || Event::Unreadable(refusal()),
        || Event::NotSent { reason: "no such host".into() },
    ];
    for event in events {
        let mut target = sending(PlatformId::Instagram);
        let visible =
            Progress::Visible { published: post(), after: std::time::Duration::ZERO, state: json!("address") };
        target.apply(Event::Answered(visible), &at(now()));
        for _ in 0..=BACKOFF.len() {
            target.apply(event(), &at(now()));
        }
        assert_eq!((target.status(), target.next_at, &target.fault), (Status::Published, None, &None));
        assert_eq!(target.published(), Some(&post()));
    }
}

/// Each look proves that the commit did not arrive; the number of commits is limited.
#[test]
fn commits_that_never_arrive_end_in_failure() {
    let mut target = sending(PlatformId::Instagram);
    let absent = || Event::Looked(Found::Absent { again: json!("new") });
    for _ in 0..BACKOFF.len() {
        target.apply(Event::Lost { reason: "lost".into() }, &on(PlatformId::Instagram, now()));
        target.apply(absent(), &on(PlatformId::Instagram, now()));
        assert_eq!(target.todo(), Todo::Step);
        commit(&mut target, now());
    }
    target.apply(Event::Lost { reason: "lost".into() }, &on(PlatformId::Instagram, now()));
    target.apply(absent(), &on(PlatformId::Instagram, now()));
    assert_eq!((target.status(), fault_of(&target).0), (Status::Failed, "platform_unreachable"));
}

#[test]
fn a_person_says_what_became_of_it_and_a_retry_looks_once_more() {
    let unconfirmed = || {
        let mut target = in_doubt(PlatformId::X);
        look_until(&mut target, PlatformId::X, |it| it.state == State::Unconfirmed);
        target
    };
    let mut target = unconfirmed();
    target.apply(Event::Resolve(Resolution::Published { url: Some("https://x.test/1".into()) }), &at(now()));
    assert_eq!(
        (target.status(), target.published().unwrap().url.as_deref()),
        (Status::Published, Some("https://x.test/1"))
    );

    let mut target = unconfirmed();
    target.apply(Event::Resolve(Resolution::NotPublished), &at(now()));
    assert_eq!((target.status(), fault_of(&target).0, target.next_at), (Status::Failed, "not_published", None));
    target.apply(Event::Retry, &at(end()));
    assert_eq!((target.status(), target.todo(), target.next_at), (Status::Unconfirmed, Todo::Look, Some(end())));
    let mut found = target.clone();
    found.apply(Event::Looked(Found::Known(Progress::Done(post()))), &at(end()));
    assert_eq!(found.status(), Status::Published, "the person was wrong");
    target.apply(missing(), &at(end()));
    assert_eq!(target.todo(), Todo::Step, "it is sent again, as the person said");
}

#[test]
fn a_retry_after_a_refusal_starts_over() {
    let mut target = sending(PlatformId::X);
    target.apply(Event::Refused(refusal()), &at(now()));
    target.apply(Event::Retry, &at(end()));
    assert_eq!((target.status(), target.todo(), target.next_at), (Status::Scheduled, Todo::Plan, Some(end())));
    assert_eq!((target.plan.as_ref(), &target.fault, target.attempts.len()), (None, &None, 1));
    assert!(target.is_open(), "the platform said that nothing of it is there");
    let mut doubt = in_doubt(PlatformId::TikTok);
    look_until(&mut doubt, PlatformId::TikTok, |it| it.todo() == Todo::Step);
    assert!(!doubt.is_open(), "its commit may have had an effect");
}

#[test]
fn a_plan_that_cannot_be_read_ends_the_target() {
    let fault = || Fault::new(FaultCode::StateUnreadable, "Look.");
    let mut unsent = new(PlatformId::X);
    unsent.apply(Event::Planned(json!(0)), &at(now()));
    unsent.apply(Event::Unreadable(fault()), &at(now()));
    assert_eq!((unsent.status(), fault_of(&unsent).0), (Status::Failed, "state_unreadable"));
    let mut doubt = in_doubt(PlatformId::X);
    doubt.apply(Event::Unreadable(fault()), &at(now()));
    assert_eq!((doubt.status(), doubt.next_at, fault_of(&doubt).0), (Status::Unconfirmed, None, "state_unreadable"));
}

#[test]
fn a_reason_that_passes_starts_over_after_a_wait() {
    let mut target = new(PlatformId::Instagram);
    target.apply(Event::Planned(json!("first")), &at(now()));
    let (after, state) = (std::time::Duration::from_secs(300), json!("new"));
    let code = FaultCode::MediaUnreachable;
    let progress = Progress::StartOver { after, state: state.clone(), code, message: "no route".into() };
    target.apply(Event::Answered(progress), &on(PlatformId::Instagram, now()));
    assert_eq!((target.status(), target.next_at), (Status::Scheduled, Some(now() + Duration::minutes(5))));
    assert_eq!(
        (target.plan.as_ref(), fault_of(&target)),
        (Some(&state), ("media_unreachable", true, Some("no route")))
    );
}
