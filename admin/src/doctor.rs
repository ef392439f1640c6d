//! `doctor`: checks every part of a deployment and prints a line for each. The line of a fault says what to do.

mod api;
mod overdue;
mod platforms;
mod queue;
mod repair;
mod secrets;
mod tables;

use std::process::ExitCode;

use crate::{
    Sentence,
    deployed::{Deployed, Place},
    print,
};

/// The result of one check.
pub(crate) struct Finding {
    ok: bool,
    subject: String,
    message: String,
}

impl Finding {
    fn ok(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { ok: true, subject: subject.into(), message: message.into() }
    }

    fn fault(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { ok: false, subject: subject.into(), message: message.into() }
    }
}

pub(crate) async fn run(deployed: &Deployed) -> Result<ExitCode, Sentence> {
    let mut findings = Vec::new();
    for (name, is_main) in deployed.tables.iter().zip([true, false]) {
        findings.extend(tables::check(deployed, name, is_main).await);
    }
    findings.extend(secrets::check(deployed).await);
    findings.push(overdue::check(deployed).await);
    if let Place::Aws(aws) = &deployed.place {
        findings.extend(queue::check(aws).await);
        findings.extend(api::check(deployed).await);
    }
    findings.extend(platforms::check(deployed).await);

    for Finding { ok, subject, message } in &findings {
        print::line(format_args!("{}  {subject}: {message}", if *ok { "ok  " } else { "FAIL" }))?;
    }
    let faults = findings.iter().filter(|finding| !finding.ok).count();
    match faults {
        0 => print::line("\nEverything is in order.")?,
        1 => print::line("\n1 thing is wrong.")?,
        _ => print::line(format_args!("\n{faults} things are wrong."))?,
    }
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
