//! Rules about the code itself that the compiler does not know. Each failure says the rule.

use std::{
    fs,
    path::{Path, PathBuf},
};

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

/// The code without its comments, one statement after another.
fn code(text: &str) -> String {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

const LAYERS: [(&str, &[&str]); 3] = [
    (
        "facts",
        &["account", "agency", "base62", "client", "invite", "key", "post", "schedule", "scope", "secret", "tenant"],
    ),
    ("the outside world", &["clock", "net", "oauth", "queue", "secrets", "site", "store", "tokens"]),
    ("the edge", &["api", "composition", "config", "deployment", "frame", "lambda", "routes"]),
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, modules)| modules.contains(&module))
}

/// The first module of every `crate::…` path, in braces or not.
fn modules_used(code: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = Vec::new();
    for after in code.split("crate::").skip(1) {
        let Some(braced) = after.strip_prefix('{') else {
            used.push(name(after));
            continue;
        };
        let (mut depth, mut start) = (0, 0);
        for (at, c) in braced.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    used.push(name(&braced[start..at]));
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    used.push(name(&braced[start..at]));
                    start = at + 1;
                }
                _ => {}
            }
        }
    }
    used.retain(|module| !module.is_empty());
    used
}

#[test]
fn imports_run_one_way() {
    assert_eq!(modules_used("use crate::{a::{b, c}, d};\nlet x = crate::e::f();"), ["a", "d", "e"]);
    for (file, text) in sources("shared/src") {
        let module = file.trim_start_matches("shared/src/").split(['/', '.']).next().unwrap().to_owned();
        let Some(own) = layer(&module) else { continue };
        for used in modules_used(&code(text.split("mod tests {").next().unwrap())) {
            let Some(other) = layer(&used) else { continue };
            assert!(
                other <= own,
                "{file} is of {}, and uses {used}, of {}: imports run one way, from the edge to the facts",
                LAYERS[own].0,
                LAYERS[other].0
            );
        }
    }
}

#[test]
fn every_module_of_shared_has_a_layer() {
    for (file, _) in sources("shared/src") {
        let module = file.trim_start_matches("shared/src/").split(['/', '.']).next().unwrap().to_owned();
        let known = layer(&module).is_some() || ["lib", "testing"].contains(&module.as_str());
        assert!(known, "{file}: name its layer here and in shared/src/lib.rs");
    }
}

#[test]
fn a_function_sees_shared_and_never_another_function() {
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
        assert!(
            !uses || allowed.iter().any(|it| file.starts_with(it)),
            "{file}: DynamoDB belongs into shared/src/store"
        );
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
            assert!(waits || !code.contains("time::sleep"), "{file}: wait on the Clock, so that a test need not");
        }
    }
}

#[test]
fn a_module_is_named_for_a_thing() {
    const KINDS: [&str; 9] = ["util", "utils", "helper", "helpers", "common", "misc", "types", "models", "manager"];
    for folder in
        ["id/src", "platforms/src", "publishing/src", "shared/src", "functions", "local/src", "sandbox/src", "tests/it"]
    {
        for (file, text) in sources(folder) {
            let path = Path::new(&file);
            let names = [path.file_stem(), path.parent().and_then(Path::file_name)];
            for name in names.into_iter().flatten().filter_map(|name| name.to_str()) {
                assert!(!KINDS.contains(&name), "{file}: a module named for its kind becomes the largest file");
            }
            assert!(
                text.starts_with("//!") || file.ends_with("tests.rs") || file.contains("api/object/"),
                "{file}: open with //! what lives here, and what may not"
            );
            // Spelled so that this file does not find itself.
            let has = |attribute: &str| code(&text).contains(&format!("#[{attribute}"));
            assert!(!has("allow("), "{file}: expect a lint, with its reason, and never allow it");
            assert!(!has("ignore"), "{file}: a test that is ignored proves nothing");
        }
    }
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<usize> = [
        "id/src",
        "platforms/src",
        "publishing/src",
        "shared/src",
        "functions",
        "local/src",
        "sandbox/src",
        "tests/it",
    ]
    .into_iter()
    .flat_map(sources)
    .map(|(file, text)| {
        let lines = text.lines().count();
        assert!(lines <= 500, "{file} has {lines} lines: is it one thing?");
        lines
    })
    .collect();
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] < 150, "the median file has {} lines", lengths[lengths.len() / 2]);
}
