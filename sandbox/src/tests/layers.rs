//! The direction of imports, which the compiler does not check within one crate. That the rest of the crate reaches a
//! network through the trait only is checked by the compiler: the networks are private modules of `networks`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The first segment of each path that starts with `root::`, also in nested braces and macros.
fn first_segments(code: TokenStream, root: &str) -> BTreeSet<String> {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            found.extend(first_segments(group.stream(), root));
        }
        let is_root = matches!(token, TokenTree::Ident(name) if name == root);
        match tokens.get(at + 3) {
            Some(TokenTree::Ident(name)) if is_root => _ = found.insert(name.to_string()),
            Some(TokenTree::Group(group)) if is_root && group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let entries = inner.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
                found.extend(entries.filter_map(|entry| entry.first()).map(ToString::to_string));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn paths_are_found_in_imports_and_expressions() {
    let code = "use crate::{a::{b, c}, d}; fn f() { html! { (crate::e::g()) } crate::h() }";
    let found = first_segments(code.parse().unwrap(), "crate");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a", "d", "e", "h"]);
}

/// The code of each top-level module, without the tests.
fn modules() -> BTreeMap<String, Vec<(PathBuf, TokenStream)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = BTreeMap::<String, Vec<_>>::new();
    for path in files(&root) {
        let name = path.strip_prefix(&root).unwrap().with_extension("");
        let module = name.iter().next().unwrap().to_str().unwrap().to_owned();
        if !["lib", "tests"].contains(&module.as_str()) {
            let code = fs::read_to_string(&path).unwrap().parse().unwrap();
            modules.entry(module).or_default().push((path, code));
        }
    }
    modules
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let modules = modules();
    let mut imports = BTreeMap::<&str, BTreeSet<String>>::new();
    for (module, files) in &modules {
        let used: BTreeSet<String> = files.iter().flat_map(|(_, code)| first_segments(code.clone(), "crate")).collect();
        for name in &used {
            assert!(modules.contains_key(name), "{module}: import {name} from its module, not from the root");
        }
        imports.insert(module, used.into_iter().filter(|name| name != module).collect());
    }
    // Removes modules that import none of the remaining ones, until only circles remain.
    while let Some(bottom) = imports.iter().find(|(_, used)| used.iter().all(|name| !imports.contains_key(&**name))) {
        let bottom = *bottom.0;
        imports.remove(bottom);
    }
    assert!(imports.is_empty(), "these modules import each other in a circle: {imports:?}");
}

#[test]
fn networks_do_not_import_each_other() {
    let networks = modules().remove("networks").unwrap();
    assert!(networks.len() > 50, "the networks are not in this folder");
    for (path, code) in networks {
        if path.ends_with("networks/mod.rs") {
            continue;
        }
        let leaves = first_segments(code.clone(), "crate").contains("networks");
        // Paths also leave the folder with `super::super` in a file, and with `super` in the network's `mod.rs`.
        let climbs = first_segments(code.clone(), "super").contains("super");
        let climbs = climbs || (path.ends_with("mod.rs") && !first_segments(code, "super").is_empty());
        assert!(
            !leaves && !climbs,
            "{}: a network must not import from `networks` outside of its folder",
            path.display()
        );
    }
}
