//! A model of the due index and the queues, in virtual time: with how many shards, functions of a tick and workers is nothing
//! lost, no partition over its limit, and no more than one post in a hundred 2 s late? Equal arguments give equal results.
//!
//! # What happens to a post
//!
//! A post has one target. Its *head* enters the index when it is created, in one transaction with its content. A tick announces
//! it, or `create-post` if it is for now. An opener marks the head as opened, reads the content, stores the target (a put in the
//! index), takes the head out (a delete), and sends a message to the queue of the target's platform. A worker claims the target
//! (`due_at` moves: a delete and a put), reads, puts the commit on record, calls the platform, and saves the answer with a write
//! that also takes the target out (a delete). With the creation these are six units of the index a post. `--claim-units 0` is an
//! opener that stores the target already claimed; `--summary-units 2` is a head that is due again until its event is in the log.
//!
//! Lateness is from the due time until the first byte of the commit leaves. *Lost* is what was accepted and not published ten
//! minutes after the last post was due; *refused* is a post for now that the index did not take: its sender gets an error.
//! *Repeated* are messages about a post after the two that it needs; *read again* are entries that a tick reads without
//! announcing them.
//!
//! # What is assumed
//!
//! - A partition takes 1,000 write units and 3,000 read units a second, and refuses more. A shard counts as one partition: its
//!   sort key is a time, so if DynamoDB split it, most writes would still meet on one side. Burst capacity is not counted on. A
//!   target is in the shard of its post.
//!   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>
//!   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html>
//! - An index that is too slow throttles the writes of the table that reach it. The model refuses such a write at once; DynamoDB
//!   may take some of them first. The projection is `KEYS_ONLY`, so a write that leaves `due_at` alone costs the index nothing.
//!   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html>
//! - The table has one partition key for each post and is warm enough: its units are counted, never refused. By default AWS
//!   allows a table, and each of its indexes, 40,000 units a second, and a new one takes 4,000.
//!   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
//!   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html>
//! - A throttled write is tried three times, after up to one and up to two seconds. Then the worker leaves the post to the index.
//!   <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/retries.html>
//! - SQS takes any number of messages, delays them by whole seconds up to 15 minutes, and has at most about 120,000 in flight.
//!   <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>
//! - Openers and workers are warm and take ten messages each whenever ten are there. In AWS, Lambda adds them by and by, and one
//!   event source mapping has at most 1,000 at once, or 20,000 in provisioned mode. Each queue has one mapping and as many
//!   instances as the others.
//!   <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>
//! - Posts spread evenly over shards and platforms. Limits of one agency, such as its gate and its lists of posts, are not modelled.
//! - A worker that crashes leaves one post in ten thousand; the others of its batch go on. Times are assumptions, except the
//!   processor time of a tick, which docs/performance.md measures.

#![expect(clippy::indexing_slicing, reason = "a model has no input from outside")]

mod agenda;
mod announced;
mod partitions;
mod post;
mod report;
mod search;
mod settings;
mod tick;
mod worker;
mod world;

use std::process::ExitCode;

use clap::Parser;

use report::Report;
use settings::{Plan, Settings};
use world::simulate;

/// Models the due index and the queues at a million posts a minute, in virtual time.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// What to simulate: shards, functions of a tick, workers of each queue. May be repeated
    #[arg(long = "plan", value_name = "SHARDS/TICKS/WORKERS")]
    plans: Vec<Plan>,
    /// Looks for the smallest plan that breaks no bound and has a reserve, and prints it alone
    #[arg(long, conflicts_with_all = ["plans", "check"])]
    smallest: bool,
    /// Simulates the recommended plan, or the given ones, and ends with status 1 if one breaks a bound
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let Arguments { settings, plans, smallest, check } = Arguments::parse();
    let plans = match (plans.is_empty(), smallest, check) {
        (false, ..) => plans,
        (_, true, _) => Vec::new(),
        (_, _, true) => vec![Plan::RECOMMENDED],
        _ => Plan::COMPARED.to_vec(),
    };
    println!("{}", Report::HEADER);
    let mut all_hold = true;
    for plan in &plans {
        let report = simulate(&settings, *plan);
        println!("{}", report.row(&settings));
        all_hold &= report.broken(&settings).is_empty();
    }
    if smallest {
        match search::smallest(&settings, |plan| eprintln!("{plan}")) {
            Some(report) => println!("{}", report.row(&settings)),
            None => println!("Not even the largest plan is enough."),
        }
    } else if plans == Plan::COMPARED {
        println!("\nShards/functions of a tick/workers of a queue:");
        for plan in [Plan::PRODUCT, Plan::MORE_SHARDS] {
            println!("{plan} is enough for {} posts a minute.", search::most_posts(&settings, plan));
        }
        println!("A million posts a minute need {}.", Plan::RECOMMENDED);
    }
    if check && !all_hold { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests;
