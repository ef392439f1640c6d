//! `GET /v2/user/info/`: the account of the access token.

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value, json};

use super::{
    account::{open_id, union_id},
    answer,
    bearer::{self, has_scope},
};
use crate::{
    account::Account,
    context::Context,
    fields::Fields,
    reply::{Reply, Stop},
};

pub(crate) fn avatar(context: &Context, account: &Account) -> String {
    format!("{}/media/square.jpg?of={}", context.public_url, account.username)
}

pub(crate) async fn info(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = bearer::authenticate(context, request).await?;
    let account = caller.account;
    let query = request.uri().query().unwrap_or_default();
    let fields = match Fields::read(query.as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return answer::invalid(context, &format!("The parameter {} is repeated", repeated.0)),
    };
    if let Some((name, _)) = fields.other_than(&["fields"]) {
        return answer::invalid(context, &format!("Unknown parameter {name}"));
    }
    let Some(requested) = fields.get("fields") else {
        return answer::invalid(context, "Fields is required");
    };
    let mut user: Map<String, Value> = Map::new();
    for field in requested.split(',') {
        let (scope, value) = match field {
            "open_id" => ("user.info.basic", json!(open_id(account, &caller.client_id))),
            "union_id" => ("user.info.basic", json!(union_id(account))),
            "display_name" => ("user.info.basic", json!(account.name)),
            "avatar_url" | "avatar_url_100" | "avatar_large_url" => {
                ("user.info.basic", json!(avatar(context, account)))
            }
            "username" => ("user.info.profile", json!(account.username)),
            "bio_description" => ("user.info.profile", json!(account.about)),
            "is_verified" => ("user.info.profile", json!(false)),
            "profile_deep_link" => {
                let link = format!("{}/www.tiktok.com/@{}", context.public_url, account.username);
                ("user.info.profile", json!(link))
            }
            unknown => return answer::invalid(context, &format!("Invalid fields: {unknown}")),
        };
        if !has_scope(&caller, scope) {
            return answer::refuse(context, "scope_not_authorized");
        }
        user.insert(field.to_owned(), value);
    }
    Ok(answer::ok(context, json!({ "user": user }))?)
}
