//! `GET /me`

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{caller, parameters};
use crate::{
    Sandbox,
    reply::{self, Reply, Stop},
};

/// The fields that are simulated, of those that Instagram has.
const FIELDS: [&str; 5] = ["id", "user_id", "username", "name", "account_type"];

pub(crate) async fn me(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields"])?;
    let account = caller::authenticate(sandbox, request, &parameters).await?.account;
    let mut body = json!({});
    for field in parameters::fields(&parameters, &FIELDS)? {
        let value = match field.as_str() {
            "user_id" => account.id.to_owned(),
            "username" => account.username.to_owned(),
            "name" => account.name.to_owned(),
            "account_type" => account.kind().to_owned(),
            _ => account.scoped_id(),
        };
        body[field] = value.into();
    }
    body["id"] = account.scoped_id().into();
    Ok(reply::json(StatusCode::OK, &body))
}
