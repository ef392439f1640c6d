//! `openapi.json` is generated from the functions' descriptions and compared with their behavior.

mod answers;
mod bodies;
mod document;
mod documents;
pub(crate) mod examples;
mod names;
pub(crate) mod operations;
mod schema;

use std::collections::BTreeSet;

use serde_json::Value;
use shared::{routes::Routes, testing::Ask};

use crate::world::{URL, World};

pub(crate) use answers::hold;

const CHECKED_IN: &str = include_str!("../../openapi.json");

#[test]
fn its_operations_are_the_routes() {
    let routes = Routes::of_this_build();
    let routed: BTreeSet<_> =
        routes.routes.iter().map(|route| (route.method.clone(), route.path.clone(), camel(&route.function))).collect();
    let described: BTreeSet<_> = operations::all()
        .iter()
        .map(|(function, operation)| {
            assert!(
                operation.id.starts_with(&camel(function)),
                "{} is named for its function, {function}",
                operation.id
            );
            (operation.method.to_string(), operation.path.to_owned(), camel(function))
        })
        .collect();
    assert_eq!(described, routed);
    let ids: BTreeSet<_> = operations::all().iter().map(|(_, operation)| operation.id).collect();
    assert_eq!(ids.len(), routes.routes.len(), "each id is unique");
}

fn camel(function: &str) -> String {
    let mut words = function.split('-');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn every_body_and_answer_has_an_example_that_is_valid() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let answers = operation["responses"].as_object().unwrap().iter();
            let mut contents: Vec<(String, &Value)> = answers
                .map(|(status, answer)| {
                    (format!("{method} {path} {status}"), &schema::referred(&document, answer)["content"])
                })
                .collect();
            contents.push((format!("{method} {path}"), &operation["requestBody"]["content"]));
            for (what, content) in contents.iter().filter(|(_, content)| id != "openapi" && !content.is_null()) {
                let json = &content["application/json"];
                if !json.is_null() {
                    assert!(!json["example"].is_null(), "{what} has no example: record one");
                    let faults = schema::faults(&document, &json["schema"], &json["example"]);
                    assert!(faults.is_empty(), "{what}: {faults:?}");
                }
                for (code, reference) in
                    content["application/problem+json"]["examples"].as_object().into_iter().flatten()
                {
                    assert_eq!(reference["$ref"], format!("#/components/examples/{code}"));
                    let example = &document["components"]["examples"][code]["value"];
                    assert_eq!(example["code"], *code, "{what}: record a problem {code}");
                }
            }
        }
    }
}

/// Client generators treat a field with a default as required, so callers would have to set it in every request.
#[test]
fn no_field_has_a_default() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let schemas = bodies(&document).map(|(_, schema)| schema).chain([&document["components"]["schemas"]]);
    for schema in schemas {
        assert!(!schema.to_string().contains("\"default\":"), "{schema}");
    }
}

/// Client generators name classes by the title. Without one they number them: `ScheduleOneOf3`.
#[test]
fn every_choice_of_a_request_has_a_unique_title() {
    fn choices<'a>(document: &'a Value, schema: &'a Value, found: &mut Vec<&'a Value>) {
        let schema = schema::referred(document, schema);
        let among = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
        found.extend(among.filter(|choice| choice["type"] == "object"));
        match schema {
            Value::Object(fields) => fields.values().for_each(|inner| choices(document, inner, found)),
            Value::Array(items) => items.iter().for_each(|inner| choices(document, inner, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let named = document["components"]["schemas"].as_object().unwrap();
    for (id, body) in bodies(&document) {
        let mut found = Vec::new();
        choices(&document, body, &mut found);
        let mut names = BTreeSet::new();
        for choice in found {
            let name = choice["title"].as_str().unwrap_or_else(|| panic!("{id}: no title: {choice}"));
            assert!(names.insert(name) && !named.contains_key(name), "{id}: two choices are named {name}");
        }
    }
}

/// The schemas of the request bodies, by operation.
fn bodies(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    operations.flat_map(|operation| {
        let id = operation["operationId"].as_str().unwrap();
        let contents = operation["requestBody"]["content"].as_object().into_iter().flat_map(|all| all.values());
        contents.map(move |content| (id, &content["schema"]))
    })
}

#[tokio::test]
async fn it_is_served_with_the_url_of_the_request() {
    let world = World::new().await;
    let answer = world.ask(Ask::get("/openapi.json")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let mut served = answer.json();
    assert_eq!(served["servers"][0]["url"], URL);
    let checked_in: Value = serde_json::from_str(CHECKED_IN).unwrap();
    served["servers"] = checked_in["servers"].clone();
    assert_eq!(served, checked_in);
}
