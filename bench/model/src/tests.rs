use clap::Parser;

use super::{
    Arguments,
    announced::announced,
    report::Report,
    settings::{DelayFrom, Plan, Settings},
    world::simulate,
};

/// A hundredth of everything: 10,000 posts a minute, and a processor that is a hundred times slower. A shard of the scaled
/// plans has the posts of a shard of the real one.
fn scaled() -> Settings {
    let settings = Arguments::parse_from(["model", "--posts", "10000"]).settings;
    Settings { in_flight: 1_200, tick_processor: settings.tick_processor / 100.0, calls_at_once: 1, ..settings }
}

const ENOUGH: Plan = Plan { shards: 8, ticks: 2, workers: 18 };

fn broken(settings: &Settings, plan: Plan) -> Vec<&'static str> {
    simulate(settings, plan).broken(settings)
}

#[test]
fn a_hundredth_of_the_recommended_plan_is_enough() {
    assert_eq!(broken(&scaled(), ENOUGH), [""; 0]);
}

#[test]
fn too_few_shards_exceed_the_limit_of_a_partition() {
    let report = simulate(&scaled(), Plan { shards: 2, ..ENOUGH });
    assert!(report.most_writes > 1000 && report.throttled > 0);
    assert!(report.broken(&scaled()).contains(&"index"));
}

#[test]
fn too_few_workers_are_late() {
    assert_eq!(broken(&scaled(), Plan { workers: 8, ..ENOUGH }), ["p99"]);
}

#[test]
fn a_tick_that_takes_too_long_is_seen() {
    let settings = Settings { tick_processor: 0.003, ..scaled() };
    assert!(broken(&settings, Plan { ticks: 1, ..ENOUGH }).contains(&"tick"));
}

#[test]
fn delays_from_the_start_of_a_tick_make_posts_as_late_as_the_tick_is_long() {
    let settings = Settings { delay_from: DelayFrom::Start, ..scaled() };
    let report = simulate(&settings, ENOUGH);
    assert_eq!(report.broken(&settings), ["p99"]);
    let late = report.percentile(0.99).unwrap();
    assert!((report.longest_tick / 2..report.longest_tick + 2_000).contains(&late), "{late} {}", report.longest_tick);
}

#[test]
fn the_index_finds_posts_of_lost_messages_and_of_crashed_workers() {
    let settings = Settings { lost_messages: 0.05, crashes: 0.05, ..scaled() };
    let report = simulate(&settings, Plan { workers: 50, ..ENOUGH });
    assert_eq!(report.unpublished(), 0);
    let late = report.percentile(0.98).unwrap();
    assert!(late > 60_000, "the end of the lease, or the first tick after it: {late}");
    assert!(report.repeated > 3 * 10_000 / 20);
}

#[test]
fn what_no_message_arrives_for_is_lost() {
    let settings = Settings { lost_messages: 1.0, ..scaled() };
    let report = simulate(&settings, ENOUGH);
    assert_eq!(report.unpublished(), 30_000);
    assert!(report.broken(&settings).contains(&"lost"));
}

#[test]
fn a_seed_repeats_its_run() {
    let run = |seed| {
        let settings = Settings { seed, ..scaled() };
        simulate(&settings, ENOUGH).row(&settings)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn each_row_has_the_cells_of_the_header() {
    let settings = scaled();
    let row = simulate(&settings, ENOUGH).row(&settings);
    let header = Report::HEADER.lines().next().unwrap();
    assert_eq!(row.matches('|').count(), header.matches('|').count());
}

/// As in functions/dispatch-due/src/announced.rs.
#[test]
fn overdue_posts_are_announced_at_growing_intervals() {
    let (now, ahead) = (100_000_000, 150_000);
    let up_to = Some(now - 60_000 + ahead);
    let minutes: Vec<i64> = (-2..=130)
        .filter(|ago| announced(u32::try_from(i64::from(now) - ago * 60_000).unwrap(), up_to, now, ahead))
        .collect();
    assert_eq!(minutes, [-2, 0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
}
