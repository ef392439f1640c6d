//! The files generated from the compiled functions: `openapi.json`, and the table of routes in `docs/api.md`.

use std::{collections::BTreeSet, env, fs};

use serde_json::Value;
use shared::api::contract::{Access, Operation, Place};

use super::{CHECKED_IN, document, examples, operations, schema};
use crate::template::{functions, root};

/// The comments around the table of routes.
const BEGIN: &str = "<!-- written from the functions by `cargo run -p generate` -->\n";
const END: &str = "<!-- until here -->";
const REFERENCE: &str = "docs/api.md";

/// The parameters of every list.
const PAGED: [&str; 2] = ["limit", "cursor"];

/// Fails if the file differs; with `UPDATE` set, writes it.
#[expect(clippy::disallowed_methods, reason = "whether to write is said by who runs the test")]
fn hold(path: &str, is: &str, wanted: &str) {
    if is == wanted {
        return;
    }
    assert!(env::var_os("UPDATE").is_some(), "{path} is not current: run `{}`", generate::COMMAND);
    fs::write(root().join(path), wanted).unwrap();
    println!("wrote {path}");
}

#[tokio::test]
async fn openapi_json_is_current() {
    let document = document::document(&examples::record().await.examples);
    hold("openapi.json", CHECKED_IN, &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}

#[test]
fn the_table_of_routes_is_current() {
    let text = fs::read_to_string(root().join(REFERENCE)).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    hold(REFERENCE, &text, &format!("{before}{BEGIN}{}{END}{after}", table()));
}

fn table() -> String {
    let document = document::document(&examples::Examples::default());
    let mut rows: Vec<(&str, Vec<String>, String)> = Vec::new();
    for (function, operation) in operations::all() {
        let route = route(&document, &operation);
        match rows.iter_mut().find(|(known, ..)| *known == function) {
            Some((_, routes, _)) => routes.push(route),
            None => rows.push((function, vec![route], access(&operation))),
        }
    }
    let routed: BTreeSet<&str> = rows.iter().map(|(function, ..)| *function).collect();
    let others = functions().into_iter().filter(|function| !routed.contains(function.as_str()));
    let others = others.map(|function| format!("| `{function}` | {} | – |\n", first_sentence(&function)));
    let rows = rows.iter().map(|(name, routes, scope)| format!("| `{name}` | {} | {scope} |\n", routes.join(", ")));
    let rows: String = rows.chain(others).collect();
    format!("| function | route | scope |\n|---|---|---|\n{rows}")
}

/// A route with its parameters and body: `POST /v1/clients`, `?clientId=`, `{name, type?}`.
fn route(document: &Value, operation: &Operation) -> String {
    // The parameters of a callback come from the platform, not from the caller.
    let asked = operation.parameters.iter().filter(|_| operation.access != Access::Everyone);
    let query = asked.filter(|it| it.place == Place::Query && !PAGED.contains(&it.name));
    let query: Vec<String> = query.map(|it| format!("{}=", it.name)).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let method = operation.method.as_str().to_lowercase();
    let body = &document["paths"][operation.path][method]["requestBody"]["content"]["application/json"]["schema"];
    let mut fields = Vec::new();
    collect(document, body, &mut fields);
    let body = if fields.is_empty() { String::new() } else { format!(" `{{{}}}`", fields.join(", ")) };
    format!("`{} {}{query}`{body}", operation.method, operation.path)
}

/// A body's fields, the optional ones with a question mark.
fn collect(document: &Value, body: &Value, fields: &mut Vec<String>) {
    let body = schema::referred(document, body);
    let required = body["required"].as_array();
    for name in body["properties"].as_object().into_iter().flat_map(|properties| properties.keys()) {
        let is_required = required.is_some_and(|required| required.iter().any(|it| it == name));
        let field = format!("{name}{}", if is_required { "" } else { "?" });
        if !fields.iter().any(|known| known.trim_end_matches('?') == name) {
            fields.push(field);
        }
    }
    for choice in ["oneOf", "anyOf"].into_iter().filter_map(|keyword| body[keyword].as_array()).flatten() {
        collect(document, choice, fields);
    }
}

fn access(operation: &Operation) -> String {
    match operation.access {
        Access::Everyone => "none".into(),
        Access::Credential(None) => "any credential".into(),
        Access::Credential(Some(scope)) => format!("`{}`", scope.as_str()),
    }
}

/// The first sentence of the documentation of a function without a route.
fn first_sentence(function: &str) -> String {
    let code = fs::read_to_string(root().join(format!("functions/{function}/src/lib.rs"))).unwrap();
    let said = code.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect::<Vec<_>>().join(" ");
    said.split(". ").next().unwrap().trim_end_matches('.').to_owned()
}
