//! The shortest ways to transitions that random cases rarely make or never do.

use super::{Fixed, bluesky, second};
use crate::{
    fault::Fault,
    scenario::{account, one, with},
    step::{PlannedPost, Scenario, Step, When},
};

const PUT_RECORD: &str = "publish-target: POST /xrpc/com.atproto.repo.putRecord";
/// The first request has no nonce yet, so it is refused and sent again with one.
const NO_NONCE: (&str, Fault) = (PUT_RECORD, Fault::Slow);
const TWEET: &str = "publish-target: POST /api.x.com/2/tweets";
const TIMELINE: &str = "publish-target: GET /api.x.com/2/users/*/tweets";

pub(super) static ALL: [Fixed; 14] = [
    Fixed {
        name: "refused",
        faults: &[],
        scenario: || with(one("x", "suspended", When::Now), vec![(second(60), Step::Retry(0))]),
    },
    Fixed {
        name: "canceled-while-refused",
        faults: &[(TWEET, Fault::Slow)],
        scenario: || with(one("x", "suspended", When::Now), vec![(second(5), Step::Cancel(0))]),
    },
    Fixed { name: "held", faults: &[], scenario: held },
    Fixed { name: "processing-fails", faults: &[], scenario: || one("tiktok", "processing_failed", When::Now) },
    Fixed {
        name: "processing-fails-canceled",
        faults: &[],
        scenario: || with(one("tiktok", "processing_failed", When::Now), vec![(second(3), Step::Cancel(0))]),
    },
    Fixed {
        name: "processed-anew",
        faults: &[],
        scenario: || scripted(one("tiktok", "scripted", When::Now), "fail:status:internal"),
    },
    Fixed {
        name: "found-by-a-person",
        faults: &[(TIMELINE, Fault::Vanished), (TIMELINE, Fault::Vanished)],
        scenario: || with(one("x", "answer_lost", When::Now), vec![(second(200), Step::Resolve(0))]),
    },
    Fixed {
        name: "missed-by-a-person",
        faults: &[],
        scenario: || {
            let steps = vec![(second(200), Step::Resolve(0)), (second(260), Step::Retry(0))];
            with(one("x", "lost_unposted", When::Now), steps)
        },
    },
    // From 150 s on, the commit may be repeated. That is not sent, and waits for half a minute.
    Fixed {
        name: "canceled-before-a-repetition",
        faults: &[(PUT_RECORD, Fault::Vanished), (PUT_RECORD, Fault::NotSent)],
        scenario: || with(bluesky(), vec![(second(165), Step::Cancel(0))]),
    },
    Fixed {
        name: "unreadable-before-a-repetition",
        faults: &[(PUT_RECORD, Fault::Vanished), (PUT_RECORD, Fault::NotSent)],
        scenario: || with(bluesky(), vec![(second(165), Step::Spoil(0, "plan"))]),
    },
    Fixed {
        name: "unreadable-while-processed",
        faults: &[],
        scenario: || with(one("tiktok", "demo_shop", When::Now), vec![(second(3), Step::Spoil(0, "plan"))]),
    },
    // The fourth repetition waits for an hour.
    Fixed {
        name: "found-before-a-repetition",
        faults: &[
            NO_NONCE,
            (PUT_RECORD, Fault::Late30m),
            (PUT_RECORD, Fault::NotSent),
            (PUT_RECORD, Fault::NotSent),
            (PUT_RECORD, Fault::NotSent),
            (PUT_RECORD, Fault::NotSent),
        ],
        scenario: || with(bluesky(), vec![(second(2000), Step::Resolve(0))]),
    },
    Fixed {
        name: "canceled-and-there",
        faults: &[NO_NONCE, (PUT_RECORD, Fault::Late30m)],
        scenario: || with(bluesky(), vec![(second(10), Step::Cancel(0))]),
    },
    Fixed {
        name: "failed-and-there",
        faults: &[NO_NONCE, (PUT_RECORD, Fault::Late30m)],
        scenario: || {
            let mut scenario = bluesky()?;
            scenario.posts[0].publish_before = Some(second(100));
            Some(scenario)
        },
    },
];

fn scripted(scenario: Option<Scenario>, script: &'static str) -> Option<Scenario> {
    let mut scenario = scenario?;
    scenario.posts[0].script = script;
    Some(scenario)
}

/// The first post finds that the account has to be connected again. The second is scheduled then, and the third is created after
/// that.
fn held() -> Option<Scenario> {
    let mut scenario = one("bluesky", "token-dead.test", When::At(second(60)))?;
    let account = account("bluesky", "token-dead.test")?;
    let post = |when| PlannedPost { accounts: vec![account], when, ..PlannedPost::default() };
    scenario.posts.extend([post(When::At(second(70))), post(When::Now)]);
    scenario.steps.extend([
        (second(0), Step::Create(1)),
        (second(80), Step::Create(2)),
        (second(100), Step::Reconnect(account)),
        (second(2000), Step::List),
    ]);
    Some(scenario)
}
