//! Scenarios: some fixed ones, into which faults are put at each position, and one for each seed.

use std::ops::Range;

use chrono::TimeDelta;
use fastrand::Rng;

use crate::{
    fault::Fault,
    files::Files,
    fixed,
    fixture::Fixture,
    platform::{GOOD, Platform},
    step::{PlannedPost, Scenario, Step, When},
};

/// The names of the fixed scenarios.
pub const BASES: [&str; 14] = [
    "x",
    "instagram",
    "tiktok",
    "x-animation",
    "bluesky-images",
    "bluesky-video",
    "scheduled",
    "refresh",
    "cancel",
    "edit",
    "retry",
    "several",
    "reopened",
    "reconnect",
];

/// Those that upload files.
pub const UPLOADING: [&str; 4] = ["tiktok", "x-animation", "bluesky-images", "bluesky-video"];

/// Posts that are canceled, or edited, at many moments of their opening. Too long for a fault at each call.
pub const OPENINGS: &str = "opening";

/// When a post is opened after its due time, in milliseconds: an opening takes some 50 ms.
const OPENING_NOW: Range<i64> = 20..200;
/// Messages come up to a second late.
const OPENING: Range<i64> = -50..1100;

/// The fixed scenario of this name.
pub(crate) fn base(name: &str) -> Option<Scenario> {
    let second = TimeDelta::seconds;
    match name {
        "x" => one("x", GOOD, When::Now),
        "instagram" => one("instagram", GOOD, When::Now),
        "tiktok" => one("tiktok", GOOD, When::Now),
        "x-animation" => files(one("x", GOOD, When::Now), Files::Animation),
        "bluesky-images" => files(one("bluesky", "demo-shop.test", When::Now), Files::Images),
        "bluesky-video" => files(one("bluesky", "demo-shop.test", When::Now), Files::Video),
        "scheduled" => one("x", GOOD, When::At(second(400))),
        "refresh" => one("x", "short_lived", When::At(second(200))),
        "cancel" => with(one("instagram", GOOD, When::Now), vec![(second(2), Step::Cancel(0))]),
        "edit" => with(
            one("x", GOOD, When::At(second(240))),
            vec![(second(60), Step::Edit(0, Some(When::At(second(300))))), (second(301), Step::Edit(0, None))],
        ),
        // One target a platform.
        "several" => of(&[("x", GOOD), ("bluesky", "demo-shop.test"), ("instagram", GOOD)], When::Now),
        // Edited while a worker has the first version.
        "reopened" => with(one("x", GOOD, When::Now), vec![(second(5), Step::Edit(0, Some(When::Now)))]),
        OPENINGS => opening(&[account("x", GOOD)?, account("bluesky", "demo-shop.test")?]),
        "reconnect" => with(
            one("x", "token_dead", When::At(second(60))),
            vec![(second(90), Step::Reconnect(account("x", "token_dead")?)), (second(400), Step::Read(0))],
        ),
        "retry" => with(
            one("instagram", "container_error", When::Now),
            vec![(second(60), Step::Retry(0)), (second(61), Step::Cancel(0))],
        ),
        _ => fixed::scenario(name),
    }
}

pub(crate) fn account(platform: &str, handle: &str) -> Option<usize> {
    let accounts = &Fixture::get().accounts;
    accounts.iter().position(|account| account.platform == platform && account.handle == handle)
}

/// A post to these accounts that is created at once.
fn of(accounts: &[(&str, &str)], when: When) -> Option<Scenario> {
    let accounts = accounts.iter().map(|(platform, handle)| account(platform, handle)).collect::<Option<_>>()?;
    Some(Scenario {
        posts: vec![PlannedPost { accounts, when, ..PlannedPost::default() }],
        steps: vec![(TimeDelta::zero(), Step::Create(0))],
    })
}

pub(crate) fn one(platform: &str, handle: &str, when: When) -> Option<Scenario> {
    of(&[(platform, handle)], when)
}

/// The scenario, whose first post has these files.
pub(crate) fn files(scenario: Option<Scenario>, files: Files) -> Option<Scenario> {
    let mut scenario = scenario?;
    scenario.posts[0].files = files;
    Some(scenario)
}

/// The scenario with these steps, too.
pub(crate) fn with(scenario: Option<Scenario>, steps: Vec<(TimeDelta, Step)>) -> Option<Scenario> {
    let mut scenario = scenario?;
    scenario.steps.extend(steps);
    Some(scenario)
}

fn opening(accounts: &[usize]) -> Option<Scenario> {
    let mut scenario = Scenario::default();
    for post in 0..16 {
        let created = TimeDelta::seconds(i64::try_from(post).ok()?);
        let moment = TimeDelta::milliseconds(i64::try_from(post / 2 * 6 + 24).ok()?);
        let change = if post % 2 == 0 { Step::Cancel(post) } else { Step::Edit(post, Some(When::Now)) };
        scenario.posts.push(PlannedPost { accounts: accounts.to_vec(), ..PlannedPost::default() });
        scenario.steps.extend([(created, Step::Create(post)), (created + moment, change)]);
    }
    Some(scenario)
}

/// The scenario of a seed, with those of the kinds that happen to a run.
pub(crate) fn of_seed(seed: u64, kinds: &[Fault]) -> Scenario {
    let mut rng = Rng::with_seed(seed ^ 0x7363_656e_6172_696f);
    let mut scenario = Scenario::default();
    let uploads = kinds.contains(&Fault::Uploads);
    let takes_part = |id: &str| uploads || Platform::by_id(id).is_some_and(|platform| !platform.uploads);
    let posts = if rng.u8(..4) == 0 { 2 } else { 1 };
    for post in 0..posts {
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
    if !uploads {
        scenario.posts.iter_mut().for_each(|post| post.files = Files::None);
    }
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
    let files = if rng.bool() { Files::ANY[rng.usize(..Files::ANY.len())] } else { Files::None };
    scenario.posts.push(PlannedPost { accounts: accounts(rng, takes_part), when, publish_before, files, script: "" });
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
            // Half of what comes around the due time comes within the opening.
            let opening = if matches!(when, When::Now) { OPENING_NOW } else { OPENING };
            let within = if from < 0 && rng.bool() { opening } else { from..to };
            let at = due + TimeDelta::milliseconds(rng.i64(within));
            scenario.steps.push((at.max(created), step));
        }
    }
}

/// One to six accounts, first one of each platform; mostly good ones.
fn accounts(rng: &mut Rng, takes_part: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let all = &Fixture::get().accounts;
    let mut platforms: Vec<&str> = all.iter().map(|account| account.platform).filter(|id| takes_part(id)).collect();
    platforms.dedup();
    rng.shuffle(&mut platforms);
    let mut chosen = Vec::new();
    // What goes wrong, goes wrong with few targets, and a run takes as long as it has targets.
    let count = match rng.u8(..20) {
        0..12 => 1,
        12..17 => 2,
        17..19 => 3,
        _ => 6,
    };
    for platform in platforms.iter().cycle().take(count) {
        let left = |n: &usize| all[*n].platform == *platform && !chosen.contains(n);
        let own: Vec<usize> = (0..all.len()).filter(left).collect();
        let good = own.iter().copied().find(|n| all[*n].handle == GOOD);
        let other = own[rng.usize(..own.len())];
        chosen.push(good.filter(|_| rng.u8(..3) > 0).unwrap_or(other));
    }
    chosen
}
