//! Scenarios: some fixed ones, into which faults are put at each position, and one for each seed.

use chrono::TimeDelta;
use fastrand::Rng;

use crate::{
    fault::Fault,
    fixture::Fixture,
    platform::{GOOD, Platform},
    step::{PlannedPost, Scenario, Step, When},
};

/// The names of the fixed scenarios.
pub const BASES: [&str; 8] = ["x", "instagram", "tiktok", "scheduled", "refresh", "cancel", "edit", "retry"];

/// The fixed scenario of this name.
pub(crate) fn base(name: &str) -> Option<Scenario> {
    let second = TimeDelta::seconds;
    let account = |platform: &str, handle: &str| {
        let accounts = &Fixture::get().accounts;
        accounts.iter().position(|account| account.platform == platform && account.handle == handle)
    };
    let one = |platform: &str, handle: &str, when| {
        let accounts = vec![account(platform, handle)?];
        Some(Scenario {
            posts: vec![PlannedPost { accounts, when, publish_before: None }],
            steps: vec![(second(0), Step::Create(0))],
        })
    };
    let with = |scenario: Option<Scenario>, steps: Vec<(TimeDelta, Step)>| {
        let mut scenario = scenario?;
        scenario.steps.extend(steps);
        Some(scenario)
    };
    match name {
        "x" => one("x", GOOD, When::Now),
        "instagram" => one("instagram", GOOD, When::Now),
        "tiktok" => one("tiktok", GOOD, When::Now),
        "scheduled" => one("x", GOOD, When::At(second(400))),
        "refresh" => one("x", "short_lived", When::At(second(200))),
        "cancel" => with(one("instagram", GOOD, When::Now), vec![(second(2), Step::Cancel(0))]),
        "edit" => with(
            one("x", GOOD, When::At(second(240))),
            vec![(second(60), Step::Edit(0, Some(When::At(second(300))))), (second(301), Step::Edit(0, None))],
        ),
        "retry" => with(
            one("instagram", "container_error", When::Now),
            vec![(second(60), Step::Retry(0)), (second(61), Step::Cancel(0))],
        ),
        _ => None,
    }
}

/// The scenario of a seed, with those of the kinds that happen to a run.
pub(crate) fn of_seed(seed: u64, kinds: &[Fault]) -> Scenario {
    let mut rng = Rng::with_seed(seed ^ 0x7363_656e_6172_696f);
    let mut scenario = Scenario::default();
    let uploads = kinds.contains(&Fault::Uploads);
    let takes_part = |id: &str| uploads || Platform::by_id(id).is_some_and(|platform| !platform.uploads);
    for post in 0..rng.usize(1..=2) {
        add_post(&mut scenario, post, &mut rng, &takes_part);
    }
    if rng.u8(..10) == 0 {
        let account = scenario.posts[0].accounts[0];
        let at = TimeDelta::milliseconds(rng.i64(0..300_000));
        scenario.steps.push((at, Step::Disconnect(account)));
        if rng.bool() {
            let back = at + TimeDelta::milliseconds(rng.i64(100..600_000));
            scenario.steps.push((back, Step::Reconnect(account)));
        }
    }
    if rng.u8(..5) == 0 {
        scenario.steps.push((TimeDelta::milliseconds(rng.i64(0..300_000)), Step::List));
    }
    scenario.steps.sort_by_key(|(at, _)| *at);
    if !kinds.contains(&Fault::Expires) {
        scenario.posts.iter_mut().for_each(|post| post.publish_before = None);
    }
    scenario
}

fn add_post(scenario: &mut Scenario, post: usize, rng: &mut Rng, takes_part: &dyn Fn(&str) -> bool) {
    let created = TimeDelta::milliseconds(rng.i64(0..5_000));
    let (when, due) = match rng.u8(..100) {
        0..55 => (When::Now, created),
        55..85 => {
            let at = created + TimeDelta::milliseconds(rng.i64(20_000..600_000));
            (When::At(at), at)
        }
        // Access tokens have ended by then.
        85..90 => {
            let at = created + TimeDelta::minutes(rng.i64(100..150));
            (When::At(at), at)
        }
        _ => (When::Draft, created + TimeDelta::seconds(60)),
    };
    let publish_before = (rng.u8(..10) == 0).then(|| due + TimeDelta::milliseconds(rng.i64(61_000..400_000)));
    scenario.posts.push(PlannedPost { accounts: accounts(rng, takes_part), when, publish_before });
    scenario.steps.push((created, Step::Create(post)));
    let first = match when {
        When::Draft => (100, Step::Edit(post, Some(When::Now)), -30_000, 0),
        When::Now | When::At(_) => (50, Step::Read(post), 100, 60_000),
    };
    for (chance, step, from, to) in [
        first,
        (35, Step::Cancel(post), -20_000, 100_000),
        (20, Step::Edit(post, None), -20_000, 60_000),
        (15, Step::Read(post), 1_000, 400_000),
        (25, Step::Retry(post), 5_000, 600_000),
        (20, Step::Resolve(post), 60_000, 2_400_000),
        (10, Step::Cancel(post), 1_000, 600_000),
    ] {
        if rng.u8(..100) < chance {
            let at = due + TimeDelta::milliseconds(rng.i64(from..to));
            scenario.steps.push((at.max(created), step));
        }
    }
}

/// One to three accounts, each of another platform; mostly good ones.
fn accounts(rng: &mut Rng, takes_part: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let all = &Fixture::get().accounts;
    let mut platforms: Vec<&str> = all.iter().map(|account| account.platform).filter(|id| takes_part(id)).collect();
    platforms.dedup();
    rng.shuffle(&mut platforms);
    platforms.truncate([1, 1, 1, 2, 2, 3][rng.usize(..6)]);
    let mut chosen = Vec::new();
    for platform in platforms {
        let own: Vec<usize> = (0..all.len()).filter(|n| all[*n].platform == platform).collect();
        let good = own.iter().copied().find(|n| all[*n].handle == GOOD);
        let other = own[rng.usize(..own.len())];
        chosen.push(good.filter(|_| rng.u8(..3) > 0).unwrap_or(other));
    }
    chosen
}
