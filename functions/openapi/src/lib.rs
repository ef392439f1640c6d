//! `GET /openapi.json`: the OpenAPI 3.1 document of this API. It is the build's `openapi.json`, which a test compares with
//! the code. `servers` is the URL that the request was sent to.
//!
//! No credential is needed, because the document contains nothing private.

use std::sync::LazyLock;

use http::{StatusCode, header};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use shared::{
    api::{
        Error, Request, Response,
        contract::{Content, Operation, schema_of},
        request::public_url,
    },
    deps,
};
use url::Url;

/// The document of this build.
const DOCUMENT: &str = include_str!("../../../openapi.json");

deps! {
    pub struct Deps {
        pub public_url: Option<Url>,
    }
}

/// The response body, for its schema.
struct Document;

impl JsonSchema for Document {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApi".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "An OpenAPI 3.1 document.",
            "properties": {
                "openapi": { "type": "string", "const": "3.1.1" },
                "info": { "type": "object", "additionalProperties": true },
                "servers": { "type": "array", "items": { "type": "object", "additionalProperties": true }, "minItems": 1 },
                "paths": { "type": "object", "additionalProperties": true },
                "components": { "type": "object", "additionalProperties": true },
            },
            "required": ["openapi", "info", "servers", "paths", "components"],
            "additionalProperties": true,
        })
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/openapi.json", "openapi", "About", "Get this document").answer(
        StatusCode::OK,
        "The OpenAPI document of this API.",
        Content::Json(schema_of::<Document>),
    )
}

/// Stands for the URL of the server.
const SERVER: &str = "the URL of this server";

/// The document before and after the URL of its server, as text: it is parsed once in a process. `None`: it is not JSON.
static AROUND: LazyLock<Option<(String, String)>> = LazyLock::new(|| {
    let mut document: Value = serde_json::from_str(DOCUMENT).ok()?;
    document.as_object_mut()?.insert("servers".to_owned(), json!([{ "url": SERVER }]));
    let text = document.to_string();
    let (before, after) = text.split_once(SERVER)?;
    Some((before.to_owned(), after.to_owned()))
});

/// # Errors
/// 500 if the public URL is unknown.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let url = public_url(&request, deps.public_url.as_ref())?;
    let (before, after) = AROUND.as_ref().ok_or_else(|| Error::internal("openapi.json is not JSON"))?;
    // A URL has no character that JSON escapes.
    let text = format!("{before}{}{after}", url.as_str().trim_end_matches('/'));
    Ok(Response::document_text(text).with(header::CACHE_CONTROL, "public, max-age=300"))
}
