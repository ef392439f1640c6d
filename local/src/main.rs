//! `cargo run -p local`: see the library.

use std::process::ExitCode;

use clap::Parser;
use local::Arguments;
use tracing::Level;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = if arguments.verbose { Level::INFO } else { Level::WARN };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).with_max_level(level).init();
    match local::run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
