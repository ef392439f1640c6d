//! Checks every response in all tests against the document: status, headers, content type, body and error code.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use jsonschema::Validator;
use serde_json::Value;
use shared::testing::TestResponse;
use unicode_normalization::UnicodeNormalization;

use super::{document, examples::Examples, schema};

/// The document's description of one operation, without the recorded examples.
struct Promise {
    id: String,
    body: Option<Validator>,
    answers: HashMap<u16, Promised>,
}

struct Promised {
    /// Validators by content type.
    content: HashMap<String, Option<Validator>>,
    codes: HashSet<String>,
    /// Whether the header is always present, by lowercase name.
    headers: HashMap<String, bool>,
}

/// The operations by method and path.
static PROMISES: LazyLock<Vec<(String, String, Promise)>> = LazyLock::new(|| {
    let document = document::document(&Examples::default());
    let mut strict = document.clone();
    // A response may not contain undescribed fields.
    strict["components"]["schemas"].as_object_mut().unwrap().values_mut().for_each(schema::close);
    let mut promises = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            promises.push((method.to_uppercase(), path.clone(), promise(&document, &strict, operation)));
        }
    }
    promises
});

fn promise(document: &Value, strict: &Value, operation: &Value) -> Promise {
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let answers = operation["responses"].as_object().unwrap().iter();
    Promise {
        id: operation["operationId"].as_str().unwrap().to_owned(),
        body: (!body.is_null()).then(|| schema::validator(document, body)),
        answers: answers
            .map(|(status, answer)| (status.parse().unwrap(), promised(document, strict, answer)))
            .collect(),
    }
}

fn promised(document: &Value, strict: &Value, answer: &Value) -> Promised {
    let answer = schema::referred(document, answer);
    let (mut content, mut codes) = (HashMap::new(), HashSet::new());
    for (name, described) in answer["content"].as_object().into_iter().flatten() {
        let is_json = name.ends_with("json");
        content.insert(name.clone(), is_json.then(|| schema::validator(strict, &described["schema"])));
        codes.extend(described["examples"].as_object().into_iter().flat_map(|examples| examples.keys().cloned()));
    }
    let header = |(name, header): (&String, &Value)| {
        (name.to_lowercase(), schema::referred(document, header)["required"] == true)
    };
    Promised { content, codes, headers: answer["headers"].as_object().unwrap().iter().map(header).collect() }
}

/// The response headers that the document describes.
const HEADERS: [&str; 8] = [
    "x-correlation-id",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "www-authenticate",
    "idempotent-replayed",
    "location",
];

/// The id of the operation for a method and a path.
pub(super) fn operation(method: &str, path: &str) -> Option<&'static str> {
    find(method, path).map(|promise| promise.id.as_str())
}

fn find(method: &str, path: &str) -> Option<&'static Promise> {
    let path: Vec<_> = path.split('?').next().unwrap().split('/').collect();
    let is_at = |pattern: &str| {
        let pattern: Vec<_> = pattern.split('/').collect();
        let fits = |(wanted, is): (&&str, &&str)| wanted == is || wanted.starts_with('{') && !is.is_empty();
        pattern.len() == path.len() && pattern.iter().zip(&path).all(fits)
    };
    // Like the gateway, prefer a path without parameters.
    let mut found: Vec<_> = PROMISES.iter().filter(|(known, pattern, _)| known == method && is_at(pattern)).collect();
    found.sort_by_key(|(_, pattern, _)| pattern.matches('{').count());
    found.first().map(|(_, _, promise)| promise)
}

/// Fails the test if the response does not match the document, or if a body was accepted that the document forbids.
pub(crate) fn hold(method: &str, path: &str, body: &[u8], answer: &TestResponse) {
    let Some(promise) = find(method, path) else { return };
    let what = format!("{} answered {}", promise.id, answer.status);
    let Some(promised) = promise.answers.get(&answer.status.as_u16()) else {
        panic!("{what}, which openapi.json does not describe: {}", answer.text)
    };
    let content_type = answer.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap();
    match promised.content.get(essence) {
        Some(validator) => {
            let faults: Vec<_> = validator
                .iter()
                .flat_map(|validator| {
                    let json = answer.json();
                    validator
                        .iter_errors(&json)
                        .map(|fault| format!("{}: {fault}", fault.instance_path()))
                        .collect::<Vec<_>>()
                })
                .collect();
            assert!(faults.is_empty(), "{what}, which does not match openapi.json: {faults:#?}\n{}", answer.text);
        }
        None => assert!(promised.content.is_empty() && answer.text.is_empty(), "{what} with {content_type}"),
    }
    if essence == "application/problem+json" {
        assert!(
            promised.codes.contains(&answer.code()),
            "{what} with the code {}, which openapi.json does not describe",
            answer.code()
        );
    }
    for name in HEADERS {
        match (promised.headers.get(name), answer.header(name)) {
            (None, Some(_)) => panic!("{what} with the header {name}, which openapi.json does not describe"),
            (Some(true), None) => panic!("{what} without the header {name}, which openapi.json requires"),
            _ => {}
        }
    }
    if let (Some(validator), true, false) = (&promise.body, answer.status.is_success(), body.is_empty()) {
        let mut body: Value = serde_json::from_slice(body).unwrap();
        normalize(&mut body);
        let faults: Vec<_> = validator.iter_errors(&body).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{what} to a body that openapi.json forbids: {faults:#?}\n{body}");
    }
}

/// A rule that a schema cannot express: the length of a name is measured after trimming and NFC normalization.
fn normalize(body: &mut Value) {
    if let Some(Value::String(name)) = body.get_mut("name") {
        *name = name.trim().nfc().collect();
    }
}
