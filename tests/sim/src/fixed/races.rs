//! Changes that overtake each other: for each condition that the store sends, the case in which it is what prevents harm.

use super::{Fixed, second};
use crate::{
    fault::Fault::{AnswerDelayed, KilledAfter, Late5, Slow},
    platform::GOOD,
    scenario::{one, with},
    step::{Scenario, Step, When},
};

const OPENED: &str = "open-post: UpdateItem main";
const TARGET_STORED: &str = "open-post: PutItem main";
const CLAIMED: &str = "publish-target: BatchGetItem";
const TWEET: &str = "publish-target: POST /api.x.com/2/tweets";
const CANCEL_READS: &str = "cancel-post: Query main";

pub(super) static ALL: [Fixed; 10] = [
    // A target of the first content lands after the edit, which leaves a draft.
    Fixed {
        name: "stale-target-of-a-draft",
        faults: &[(TARGET_STORED, Late5)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::Draft)))]),
    },
    // The next opening finds that target.
    Fixed {
        name: "stale-target-at-an-opening",
        faults: &[(TARGET_STORED, Late5)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(20)))))]),
    },
    // The next opening replaces that target while a worker removes it.
    Fixed {
        name: "stale-target-of-a-worker",
        faults: &[(TARGET_STORED, Late5), (CLAIMED, Slow), (CLAIMED, Slow)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(65)))))]),
    },
    Fixed {
        name: "opening-overtaken-by-an-edit",
        faults: &[(TARGET_STORED, Slow)],
        scenario: || now(&[(5, Step::Edit(0, Some(When::At(second(100)))))]),
    },
    Fixed {
        name: "canceled-after-it-was-announced",
        faults: &[],
        scenario: || with(one("x", GOOD, When::At(second(100))), vec![(second(50), Step::Cancel(0))]),
    },
    Fixed {
        name: "cancel-of-an-opening-overtaken-by-an-edit",
        faults: &[(OPENED, KilledAfter), (CANCEL_READS, Slow)],
        scenario: || now(&[(3, Step::Cancel(0)), (8, Step::Edit(0, Some(When::At(second(100)))))]),
    },
    Fixed {
        name: "cancel-overtaken-by-an-opening",
        faults: &[(CANCEL_READS, Slow)],
        scenario: || with(one("x", GOOD, When::At(second(20))), vec![(second(15), Step::Cancel(0))]),
    },
    Fixed {
        name: "cancel-overtaken-by-a-worker",
        faults: &[(CANCEL_READS, Slow)],
        scenario: || limited(&[(2, Step::Cancel(0))]),
    },
    // The edit removes the target that the cancel read while a worker had it.
    Fixed {
        name: "cancel-overtaken-by-an-edit",
        faults: &[(TWEET, Slow), (CANCEL_READS, Slow)],
        scenario: || limited(&[(2, Step::Cancel(0)), (11, Step::Edit(0, Some(When::At(second(100)))))]),
    },
    // The worker's lease is over, and it does not know yet.
    Fixed {
        name: "canceled-after-a-lease",
        faults: &[("publish-target: GetItem vault", AnswerDelayed)],
        scenario: || now(&[(95, Step::Cancel(0))]),
    },
];

fn now(steps: &[(i64, Step)]) -> Option<Scenario> {
    with(one("x", GOOD, When::Now), timed(steps))
}

/// The first commit is refused for five seconds.
fn limited(steps: &[(i64, Step)]) -> Option<Scenario> {
    with(one("x", "rate_limited", When::Now), timed(steps))
}

fn timed(steps: &[(i64, Step)]) -> Vec<(chrono::TimeDelta, Step)> {
    steps.iter().map(|(at, step)| (second(*at), step.clone())).collect()
}
