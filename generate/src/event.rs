//! Generates an event, in the gateway's format, for a function without one, for `cargo lambda invoke`, `bench` and the tests.
//! An existing event is not changed, because its body and query are written by hand.

use serde_json::{Map, Value, json};

use crate::functions::Function;

/// `None` for a function without a route.
pub(crate) fn of(function: &Function) -> Option<String> {
    let route = function.routes().first()?;
    let mut parameters = Map::new();
    let segments = route.path.split('/').map(|segment| {
        let Some(name) = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
            return segment.to_owned();
        };
        let id = example(name);
        parameters.insert(name.to_owned(), json!(id));
        id
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let key = format!("{} {}", route.method, route.path);
    let mut headers = json!({ "accept": "*/*", "host": "api.example.com", "x-forwarded-proto": "https" });
    let has_body = ["POST", "PATCH", "PUT"].contains(&route.method.as_str());
    if has_body {
        headers["content-type"] = json!("application/json");
        headers["idempotency-key"] = json!("5f0c0f0e-6a3f-4a0e-9a53-0b8f2a1c7d11");
    }
    if path.starts_with("/v1/") {
        headers["authorization"] = json!("Bearer obh_test_REPLACE_WITH_A_KEY");
    }
    let mut event = json!({
        "version": "2.0",
        "headers": headers,
        "isBase64Encoded": false,
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": "",
    });
    if !parameters.is_empty() {
        event["pathParameters"] = Value::Object(parameters);
    }
    event["requestContext"] = json!({
        "accountId": "123456789012",
        "apiId": "api",
        "domainName": "api.example.com",
        "domainPrefix": "api",
        "http": {
            "method": route.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.7",
            "userAgent": "curl/8",
        },
        "requestId": "request",
        "routeKey": key,
        "stage": "$default",
        "time": "01/Jul/2026:12:00:00 +0000",
        "timeEpoch": 1_782_907_200_000_u64,
    });
    if has_body {
        event["body"] = json!("{}");
    }
    Some(format!("{event:#}\n"))
}

/// A well-formed id for the parameter.
fn example(parameter: &str) -> String {
    let prefix = match parameter {
        "clientId" => "cl",
        "inviteId" => "ci",
        "accountId" => "acc",
        "postId" => "post",
        "keyId" => "key",
        _ => return "unknown".into(),
    };
    format!("{prefix}_{}", "a".repeat(26))
}
