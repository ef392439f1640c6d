//! `GET /{ig}/content_publishing_limit`: the number of posts in the last 24 hours.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller, parameters, post,
    script::{Script, Step},
};
use crate::{
    account::Account,
    behavior::Behavior,
    context::Context,
    error::Error,
    reply::{self, Reply, Stop, stop},
    store::{Key, Write},
};

/// The number of posts allowed in `DURATION` seconds.
pub(crate) const TOTAL: usize = 50;
const DURATION: i64 = 24 * 60 * 60;

pub(crate) async fn limit(context: &Context, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let (caller, parameters) = caller::publisher(context, request, id, &["access_token", "fields"]).await?;
    // The default is the usage alone.
    let asked = match parameters.get("fields") {
        None => vec!["quota_usage".to_owned()],
        Some(_) => parameters::fields(&parameters, &["config", "quota_usage"])?,
    };
    if let Some(script) = remembered(context, caller.account).await? {
        return stop(script.error().reply());
    }
    let mut data = json!({});
    for field in asked {
        data[&field] = match field.as_str() {
            "config" => json!({ "quota_total": TOTAL, "quota_duration": DURATION }),
            _ => used(context, caller.account).await?.into(),
        };
    }
    Ok(reply::json(StatusCode::OK, &json!({ "data": [data] })))
}

/// How many posts an account published in the last 24 hours.
pub(crate) async fn used(context: &Context, account: &Account) -> Result<usize, Error> {
    match account.behavior {
        Behavior::QuotaReached => Ok(TOTAL),
        Behavior::Unlimited => Ok(0),
        _ => {
            let since = context.now().timestamp_millis() - DURATION * 1000;
            Ok(post::newest(context, Some(account), since + 1, TOTAL).await?.len())
        }
    }
}

#[derive(Serialize, Deserialize)]
struct RememberedScript {
    script: Option<Script>,
}

fn key(account: &Account) -> Key {
    Key::new(format!("instagram#script#{}", account.id), "script")
}

/// Stores what the last caption says about this endpoint, whose requests have no caption.
pub(crate) async fn remember(context: &Context, account: &Account, script: Option<&Script>) -> Result<(), Error> {
    if account.behavior == Behavior::Scripted {
        let script = script.filter(|script| script.step == Step::Quota).cloned();
        context.store.commit(vec![Write::put(key(account), &RememberedScript { script })?]).await?;
    }
    Ok(())
}

async fn remembered(context: &Context, account: &Account) -> Result<Option<Script>, Error> {
    Ok(context.store.get::<RememberedScript>(key(account)).await?.and_then(|remembered| remembered.script))
}
