//! `cargo run -p local`: see the library.

use std::process::ExitCode;

use clap::Parser;
use local::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The engine warns of every condition that fails; for us that is an answer.
    let filter = if arguments.verbose { "info,dynoxide=error" } else { "warn,dynoxide=error" };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).with_env_filter(filter).init();
    match local::run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
