//! Generates the text about each function that Cargo, CloudFormation and `local` need, from `template.yaml`: the watch
//! router and the lists of dependencies, the table of functions, the dashboard's metrics, each `main.rs`, and missing
//! events.

#![expect(clippy::indexing_slicing, reason = "a generator may fail on a template that it does not understand")]

mod block;
mod event;
mod functions;
mod lists;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The command that updates stale files.
pub const COMMAND: &str = "cargo run -p generate";

/// A file whose content is stale.
pub struct Stale {
    /// The path from the root.
    pub path: PathBuf,
    pub text: String,
}

/// The stale files under `root`.
///
/// # Errors
/// A file cannot be read, or has no part for its list.
pub fn stale(root: &Path) -> Result<Vec<Stale>, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let template = read("template.yaml")?;
    let functions = functions::read(&template).ok_or("template.yaml is not the template of this project")?;
    let mut wanted: Vec<(String, String)> = Vec::new();

    for (path, list) in [
        ("Cargo.toml", lists::router(&functions)),
        ("local/Cargo.toml", lists::dependencies(&functions)),
        ("local/src/functions.rs", lists::table(&functions)),
    ] {
        let text = block::replace(&read(path)?, &list).ok_or_else(|| format!("{path}: {}", block::LACKING))?;
        wanted.push((path.into(), text));
    }
    let text = lists::dashboard(&template, &functions).ok_or("template.yaml: no dashboard metrics found")?;
    wanted.push(("template.yaml".into(), text));
    for function in &functions {
        let name = &function.name;
        let library = read(&format!("functions/{name}/src/lib.rs"))?;
        wanted.push((format!("functions/{name}/src/main.rs"), lists::main(function, &library)));
        let event = format!("events/{name}.json");
        if !root.join(&event).exists()
            && let Some(text) = event::of(function)
        {
            wanted.push((event, text));
        }
    }
    let differs = |(path, text): &(String, String)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text);
    Ok(wanted.into_iter().filter(differs).map(|(path, text)| Stale { path: path.into(), text }).collect())
}
