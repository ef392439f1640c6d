//! `GET /2/users/me`

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Map, Value, json};

use super::{bearer, problem, rate};
use crate::{
    Sandbox,
    fields::Fields,
    reply::{self, Reply, Stop, stop},
};

/// The fields that are simulated, of the many that X has.
const FIELDS: &[&str] = &["id", "name", "username", "created_at", "protected", "verified"];

pub(crate) async fn me(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(sandbox, request).await?;
    let window = bearer::admit(sandbox, &caller, &["users.read", "tweet.read"], &rate::ME).await?;
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
    listed(&fields, "user.fields", FIELDS)
}

/// A comma-separated list of which every entry is one of these.
pub(crate) fn listed(fields: &Fields, name: &str, known: &[&str]) -> Result<Vec<String>, Box<Reply>> {
    let Some(list) = fields.get(name) else {
        return Ok(Vec::new());
    };
    match list.split(',').find(|entry| !known.contains(entry)) {
        Some(unknown) => {
            let message = format!("The `{name}` query parameter value [{unknown}] is not one of [{}]", known.join(","));
            Err(Box::new(problem::invalid_parameter(name, list, &message)))
        }
        None => Ok(list.split(',').map(str::to_owned).collect()),
    }
}
