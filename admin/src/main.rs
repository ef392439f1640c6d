//! `cargo run -p admin`: the operator's tool. It works on the tables themselves, with the operator's own AWS credentials
//! or on the data folder of a local deployment; nothing it does can be asked for over HTTP.

mod agency;
mod arguments;
mod cloud;
mod dead_letters;
mod deployed;
mod doctor;
mod key;
mod print;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use deployed::Deployed;

/// A sentence for the operator: what is wrong, and what to do.
pub(crate) type Sentence = String;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Sentence> {
    let deployed = Deployed::open(&arguments).await?;
    match arguments.command {
        Command::Agency(command) => agency::run(&deployed, command).await?,
        Command::Key(command) => key::run(&deployed, command).await?,
        Command::Redrive => dead_letters::redrive(&deployed).await?,
        Command::Doctor => return doctor::run(&deployed).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// What the store says when it cannot answer, as a sentence.
pub(crate) fn store_failed(error: shared::store::Error) -> Sentence {
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({})", root(cause))).unwrap_or_default();
    format!("{error}{cause}. `doctor` looks for the reason.")
}

/// The last cause in a chain of errors is the one that says something.
fn root(error: &dyn std::error::Error) -> &dyn std::error::Error {
    error.source().map_or(error, root)
}
