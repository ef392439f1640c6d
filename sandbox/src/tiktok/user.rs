//! `GET /v2/user/info/`: who has connected.

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value, json};

use super::{account::Account, answer, bearer};
use crate::{
    Sandbox,
    fields::Fields,
    reply::{Reply, Stop},
};

pub(crate) fn avatar(sandbox: &Sandbox, account: &Account) -> String {
    format!("{}/media/square.jpg?of={}", sandbox.config.public_url, account.username)
}

pub(crate) async fn info(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(sandbox, request).await?;
    let account = caller.account;
    let query = request.uri().query().unwrap_or_default();
    let fields = match Fields::read(query.as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return answer::invalid(sandbox, &format!("The parameter {} is repeated", repeated.0)),
    };
    if let Some((name, _)) = fields.other_than(&["fields"]) {
        return answer::invalid(sandbox, &format!("Unknown parameter {name}"));
    }
    let Some(asked) = fields.get("fields") else {
        return answer::invalid(sandbox, "Fields is required");
    };
    let mut user: Map<String, Value> = Map::new();
    for field in asked.split(',') {
        let (scope, value) = match field {
            "open_id" => ("user.info.basic", json!(account.open_id(&caller.client_id))),
            "union_id" => ("user.info.basic", json!(account.union_id())),
            "display_name" => ("user.info.basic", json!(account.name)),
            "avatar_url" | "avatar_url_100" | "avatar_large_url" => {
                ("user.info.basic", json!(avatar(sandbox, account)))
            }
            "username" => ("user.info.profile", json!(account.username)),
            "bio_description" => ("user.info.profile", json!(account.about)),
            "is_verified" => ("user.info.profile", json!(false)),
            "profile_deep_link" => {
                let link = format!("{}/www.tiktok.com/@{}", sandbox.config.public_url, account.username);
                ("user.info.profile", json!(link))
            }
            unknown => return answer::invalid(sandbox, &format!("Invalid fields: {unknown}")),
        };
        if !caller.may(scope) {
            return answer::refuse(sandbox, "scope_not_authorized");
        }
        user.insert(field.to_owned(), value);
    }
    Ok(answer::ok(sandbox, json!({ "user": user }))?)
}
