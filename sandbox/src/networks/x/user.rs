//! `GET /2/users/me`: the user of the access token.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Map, Value, json};

use super::{account, bearer, list, problem, rate};
use crate::{
    context::Context,
    fields::Fields,
    reply::{self, Reply, Stop, stop},
};

/// The simulated fields; X has more.
const FIELDS: &[&str] = &["id", "name", "username", "created_at", "protected", "subscription_type", "verified"];

pub(crate) async fn me(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let window = bearer::admit(context, &caller, &["users.read", "tweet.read"], &rate::ME).await?;
    let fields = match requested(request) {
        Ok(fields) => fields,
        Err(reply) => return stop(window.mark(*reply)?),
    };
    let account = caller.account;
    let mut data: Map<String, Value> = Map::new();
    data.insert("id".into(), account.id.into());
    data.insert("name".into(), account.name.into());
    data.insert("username".into(), account.username.into());
    for field in fields {
        match field.as_str() {
            "created_at" => data.insert(field, "2022-03-05T00:00:00.000Z".into()),
            "subscription_type" => data.insert(field, account::subscription(account).into()),
            "protected" | "verified" => data.insert(field, false.into()),
            _ => None,
        };
    }
    Ok(window.mark(reply::json(StatusCode::OK, &json!({ "data": data })))?)
}

fn requested(request: &Request<Bytes>) -> Result<Vec<String>, Box<Reply>> {
    let query = request.uri().query().unwrap_or_default();
    let known = ["user.fields"];
    let fields = Fields::read(query.as_bytes()).map_err(|repeated| {
        let message = format!("The query parameter [{}] is repeated", repeated.0);
        Box::new(problem::invalid_parameter(&repeated.0, "", &message))
    })?;
    if let Some((name, value)) = fields.other_than(&known) {
        return Err(Box::new(problem::unknown_parameter(name, value, &known)));
    }
    list::read(&fields, "user.fields", FIELDS)
}
