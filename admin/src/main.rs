//! `cargo run -p admin`: the operator's tool. It reads and writes the tables directly, with the operator's AWS credentials
//! or in the data folder of `local`. None of its commands is available over HTTP.

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

/// An error for the operator: one sentence with what is wrong and what to do.
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

/// The operator's message for an error of the store.
pub(crate) fn store_failed(error: shared::store::Error) -> Sentence {
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({})", root(cause))).unwrap_or_default();
    format!("{error}{cause}. `doctor` may find the cause.")
}

/// The last cause in a chain of errors, which has the useful message.
fn root(error: &dyn std::error::Error) -> &dyn std::error::Error {
    error.source().map_or(error, root)
}
