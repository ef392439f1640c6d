//! Builds the document from the operations and the recorded examples.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};
use shared::api::{
    Code,
    contract::{Access, Content, Header, Operation, Parameter, Place, schema_of},
    error::Problem,
};

use super::{examples::Examples, operations, schema::Schemas};

const DESCRIPTION: &str = "Publishes on behalf of an agency's customers: create a client, mint a connect link, let the customer \
    connect their accounts, and post.

**Credentials.** `Authorization: Bearer <key>` or `X-API-KEY: <key>`. A key that begins with `obh_test_` uses separate data, \
    and its accounts are on simulated networks.

**Idempotency.** A POST that creates something needs an `Idempotency-Key`. The same key with the same request returns the first response \
    again, with `Idempotent-Replayed: true`; with a different request it returns 409. After a refused request the key can be used again.

**Limits** apply per agency, mode and clock hour, separately to reads and writes, and are reported in `RateLimit-*` headers. Above the limit: 429 with `Retry-After`.

**Lists** are paginated: repeat the request with `cursor` = `nextCursor` until `hasMore` is false. Pagination is stable under inserts.

**Errors** are RFC 9457 problems with a stable `code`. `type` is the URL of the code's page. For bodies over 6 MB, throttling and crashes, \
    errors come from API Gateway itself and are not problem+json.";

/// Tags with their descriptions.
pub(super) const TAGS: [(&str, &str); 9] = [
    ("Clients", "Customers of the agency, for whom it posts."),
    ("Connect invites", "Links by which customers connect their own accounts."),
    ("Accounts", "Social accounts that clients have connected."),
    ("Posts", "Posts to publish now or at a set time."),
    ("Events", "What happened, as a log to follow."),
    ("Agency", "The agency's settings that customers see."),
    ("API keys", "Credentials and their scopes."),
    ("Connect pages", "The customer's side of a connect link: for browsers, not for programs."),
    ("About", "This API itself."),
];

pub(super) fn document(examples: &Examples) -> Value {
    let mut schemas = Schemas::new();
    schemas.answer(schema_of::<Problem>);
    let (mut paths, mut problems) = (Map::new(), Map::new());
    for (_, operation) in operations::all() {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.method.as_str().to_lowercase()] = describe(&operation, examples, &mut schemas, &mut problems);
    }
    problems.sort_keys();
    let recorded: Map<String, Value> = examples
        .problems
        .iter()
        .map(|(code, problem)| (code.clone(), json!({ "summary": problem["title"], "value": problem })))
        .collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Onbehalf",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "MIT or Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "http://127.0.0.1:9000", "description": "`cargo run -p local`" }],
        "tags": TAGS.map(|(name, description)| json!({ "name": name, "description": description })),
        "paths": paths,
        "components": {
            "schemas": schemas.components(),
            "headers": headers(),
            "responses": problems,
            "examples": recorded,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "An API key, or an OAuth access token where the deployment is configured for it." },
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-KEY", "description": "An API key." },
            },
        },
    })
}

/// The headers that many responses share.
fn headers() -> Value {
    json!({
        "X-Correlation-Id": {
            "description": "The correlation id from the request, or a generated one.", "required": true, "schema": { "type": "string" },
        },
        "RateLimit-Limit": { "description": "Requests per clock hour.", "schema": { "type": "integer", "minimum": 0 } },
        "RateLimit-Remaining": { "description": "Remaining requests.", "schema": { "type": "integer", "minimum": 0 } },
        "RateLimit-Reset": { "description": "Seconds until the next hour.", "schema": { "type": "integer", "minimum": 0 } },
        "Retry-After": { "description": "Seconds to wait.", "required": true, "schema": { "type": "integer", "minimum": 0 } },
        "WWW-Authenticate": { "description": "`Bearer`, with the `error` of RFC 6750 if a credential was sent.", "required": true, "schema": { "type": "string" } },
    })
}

fn describe(
    operation: &Operation,
    examples: &Examples,
    schemas: &mut Schemas,
    problems: &mut Map<String, Value>,
) -> Value {
    let (security, scope) = match operation.access {
        Access::Everyone => (json!([]), None),
        Access::Credential(scope) => {
            let roles: Vec<_> = scope.iter().map(|scope| scope.as_str()).collect();
            (json!([{ "bearer": roles }, { "apiKey": roles }]), scope)
        }
    };
    let scope = scope.map(|scope| format!("Scope: `{}`.", scope.as_str()));
    let description: Vec<String> =
        Some(operation.description.to_owned()).into_iter().filter(|text| !text.is_empty()).chain(scope).collect();
    let parameters: Vec<Value> = operation.parameters.iter().map(|parameter| placed(parameter, schemas)).collect();
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": description.join("\n\n"),
        "security": security,
        "parameters": parameters,
    });
    if let Some(body) = &operation.body {
        let mut content = json!({ "schema": schemas.request(body.schema) });
        if let Some(example) = examples.bodies.get(operation.id) {
            content["example"] = example.clone();
        }
        described["requestBody"] = json!({ "required": body.required, "content": { body.content_type: content } });
    }
    described["responses"] = answers(operation, examples, schemas, problems);
    described
}

fn placed(parameter: &Parameter, schemas: &mut Schemas) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "description": parameter.description,
        "required": parameter.required,
        "schema": schemas.request(parameter.schema),
    })
}

fn answers(
    operation: &Operation,
    examples: &Examples,
    schemas: &mut Schemas,
    problems: &mut Map<String, Value>,
) -> Value {
    let gated = operation.access != Access::Everyone;
    let mut by_status: BTreeMap<u16, Value> = BTreeMap::new();
    for answer in &operation.answers {
        let example = examples.answers.get(&(operation.id, answer.status.as_u16()));
        let mut described =
            json!({ "description": answer.description, "headers": shared_headers(answer.status, gated) });
        for Header { name, description, always } in &answer.headers {
            described["headers"][*name] =
                json!({ "description": description, "required": always, "schema": { "type": "string" } });
        }
        if let Some(content) = content(&answer.content, example, schemas) {
            described["content"] = content;
        }
        by_status.insert(answer.status.as_u16(), described);
    }
    for (status, codes) in by_code(&operation.errors) {
        let problem = problem(&codes, gated);
        let answer = match by_status.remove(&status) {
            // A page, or a problem if the page cannot be rendered.
            Some(mut page) => {
                let said = [&page, &problem].map(|answer| answer["description"].as_str().unwrap().to_owned());
                page["description"] = said.join(" ").into();
                page["content"]["application/problem+json"] = problem["content"]["application/problem+json"].clone();
                page
            }
            None if gated => {
                let name = codes.iter().map(|code| pascal(code.as_str())).collect::<Vec<_>>().join("Or");
                let reference = json!({ "$ref": format!("#/components/responses/{name}") });
                problems.insert(name, problem);
                reference
            }
            None => problem,
        };
        by_status.insert(status, answer);
    }
    by_status.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect::<Map<_, _>>().into()
}

fn by_code(codes: &[Code]) -> BTreeMap<u16, Vec<Code>> {
    codes.iter().fold(BTreeMap::new(), |mut by_status, code| {
        by_status.entry(code.status().as_u16()).or_insert_with(Vec::new).push(*code);
        by_status
    })
}

/// A response with one of these codes. The codes are the names of its examples.
fn problem(codes: &[Code], gated: bool) -> Value {
    let said: Vec<_> = codes.iter().map(|code| format!("{} (`{}`)", code.title(), code.as_str())).collect();
    let example = |code: &Code| json!({ "$ref": format!("#/components/examples/{}", code.as_str()) });
    let examples: Map<String, Value> = codes.iter().map(|code| (code.as_str().to_owned(), example(code))).collect();
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({
        "description": format!("{}.", said.join("; ")),
        "headers": shared_headers(codes[0].status(), gated),
        "content": { "application/problem+json": { "schema": schema, "examples": examples } },
    })
}

/// `snake_case` as `PascalCase`.
fn pascal(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn content(content: &Content, example: Option<&Value>, schemas: &mut Schemas) -> Option<Value> {
    match content {
        Content::Json(schema) => {
            let mut json = json!({ "schema": schemas.answer(*schema) });
            if let Some(example) = example {
                json["example"] = example.clone();
            }
            Some(json!({ "application/json": json }))
        }
        Content::Page => Some(json!({ "text/html": { "schema": { "type": "string" } } })),
        Content::File(types) => {
            Some(types.iter().map(|name| ((*name).to_owned(), json!({}))).collect::<Map<_, _>>().into())
        }
        Content::Nothing => None,
    }
}

/// The headers that a response with this status has or can have.
fn shared_headers(status: StatusCode, gated: bool) -> Value {
    let mut names = vec!["X-Correlation-Id"];
    if gated {
        names.extend(["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]);
    }
    if gated && matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        names.push("Retry-After");
    }
    if gated && matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        names.push("WWW-Authenticate");
    }
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    names.into_iter().map(|name| (name.to_owned(), reference(name))).collect::<Map<_, _>>().into()
}
