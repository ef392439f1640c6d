//! `cargo run -p local`: see the library.

use std::process::ExitCode;

use clap::Parser;
use local::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The engine logs a warning for every failed condition, which is a normal result for us.
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
