//! `GET /{ig}/content_publishing_limit`: how many posts of the moving day are used.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    account::{Account, Behavior},
    caller, parameters, post,
    script::{Script, Step},
};
use crate::{
    Sandbox,
    reply::{self, Reply, Stop, stop},
    store::{Error, Key, Write},
};

/// Posts in a moving day, and that day in seconds.
pub(crate) const TOTAL: usize = 50;
const DURATION: i64 = 24 * 60 * 60;

pub(crate) async fn limit(sandbox: &Sandbox, request: &Request<Bytes>, id: &str) -> Result<Reply, Stop> {
    let (caller, parameters) = caller::publisher(sandbox, request, id, &["access_token", "fields"]).await?;
    // Without fields it tells the usage alone.
    let asked = match parameters.get("fields") {
        None => vec!["quota_usage".to_owned()],
        Some(_) => parameters::fields(&parameters, &["config", "quota_usage"])?,
    };
    if let Some(script) = remembered(sandbox, caller.account).await? {
        return stop(script.failure().reply());
    }
    let mut data = json!({});
    for field in asked {
        data[&field] = match field.as_str() {
            "config" => json!({ "quota_total": TOTAL, "quota_duration": DURATION }),
            _ => used(sandbox, caller.account).await?.into(),
        };
    }
    Ok(reply::json(StatusCode::OK, &json!({ "data": [data] })))
}

/// How many posts of the moving day an account has used.
pub(crate) async fn used(sandbox: &Sandbox, account: &Account) -> Result<usize, Error> {
    match account.behavior {
        Behavior::QuotaReached => Ok(TOTAL),
        Behavior::Unlimited => Ok(0),
        _ => {
            let since = (sandbox.clock)().timestamp_millis() - DURATION * 1000;
            Ok(post::newest(sandbox, Some(account), since + 1, TOTAL).await?.len())
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Remembered {
    script: Option<Script>,
}

fn key(account: &Account) -> Key {
    Key::new(format!("instagram#script#{}", account.id), "script")
}

/// Keeps what the last caption told of this step, which has no caption itself.
pub(crate) async fn remember(sandbox: &Sandbox, account: &Account, script: Option<&Script>) -> Result<(), Error> {
    if account.behavior == Behavior::Scripted {
        let script = script.filter(|script| script.step == Step::Quota).cloned();
        sandbox.store.commit(vec![Write::put(key(account), &Remembered { script })?]).await?;
    }
    Ok(())
}

async fn remembered(sandbox: &Sandbox, account: &Account) -> Result<Option<Script>, Error> {
    Ok(sandbox.store.get::<Remembered>(key(account)).await?.and_then(|remembered| remembered.script))
}
