//! A type name is unique within a crate, so that the name identifies the type.

use std::{collections::BTreeMap, fs};

use proc_macro2::{TokenStream, TokenTree};

use super::{root, sources};

/// The names of the types and traits that other modules can import.
fn declared(code: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is = |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(name)) if name == word);
        if let TokenTree::Group(group) = token {
            let is_tests = at >= 2 && is(at - 2, "mod") && is(at - 1, "tests");
            if !is_tests {
                names.extend(declared(group.stream()));
            }
        }
        if is(at, "pub") {
            // `pub`, or `pub(crate)` and its like.
            let item = if matches!(tokens.get(at + 1), Some(TokenTree::Group(_))) { at + 2 } else { at + 1 };
            let kinds = ["struct", "enum", "trait", "type", "union"];
            if kinds.iter().any(|kind| is(item, kind))
                && let Some(TokenTree::Ident(name)) = tokens.get(item + 1)
            {
                names.push(name.to_string());
            }
        }
    }
    names
}

#[test]
fn types_are_found_in_modules_but_not_in_tests() {
    let code = "pub struct A; mod m { pub(crate) enum B {} struct C; } mod tests { pub struct D; }";
    assert_eq!(declared(code.parse().unwrap()), ["A", "B"]);
}

#[test]
fn no_two_types_of_a_crate_have_one_name() {
    let functions = fs::read_dir(root().join("functions")).unwrap().flatten();
    let mut crates: Vec<String> =
        functions.map(|entry| format!("functions/{}/src", entry.file_name().to_str().unwrap())).collect();
    crates.extend(CRATES.map(|name| format!("{name}/src")));
    for folder in crates {
        let mut places = BTreeMap::<String, Vec<String>>::new();
        for (file, text) in sources(&folder) {
            // An API object has the name of the domain type that it shows.
            if file.contains("/tests") || file.contains("api/object/") {
                continue;
            }
            for name in declared(text.parse().unwrap()) {
                assert!(!MARKERS.contains(&&*name), "{file}: {name} is the name of a trait of the standard library");
                places.entry(name).or_default().push(file.clone());
            }
        }
        places.retain(|name, files| files.len() > 1 && name != "Error");
        assert!(places.is_empty(), "these names are used for two types in {folder}: {places:#?}");
    }
}

const CRATES: [&str; 11] = [
    "admin",
    "bench",
    "engine",
    "generate",
    "id",
    "local",
    "platforms",
    "publishing",
    "sandbox",
    "shared",
    "tests/sim",
];

const MARKERS: [&str; 8] = ["Send", "Sync", "Copy", "Clone", "Drop", "Sized", "Unpin", "Iterator"];
