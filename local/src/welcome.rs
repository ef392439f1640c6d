//! The first start: a demo agency, its keys, and the next commands to type.

use std::path::Path;

use serde_json::json;
use shared::{
    id::KeyId,
    key::ApiKey,
    scope::Scope,
    store::{KeyRecord, Limits, NewGate},
    tenant::{Mode, Tenant},
};
use url::Url;

use crate::{Sentence, arguments::Arguments, data::Data, instance::Instance};

const NAME: &str = "Demo Agency";
const LIMITS: Limits = Limits { reads: 6000, writes: 3000 };

/// The new keys, shown once.
pub(crate) struct Keys {
    live: ApiKey,
    test: ApiKey,
}

/// Creates the demo agency at the first start, and sets its limits if they are given. Returns the keys if they are new.
pub(crate) async fn agency(instance: &Instance, data: &Data, limits: Option<Limits>) -> Result<Option<Keys>, Sentence> {
    let failed = |error: shared::store::Error| format!("The demo agency cannot be set up: {error}.");
    let tenant = |mode| Tenant { agency: data.kept.agency, mode };
    if instance.gate.agency(tenant(Mode::Test)).await.map_err(failed)?.is_some() {
        if let Some(limits) = limits {
            for mode in [Mode::Live, Mode::Test] {
                instance.gate.set_limits(tenant(mode), limits).await.map_err(failed)?;
            }
        }
        return Ok(None);
    }
    let now = instance.functions.create_client.clock.now();
    let mut keys = Vec::new();
    for mode in [Mode::Live, Mode::Test] {
        let key = ApiKey::generate(tenant(mode), KeyId::random());
        let record = KeyRecord {
            digest: data_encoding::HEXLOWER.encode(&key.digest),
            scopes: Scope::default_set(),
            expires_at: (now + chrono::Duration::days(365)).timestamp(),
            client: None,
            label: "demo".into(),
            last_used: None,
            minted: None,
        };
        let new = NewGate {
            tenant: tenant(mode),
            name: NAME.into(),
            limits: limits.unwrap_or(LIMITS),
            keys: vec![(key.id, record)],
        };
        instance.gate.insert(new, now).await.map_err(failed)?;
        keys.push(key);
    }
    let test = keys.pop().ok_or("no test key")?;
    let live = keys.pop().ok_or("no live key")?;
    Ok(Some(Keys { live, test }))
}

#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(crate) fn print(
    arguments: &Arguments,
    data: &Data,
    url: &Url,
    sandbox_url: &Url,
    keys: Option<&Keys>,
    watch: Option<&Path>,
) {
    let (url, sandbox_url) = (url.as_str().trim_end_matches('/'), sandbox_url.as_str().trim_end_matches('/'));
    if arguments.json {
        let mut line = json!({ "url": url, "sandboxUrl": sandbox_url });
        if let Some(keys) = keys {
            line["liveKey"] = json!(keys.live.text().expose());
            line["testKey"] = json!(keys.test.text().expose());
        }
        if let Some(file) = watch {
            line["watchEnv"] = json!(file);
        }
        println!("{line}");
        return;
    }
    println!("Onbehalf runs at {url} (open it in a browser).");
    println!("The simulated networks run at {sandbox_url}. Data is in {}.", arguments.data.display());
    if let Some(file) = watch {
        let file = file.display();
        println!("Functions beside it: cargo lambda watch -A 127.0.0.1 -P 9100 --env-file {file}");
    }
    match keys {
        None => println!(
            "\nThe demo agency's keys were printed at the first start. Lost them? End this, and make another:\n  \
             cargo run -p admin -- --local {} key create {} --mode live --label mine",
            arguments.data.display(),
            data.kept.agency
        ),
        Some(keys) => println!("{}", commands(url, sandbox_url, keys)),
    }
    println!("\nCtrl-C ends it; nothing that was answered is lost.");
}

fn commands(url: &str, sandbox_url: &str, keys: &Keys) -> String {
    let (live, test) = (keys.live.text().expose(), keys.test.text().expose());
    let steps = steps(url, sandbox_url, live);
    format!(
        r#"
The demo agency's keys, shown only now:
  live  {live}
  test  {test}

Paste, in another terminal:

{steps}"#
    )
}

/// The whole integration, ready to paste into a POSIX shell. README.md shows the same text.
fn steps(url: &str, sandbox_url: &str, key: &str) -> String {
    format!(
        r#"KEY={key}

# 1. create a client
CLIENT=$(curl -s -X POST {url}/v1/clients \
  -H "Authorization: Bearer $KEY" -H "Idempotency-Key: client-1" -H "Content-Type: application/json" \
  -d '{{ "name": "Autoloom Detailing", "type": "brand" }}' | tee -a /dev/stderr | grep -o 'cl_[a-z2-7]*')

# 2. mint a connect link, then open its "url" in a browser and connect Instagram there before you go on
curl -s -X POST {url}/v1/clients/$CLIENT/connect-invites \
  -H "Authorization: Bearer $KEY" -H "Idempotency-Key: link-$(date +%s)" -H "Content-Type: application/json" \
  -d '{{ "platforms": ["instagram", "tiktok"], "expiresInHours": 72 }}'

# 3. see what connected
ACCOUNT=$(curl -s "{url}/v1/accounts?clientId=$CLIENT" \
  -H "Authorization: Bearer $KEY" | tee -a /dev/stderr | grep -o 'acc_[a-z2-7]*","clientId":"[^"]*","platform":"instagram"' | grep -o '^acc_[a-z2-7]*')

# 4. publish on their behalf, in half a minute
DUE=$(($(date +%s) + 30))
curl -s -X POST {url}/v1/posts \
  -H "Authorization: Bearer $KEY" -H "Idempotency-Key: post-$DUE" -H "Content-Type: application/json" \
  -d '{{ "clientId": "'$CLIENT'", "content": "New drop is live 🚗", "media": [{{ "url": "{sandbox_url}/media/photo.jpg" }}], "targets": {{ "mode": "selection", "accountIds": ["'$ACCOUNT'"] }}, "schedule": {{ "type": "at", "scheduledAt": "'$(date -u -d @$DUE +%FT%TZ 2>/dev/null || date -u -r $DUE +%FT%TZ)'" }} }}'"#
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_readme_shows_what_is_printed() {
        let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
        let steps = steps("http://127.0.0.1:9000", "http://127.0.0.1:9001", "obh_live_…");
        assert!(readme.contains(&steps), "README.md lacks\n{steps}");
    }
}
