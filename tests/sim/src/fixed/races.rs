//! Changes that overtake each other: for each condition that the store sends, the case in which it is what prevents harm.

use super::{Fixed, second};
use crate::{
    fault::Fault::{self, AnswerDelayed, KilledAfter, Late5, Late40, NotSent, Reordered, Slow, Unreachable},
    platform::GOOD,
    scenario::{one, with},
    step::{Scenario, Step, When},
};

const OPENED: &str = "open-post: UpdateItem main";
const TARGET_STORED: &str = "open-post: PutItem main";
const CLAIMED: &str = "publish-target: BatchGetItem";
const TWEET: &str = "publish-target: POST /api.x.com/2/tweets";
const GRANT_READ: &str = "publish-target: GetItem vault";
const SAVED: &str = "publish-target: UpdateItem main";
const CONTENT_READ: &str = "open-post: GetItem main";
const EDIT_READS: &str = "edit-post: Query main";
/// The opening ends without an answer to its write, which lands five seconds later.
const STALE: &[(&str, Fault)] = &[(TARGET_STORED, Late5), (TARGET_STORED, Unreachable)];
const CANCEL_READS: &str = "cancel-post: Query main";

pub(super) static ALL: [Fixed; 18] = [
    // The commit is recorded, and that is repeated. The first write lands after the answer to the commit was saved.
    Fixed { name: "late-save", faults: &[(SAVED, Slow), (SAVED, Late40)], scenario: || now(&[]) },
    // A target that a worker has lands again after the edit, and another worker claims it.
    Fixed {
        name: "stored-again-after-an-edit",
        faults: &[(TARGET_STORED, Late5), (CLAIMED, Slow), (CLAIMED, Slow)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(65)))))]),
    },
    // A target of the first content lands after the edit, which leaves a draft.
    Fixed {
        name: "stale-target-of-a-draft",
        faults: STALE,
        scenario: || now(&[(2, Step::Edit(0, Some(When::Draft)))]),
    },
    // The next opening finds that target.
    Fixed {
        name: "stale-target-at-an-opening",
        faults: STALE,
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(8)))))]),
    },
    // The next opening replaces that target while a worker removes it.
    Fixed {
        name: "stale-target-of-a-worker",
        faults: &[(TARGET_STORED, Late5), (TARGET_STORED, Unreachable), (CLAIMED, Slow)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(15)))))]),
    },
    Fixed {
        name: "edit-overtaken-by-a-cancel",
        faults: &[(EDIT_READS, Slow)],
        scenario: || {
            let steps = vec![(second(10), Step::Edit(0, None)), (second(15), Step::Cancel(0))];
            with(one("x", GOOD, When::At(second(100))), steps)
        },
    },
    // The cancel marks the target of a worker that waits.
    Fixed {
        name: "edit-overtaken-by-a-mark",
        faults: &[(GRANT_READ, AnswerDelayed), (EDIT_READS, Slow)],
        scenario: || now(&[(2, Step::Edit(0, Some(When::At(second(30))))), (5, Step::Cancel(0))]),
    },
    Fixed {
        name: "edit-overtaken-by-an-opening",
        faults: &[(CONTENT_READ, Slow), (EDIT_READS, Slow)],
        scenario: || later(&[(18, Step::Edit(0, Some(When::At(second(115)))))]),
    },
    Fixed {
        name: "cancel-overtaken-by-the-targets",
        faults: &[(CONTENT_READ, Slow), (CANCEL_READS, Slow)],
        scenario: || later(&[(18, Step::Cancel(0))]),
    },
    // A worker finds that the target cannot be read, and waits. Meanwhile a person resolves it and retries.
    Fixed {
        name: "resolved-while-found-unreadable",
        faults: &[("open-post: Send x", Reordered), (CLAIMED, Slow), (TWEET, NotSent), (TWEET, NotSent)],
        scenario: || now(&[(5, Step::Spoil(0, "state")), (12, Step::Resolve(0)), (13, Step::Retry(0))]),
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
    // No worker has the target, so the cancel replaces it.
    Fixed {
        name: "edit-overtaken-by-a-cancel-of-a-target",
        faults: &[(EDIT_READS, Slow)],
        scenario: || limited(&[(2, Step::Edit(0, Some(When::At(second(100))))), (3, Step::Cancel(0))]),
    },
    // The worker's lease is over, and it does not know yet.
    Fixed {
        name: "canceled-after-a-lease",
        faults: &[(GRANT_READ, AnswerDelayed)],
        scenario: || now(&[(95, Step::Cancel(0))]),
    },
];

fn now(steps: &[(i64, Step)]) -> Option<Scenario> {
    with(one("x", GOOD, When::Now), timed(steps))
}

/// Between two ticks.
fn later(steps: &[(i64, Step)]) -> Option<Scenario> {
    let mut scenario = now(steps)?;
    scenario.steps[0].0 = second(15);
    Some(scenario)
}

/// The first commit is refused for five seconds.
fn limited(steps: &[(i64, Step)]) -> Option<Scenario> {
    with(one("x", "rate_limited", When::Now), timed(steps))
}

fn timed(steps: &[(i64, Step)]) -> Vec<(chrono::TimeDelta, Step)> {
    steps.iter().map(|(at, step)| (second(*at), step.clone())).collect()
}
