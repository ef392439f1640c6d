//! Follows CONTRIBUTING's "Add an endpoint" in a copy of the project: the listed files are written by hand, and the command
//! writes all others.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::root;

/// Whether a folder is created by a build or a run and not part of the project.
fn is_made(name: &str) -> bool {
    name == "node_modules" || name.starts_with("target") || name.starts_with('.')
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && !is_made(&name.to_string_lossy()) {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// The files in the numbered list of CONTRIBUTING.
fn by_hand() -> Vec<String> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = text.split_once("## Add an endpoint\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let items = section.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    items.map(|item| item.split('`').nth(1).unwrap_or_else(|| panic!("{item} names no file")).to_owned()).collect()
}

/// A copy of `get-client` under another name and path.
fn write_scratch(project: &Path) -> BTreeSet<String> {
    let read = |path: &str| fs::read_to_string(project.join(path)).unwrap();
    let renamed = |text: &str| {
        let text = text.replace("get-client", "get-scratch").replace("getClient", "getScratch");
        text.replace("GetClient", "GetScratch").replace("/v1/clients/{clientId}", "/v1/scratch/{clientId}")
    };
    fs::create_dir_all(project.join("functions/get-scratch/src")).unwrap();
    let mut written = BTreeSet::new();
    for file in ["src/lib.rs", "Cargo.toml"] {
        let path = format!("functions/get-scratch/{file}");
        fs::write(project.join(&path), renamed(&read(&format!("functions/get-client/{file}")))).unwrap();
        written.insert(path);
    }
    let template = read("template.yaml");
    let begin = template.find("  GetClient:\n").unwrap();
    let end = begin + template[begin..].find("\n\n").unwrap() + 2;
    let with = format!("{}{}{}", &template[..end], renamed(&template[begin..end]), &template[end..]);
    fs::write(project.join("template.yaml"), with).unwrap();
    written.insert("template.yaml".into());
    written
}

#[test]
fn a_new_endpoint_is_six_files_by_hand() {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipe");
    let _ = fs::remove_dir_all(&project);
    copy(&root(), &project);
    let by_hand: BTreeSet<_> = by_hand()
        .into_iter()
        .map(|path| path.replace("<verb-noun>", "get-scratch").replace("<subject>", "gate"))
        .collect();
    assert_eq!(by_hand.len(), 6, "{by_hand:?}");

    let written = write_scratch(&project);
    assert!(written.is_subset(&by_hand), "{written:?}");
    // The tests say what to change in the other files: `contract` reports a missing example.
    assert!(by_hand.iter().all(|path| project.join(path).is_file()), "{by_hand:?}");

    let stale = generate::stale(&project).unwrap();
    let made: BTreeSet<PathBuf> = stale.iter().map(|it| it.path.clone()).collect();
    let expected = [
        "Cargo.toml",
        "events/get-scratch.json",
        "functions/get-scratch/src/main.rs",
        "local/Cargo.toml",
        "local/src/functions.rs",
        "template.yaml",
    ];
    assert_eq!(made, expected.map(PathBuf::from).into());
    for file in stale {
        assert!(file.text.contains("scratch"), "{}", file.path.display());
        fs::write(project.join(file.path), file.text).unwrap();
    }
    assert!(generate::stale(&project).unwrap().is_empty(), "no file is stale");

    let metadata = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let printed = Command::new(env!("CARGO")).args(metadata).current_dir(&project).output().unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let metadata: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let depends = |package: &str, on: &str| {
        let package = packages.iter().find(|it| it["name"] == package).unwrap();
        package["dependencies"].as_array().unwrap().iter().any(|it| it["name"] == on)
    };
    assert!(depends("local", "get-scratch") && depends("get-scratch", "shared"));
    let event = fs::read_to_string(project.join("events/get-scratch.json")).unwrap();
    assert_eq!(shared::testing::gateway_event(&event).uri().path(), "/v1/scratch/cl_aaaaaaaaaaaaaaaaaaaaaaaaaa");
}
