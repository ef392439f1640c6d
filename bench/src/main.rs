//! `cargo run -p bench`: measures how fast functions start and answer on this machine, without AWS. It runs the binaries
//! that would be deployed under a stub of the Lambda Runtime API, with an embedded DynamoDB engine, and prints the results.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a measurement ends at the first surprise")]

mod aws;
mod function;
mod runtime_api;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use function::Function;

/// An error for the user: one sentence with the cause.
pub(crate) type Sentence = String;

/// Measures start, first and warm answer, memory and size of functions; ends with status 1 if one is too large.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    /// The functions to measure. [default: all]
    functions: Vec<String>,

    /// The folder with their binaries, built by `cargo build --release`.
    #[arg(long, value_name = "DIR", default_value = "target/release")]
    binaries: PathBuf,

    /// How many times each function is started.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..))]
    starts: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Sentence> {
    let names = if arguments.functions.is_empty() { function::all()? } else { arguments.functions };
    let aws = aws::Aws::start().await?;
    println!(
        "function            start best  start p50  start p90  first p50  warm p50  peak memory  binary   zipped  answer"
    );
    let mut exceeded = Vec::new();
    for name in names {
        let function = Function::find(&name, &arguments.binaries)?;
        let measured = function.measure(&aws, arguments.starts).await?;
        println!("{name:<18}{measured}");
        exceeded.extend(measured.exceeded(&name).map(|limit| format!("{name} {limit}")));
    }
    println!(
        "\nTimes in milliseconds. start: process to first poll. first, warm: event handed out to answer received."
    );
    if exceeded.is_empty() { Ok(()) } else { Err(format!("Over the limit: {}.", exceeded.join(", "))) }
}
