//! The operations in `openapi.json`.

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::Value;
use shared::api::{
    Code,
    contract::{Content, Operation, schema_of},
};

const TAG: &str = "Connect pages";

/// The body of a signed request.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct SignedRequest {
    /// `signature.payload`, each in base64url: an HMAC-SHA256 with the app's secret, and JSON with `user_id`.
    signed_request: String,
}

/// Where the person sees what became of their request.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct DeletionAnswer {
    url: String,
    confirmation_code: String,
}

/// The operation of each route.
#[must_use]
pub fn operations() -> [Operation; 3] {
    let deauthorize = Operation::post("/connect/{platform}/deauthorize", "forgetPersonDeauthorize", TAG, "Take notice that a person removed the app")
        .describe("For the platform alone, which signs the request. The person's accounts need a reconnect, and posts to them are held.")
        .answer(StatusCode::OK, "Done.", Content::Json(schema_of::<Value>));
    let delete =
        Operation::post("/connect/{platform}/data-deletion", "forgetPersonDelete", TAG, "Delete a person's data")
            .describe(
                "For the platform alone, which signs the request. The person's accounts are disconnected and erased.",
            )
            .answer(StatusCode::OK, "Done.", Content::Json(schema_of::<DeletionAnswer>));
    let page = Operation::get(
        "/connect/{platform}/data-deletion/{code}",
        "forgetPersonStatus",
        TAG,
        "See what became of a deletion",
    )
    .describe("For the person who asked for it. Kept for 90 days.")
    .path::<String>("platform", "The platform.")
    .path::<String>("code", "The confirmation code.")
    .answer(StatusCode::OK, "The page.", Content::Page)
    .error(Code::NotFound);
    let signed = |operation: Operation| {
        operation
            .path::<String>("platform", "The platform, which must sign such requests.")
            .form::<SignedRequest>()
            .error(Code::SignatureInvalid)
            .error(Code::NotFound)
    };
    [signed(deauthorize), signed(delete), page]
}
