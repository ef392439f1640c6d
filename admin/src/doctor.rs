//! `doctor`: looks at everything a deployment is made of. A line a thing; a line that fails says what to do.

mod api;
mod mend;
mod overdue;
mod platforms;
mod queue;
mod secrets;
mod tables;

use std::process::ExitCode;

use crate::{
    Sentence,
    deployed::{Deployed, Place},
    print,
};

/// What one look came to.
pub(crate) struct Finding {
    well: bool,
    subject: String,
    says: String,
}

impl Finding {
    fn well(subject: impl Into<String>, says: impl Into<String>) -> Self {
        Self { well: true, subject: subject.into(), says: says.into() }
    }

    fn ill(subject: impl Into<String>, says: impl Into<String>) -> Self {
        Self { well: false, subject: subject.into(), says: says.into() }
    }
}

pub(crate) async fn run(deployed: &Deployed) -> Result<ExitCode, Sentence> {
    let mut findings = Vec::new();
    for (name, is_main) in deployed.tables.iter().zip([true, false]) {
        findings.extend(tables::look(deployed, name, is_main).await);
    }
    findings.extend(secrets::look(deployed).await);
    findings.push(overdue::look(deployed).await);
    if let Place::Aws(aws) = &deployed.place {
        findings.extend(queue::look(aws).await);
        findings.extend(api::look(deployed).await);
    }
    findings.extend(platforms::look(deployed).await);

    for Finding { well, subject, says } in &findings {
        print::line(format_args!("{}  {subject}: {says}", if *well { "ok  " } else { "FAIL" }))?;
    }
    let ill = findings.iter().filter(|finding| !finding.well).count();
    match ill {
        0 => print::line("\nAll is well.")?,
        1 => print::line("\n1 thing is wrong.")?,
        _ => print::line(format_args!("\n{ill} things are wrong."))?,
    }
    Ok(if ill == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
