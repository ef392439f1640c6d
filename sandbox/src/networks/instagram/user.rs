//! `GET /me`: the account of the access token.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    account::{account_type, scoped_id},
    caller, parameters,
};
use crate::{
    context::Context,
    reply::{self, Reply, Stop},
};

/// The simulated fields; Instagram has more.
const FIELDS: [&str; 5] = ["id", "user_id", "username", "name", "account_type"];

pub(crate) async fn me(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let parameters = parameters::read(request, &["access_token", "fields"])?;
    let account = caller::authenticate(context, request, &parameters).await?.account;
    let mut body = json!({});
    for field in parameters::fields(&parameters, &FIELDS)? {
        let value = match field.as_str() {
            "user_id" => account.id.to_owned(),
            "username" => account.username.to_owned(),
            "name" => account.name.to_owned(),
            "account_type" => account_type(account).to_owned(),
            _ => scoped_id(account),
        };
        body[field] = value.into();
    }
    body["id"] = scoped_id(account).into();
    Ok(reply::json(StatusCode::OK, &body))
}
