//! Steps before the commit.

use super::*;

/// An upload may have more than a hundred steps.
#[test]
fn each_step_before_the_commit_has_its_own_retries() {
    let mut target = new(PlatformId::X);
    target.apply(Event::Planned(json!(0)), &at(now()));
    for step in 1..=3 * BACKOFF.len() {
        for event in [Event::NotSent { reason: "no such host".into() }, Event::Answered(Progress::Proceed(json!(step)))]
        {
            target.apply(Event::Started { step: Effect::Prepare, listening_until: end() }, &at(now()));
            target.apply(event, &at(now()));
        }
    }
    assert_eq!((target.status(), target.fault.as_ref()), (Status::Sending, None), "{target:?}");
}
