//! The cost of a platform: the code that knows a network by name, outside the network's own folders. Other code reads the
//! platform's `Spec` or calls its adapter.

use std::{collections::BTreeSet, fs, path::Path};

use platforms::PlatformId;

/// A new platform adds its name to these files, or may leave them as they are.
const KNOWN: [(&str, &str); 10] = [
    ("platforms/src/lib.rs", "declares the platform's module"),
    ("platforms/src/platform_id.rs", "the enum"),
    ("platforms/src/registry.rs", "the adapter of each platform"),
    ("functions/redeem-invite/src/page/mark.rs", "the drawing on the connect page"),
    ("sandbox/src/networks/mod.rs", "the list of simulated networks"),
    ("template.yaml", "the shape of the credentials, and the callback addresses for the networks' consoles"),
    ("platforms/src/fault.rs", "optional: texts of error codes that only one network has"),
    ("local/src/arguments.rs", "optional: help texts, and the addresses of an AT Protocol network of one's own"),
    ("local/src/instance.rs", "optional: passes these addresses on"),
    ("local/src/welcome.rs", "optional: the example requests"),
];

#[test]
fn only_a_few_files_know_a_network_by_name() {
    let sources = ["admin", "bench", "functions", "id", "local", "platforms", "publishing", "sandbox", "shared"];
    let mut files = vec!["template.yaml".to_owned()];
    sources.iter().for_each(|folder| collect(&root().join(folder), &mut files));
    let known: BTreeSet<&str> = KNOWN.iter().map(|(file, _)| *file).collect();
    let found: BTreeSet<&str> = files
        .iter()
        .map(String::as_str)
        .filter(|file| !is_own_folder(file) && !is_test(file))
        .filter(|file| names_a_network(&code(&fs::read_to_string(root().join(file)).unwrap())))
        .collect();
    let leaks: Vec<_> = found.difference(&known).collect();
    assert!(
        leaks.is_empty(),
        "{leaks:?} know a network by name. Put what only one network needs into its folder in platforms/ or sandbox/, or \
         make it a field of `Spec`; if neither is possible, list the file here and in CONTRIBUTING.md"
    );
    let stale: Vec<_> = known.difference(&found).collect();
    assert!(stale.is_empty(), "{stale:?} no longer know a network by name: remove them here");
}

#[test]
fn a_network_is_recognized_by_its_name() {
    for text in ["PlatformId::X", "PlatformId::TikTok;", "if platform == \"instagram\"", "bluesky_url", "&x::X"] {
        assert!(names_a_network(text), "{text}");
    }
    for text in ["PlatformId::ALL", "let x = y;", "max::XL", "PlatformId::Xing"] {
        assert!(!names_a_network(text), "{text}");
    }
    let text = "// On TikTok\nfn f() {} // X\n#[cfg(test)]\nmod tests {\n    PlatformId::TikTok\n}\n";
    assert!(!names_a_network(&code(text)), "comments and tests do not count");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Adds the Rust files below a folder, by their paths from the root.
fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// A network's folder in `platforms/` or `sandbox/`.
fn is_own_folder(file: &str) -> bool {
    (file.starts_with("platforms/") || file.starts_with("sandbox/"))
        && file.split('/').any(|part| PlatformId::ALL.iter().any(|platform| platform.as_str() == part))
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// The text without lines that are comments, and without the module of unit tests at the end of a file.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_comment = |line: &&str| line.trim_start().starts_with("//") || line.trim_start().starts_with('#');
    text.lines().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
}

/// Whether the code contains an id, in any case; X, whose id is part of many words, only as a path in Rust.
fn names_a_network(code: &str) -> bool {
    let lower = code.to_lowercase();
    PlatformId::ALL.iter().any(|platform| match platform.as_str() {
        id if id.len() > 1 => lower.contains(id),
        id => ["platformid::", &format!("{id}::")].iter().any(|path| {
            lower.match_indices(&format!("{path}{id}")).any(|(at, path)| {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                !lower[..at].ends_with(is_word) && !lower[at + path.len()..].starts_with(is_word)
            })
        }),
    })
}
