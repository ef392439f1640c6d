//! Lets time pass: it jumps to the next step, message or tick, for as long as the scenario lasts and 48 quiet hours more.

use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use tokio::task::JoinSet;

use crate::{
    actor::Ended,
    agency::Agency,
    deployment::{DISPATCHER, Deployment},
    mailbox::Letter,
    step::Scenario,
    world::{TABLES, World},
};

/// How long nothing fails and nobody asks for anything at the end of a run.
const QUIET: TimeDelta = TimeDelta::hours(48);
/// How far ahead the dispatcher looks: without anything due by then, a tick does nothing.
const AHEAD: TimeDelta = TimeDelta::seconds(150);
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// In the quiet hours, ticks become rare after this many: a held target is looked at every few minutes for days.
const PATIENCE: u32 = 15;

struct Driver {
    world: Arc<World>,
    /// When faults end.
    calm: DateTime<Utc>,
    end: DateTime<Utc>,
    last_tick: DateTime<Utc>,
    quiet_ticks: u32,
}

/// Returns when all is over.
pub(crate) async fn drive(world: &Arc<World>, agency: &Arc<Agency>, scenario: &Scenario) -> DateTime<Utc> {
    let began = world.time.now();
    let calm = began + scenario.end();
    let mut driver =
        Driver { world: Arc::clone(world), calm, end: calm + QUIET, last_tick: began - MINUTE, quiet_ticks: 0 };
    let mut steps = scenario.steps.iter().map(|(at, step)| (began + *at, step.clone())).peekable();
    let mut tasks = JoinSet::new();
    loop {
        let now = world.time.now();
        if now >= calm {
            world.injector.stop();
        }
        if now >= driver.end && tasks.is_empty() {
            return driver.end;
        }
        while let Some((_, step)) = steps.next_if(|(at, _)| *at <= now) {
            let agency = Arc::clone(agency);
            tasks.spawn(async move { agency.take(step).await });
        }
        for letter in world.mailbox.receive() {
            tasks.spawn(take(Arc::clone(world), letter));
        }
        let mut tick = driver.next_tick(tasks.is_empty()).await;
        if tick.is_some_and(|at| at <= now) {
            driver.ticked();
            tasks.spawn(dispatch(Arc::clone(world)));
            tick = None;
        }
        let until_calm = [calm, driver.last_hour()].into_iter().find(|at| now < *at);
        let step = steps.peek().map(|(at, _)| *at);
        let next = [step, world.mailbox.next_at(), tick, until_calm].into_iter().flatten().min();
        let next = next.unwrap_or(driver.end).max(now + TimeDelta::milliseconds(1));
        tokio::select! {
            biased;
            Some(_) = tasks.join_next() => {}
            () = world.mailbox.changed() => {}
            () = world.time.sleep_until(next) => {}
        }
    }
}

impl Driver {
    /// When the next tick has something to do. While anything is under way, that is each minute.
    async fn next_tick(&self, idle: bool) -> Option<DateTime<Utc>> {
        let next = self.last_tick.duration_trunc(MINUTE).unwrap_or(self.last_tick) + MINUTE;
        if !idle {
            return Some(next);
        }
        let due = due_times(&self.world).await.into_iter().min()?;
        let due = (due - AHEAD).duration_round_up(MINUTE).unwrap_or(due);
        Some(due.max(next + self.pause()))
    }

    fn last_hour(&self) -> DateTime<Utc> {
        self.end - TimeDelta::hours(1)
    }

    fn ticked(&mut self) {
        self.last_tick = self.world.time.now();
        if self.last_tick > self.calm {
            self.quiet_ticks += 1;
        }
    }

    /// How much later than a minute a tick comes. In the last hour ticks come each minute again, so that nothing is left that
    /// only waits for one.
    fn pause(&self) -> TimeDelta {
        if self.world.time.now() >= self.last_hour() {
            return TimeDelta::zero();
        }
        let minutes = 1_i64 << self.quiet_ticks.saturating_sub(PATIENCE).min(8);
        TimeDelta::minutes(minutes - 1)
    }
}

async fn take(world: Arc<World>, letter: Letter) {
    let function = Deployment::taker(&letter.message);
    let ended = world.act(function, world.deployment.take(letter.message)).await;
    world.trace.line(&format!("{function} {ended:?}"));
    if ended != Ended::Returned(Ok(())) {
        world.mailbox.failed(letter);
    }
}

async fn dispatch(world: Arc<World>) {
    let ended = world.act(DISPATCHER, world.deployment.dispatch()).await;
    world.trace.line(&format!("{DISPATCHER} {ended:?}"));
}

/// The times at which items of the main table are due, as they are stored.
pub(crate) async fn due_times(world: &World) -> Vec<DateTime<Utc>> {
    let input = serde_json::json!({
        "TableName": TABLES[0],
        "IndexName": "due",
        "ProjectionExpression": "due_at",
    });
    let items = world.raw("Scan", &input).await;
    let items = items["Items"].as_array().cloned().unwrap_or_default();
    let read = |item: &serde_json::Value| DateTime::from_timestamp_millis(item["due_at"]["N"].as_str()?.parse().ok()?);
    items.iter().filter_map(read).collect()
}
