//! Rules about the code that the compiler does not check. Each failure message states the rule.

mod advisories;
mod imports;
mod names;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders with code of ours.
const CODE: [&str; 9] = [
    "id/src",
    "platforms/src",
    "publishing/src",
    "shared/src",
    "functions",
    "local/src",
    "sandbox/src",
    "tests/it",
    "tests/sim",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of a folder, by its path from the root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files
}

/// The code without its comments.
fn code(text: &str) -> String {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_function_does_not_depend_on_another_function() {
    for folder in fs::read_dir(root().join("functions")).unwrap().flatten() {
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        assert!(
            !manifest.contains("path =\"") && !manifest.contains("../"),
            "{}: a function never depends on another; what two of them need goes into shared",
            folder.path().display()
        );
        assert!(!manifest.contains("aws-sdk"), "{}: only shared speaks to AWS", folder.path().display());
    }
    for (file, text) in sources("functions") {
        assert!(!code(&text).contains("aws_sdk"), "{file}: only shared speaks to AWS");
    }
}

#[test]
fn only_the_store_knows_dynamodb() {
    for (file, text) in sources("shared/src") {
        let allowed =
            ["shared/src/store/", "shared/src/testing/", "shared/src/deployment.rs", "shared/src/deployment/"];
        let uses = code(&text).contains("aws_sdk_dynamodb");
        assert!(!uses || allowed.iter().any(|it| file.starts_with(it)), "{file}: DynamoDB belongs in shared/src/store");
    }
}

#[test]
fn nothing_is_scanned_and_nothing_sleeps() {
    for folder in ["platforms/src", "publishing/src", "shared/src", "functions", "local/src", "sandbox/src"] {
        for (file, text) in sources(folder) {
            let code = code(&text);
            let tests = file.contains("/testing/") || file.contains("/tests/");
            assert!(tests || !code.contains(".scan("), "{file}: no scan, anywhere");
            let waits = ["shared/src/clock.rs", "local/src/workers.rs"].contains(&file.as_str());
            assert!(waits || !code.contains("time::sleep"), "{file}: wait on the Clock, so that tests do not wait");
        }
    }
}

#[test]
fn a_module_is_named_for_a_thing() {
    const KINDS: [&str; 9] = ["util", "utils", "helper", "helpers", "common", "misc", "types", "models", "manager"];
    for folder in CODE {
        for (file, text) in sources(folder) {
            let path = Path::new(&file);
            let names = [path.file_stem(), path.parent().and_then(Path::file_name)];
            for name in names.into_iter().flatten().filter_map(|name| name.to_str()) {
                assert!(
                    !KINDS.contains(&name),
                    "{file}: name a module for a thing; one named for its kind grows into the largest file"
                );
            }
            assert!(
                text.starts_with("//!") || file.ends_with("tests.rs") || file.contains("api/object/"),
                "{file}: open with a //! comment that says what the module contains"
            );
            // Assembled at run time, so that this file does not match.
            let has = |attribute: &str| code(&text).contains(&format!("#[{attribute}"));
            assert!(!has("allow("), "{file}: use #[expect] with a reason instead of allowing a lint");
            assert!(!has("ignore"), "{file}: an ignored test checks nothing");
        }
    }
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<usize> = CODE
        .into_iter()
        .flat_map(sources)
        .map(|(file, text)| {
            let lines = text.lines().count();
            assert!(lines <= 500, "{file} has {lines} lines: split it");
            lines
        })
        .collect();
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] < 150, "the median file has {} lines", lengths[lengths.len() / 2]);
}
