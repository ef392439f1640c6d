//! `cargo run -p generate`: writes the lists of functions, then `openapi.json` and the table of routes, which come from the
//! compiled functions. With `--lists`, writes only the lists.

use std::{env, fs, path::Path, process::Command};

fn main() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the project has no folder")?;
    for stale in generate::stale(root)? {
        let path = root.join(&stale.path);
        fs::write(path, stale.text).map_err(|error| format!("{}: {error}", stale.path.display()))?;
        println!("wrote {}", stale.path.display());
    }
    if env::args().any(|argument| argument == "--lists") {
        return Ok(());
    }
    let tests = ["test", "--quiet", "-p", "tests", "--test", "it", "contract::documents"];
    let mut cargo = Command::new("cargo");
    cargo.args(tests).env("UPDATE", "1").current_dir(root);
    // Cargo's variables about this crate would make build scripts run again, and recompile their dependents.
    for (name, _) in
        env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
    {
        cargo.env_remove(name);
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("openapi.json and the table of routes are not written yet: see above".into()),
        Err(error) => Err(format!("cargo cannot be run: {error}")),
    }
}
