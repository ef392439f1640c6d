//! The direction of imports within `shared`. Between crates, cargo checks it.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::sources;

/// From the bottom to the top: a module imports from its own layer and from those before it.
const LAYERS: [(&str, &[&str]); 3] = [
    (
        "facts",
        &[
            "account", "agency", "base62", "client", "event", "invite", "key", "name", "post", "schedule", "scope",
            "secret", "tenant",
        ],
    ),
    ("external systems", &["clock", "net", "oauth", "queue", "secrets", "site", "store", "tokens"]),
    ("the edge", &["api", "composition", "config", "deployment", "frame", "lambda", "routes"]),
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, modules)| modules.contains(&module))
}

/// The first segment of each path that starts with `crate::`, also in nested braces and macros. Test modules are left out.
fn modules_used(code: TokenStream) -> BTreeSet<String> {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            let is_tests = at >= 2 && tokens[at - 2].to_string() == "mod" && tokens[at - 1].to_string() == "tests";
            if !is_tests {
                found.extend(modules_used(group.stream()));
            }
        }
        let is_root = matches!(token, TokenTree::Ident(name) if name == "crate");
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
    let code = "use crate::{a::{b, c}, d}; fn f() { crate::e::g() } mod tests { use crate::h; }";
    assert_eq!(modules_used(code.parse().unwrap()).into_iter().collect::<Vec<_>>(), ["a", "d", "e"]);
}

#[test]
fn every_module_of_shared_has_a_layer_and_imports_downwards() {
    for (file, text) in sources("shared/src") {
        let module = file.trim_start_matches("shared/src/").split(['/', '.']).next().unwrap().to_owned();
        if ["lib", "testing"].contains(&module.as_str()) || file.contains("/tests") {
            continue;
        }
        let own =
            layer(&module).unwrap_or_else(|| panic!("{file}: name the module's layer here and in shared/src/lib.rs"));
        for used in modules_used(text.parse().unwrap()) {
            let Some(other) = layer(&used) else { continue };
            assert!(
                other <= own,
                "{file} is in the layer {:?} and imports {used} from {:?}: imports go from the edge to the facts",
                LAYERS[own].0,
                LAYERS[other].0
            );
        }
    }
}
