//! `GET /openapi.json`: this API, described for programs: OpenAPI 3.1. The document is `openapi.json` of this build, which a
//! test holds equal to the code; its `servers` is the address that the request came by.
//!
//! No credential is needed: it says nothing about anybody.

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

/// The document of this very build.
const DOCUMENT: &str = include_str!("../../../openapi.json");

deps! {
    pub struct Deps {
        pub public_url: Option<Url>,
    }
}

/// The document itself.
struct Document;

impl JsonSchema for Document {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApi".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "A document of OpenAPI 3.1.",
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
        "This API, described for programs.",
        Content::Json(schema_of::<Document>),
    )
}

/// # Errors
/// 500 without an address of ours.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let url = public_url(&request, deps.public_url.as_ref())?;
    let mut document: Value = serde_json::from_str(DOCUMENT).map_err(Error::internal)?;
    document["servers"] = json!([{ "url": url.as_str().trim_end_matches('/') }]);
    Ok(Response::document(document).with(header::CACHE_CONTROL, "public, max-age=300"))
}
