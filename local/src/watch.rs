//! For functions that run beside `local`, under `cargo lambda watch`: an endpoint with the AWS services that they use,
//! and a file with the environment that `template.yaml` would give them.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use engine::DynamoDb;
use platforms::PlatformId;
use serde_json::json;
use tokio::sync::watch;
use url::Url;

use crate::{
    Sentence,
    arguments::Arguments,
    data::{self, Data},
    endpoint::Endpoint,
    instance::{Instance, MAIN, SANDBOX, SANDBOX_APP, VAULT, platforms},
    server::Server,
};

/// The name of the file in the data folder.
const FILE: &str = "watch.env";

const LINK_SECRET: &str = "link";
const VAULT_SECRET: &str = "vault";
const CLIENT_KEYS_SECRET: &str = "client-keys";
const PLATFORMS_SECRET: &str = "platforms";
const SANDBOX_SECRET: &str = "sandbox";

/// The data folder's secrets, by their names in the environment.
fn secrets(arguments: &Arguments, data: &Data) -> Result<BTreeMap<&'static str, String>, Sentence> {
    let sandbox = json!({ "clientId": SANDBOX_APP, "clientSecret": data.kept.sandbox_secret });
    Ok(BTreeMap::from([
        (LINK_SECRET, data.kept.link_secret.to_string()),
        (VAULT_SECRET, data.kept.vault_secret.to_string()),
        // The same secret as in `instance.rs`: each use derives its own keys.
        (CLIENT_KEYS_SECRET, data.kept.link_secret.to_string()),
        (PLATFORMS_SECRET, platforms(arguments)?),
        (SANDBOX_SECRET, sandbox.to_string()),
    ]))
}

/// `NAME=value` lines for `cargo lambda watch --env-file`. `PUBLIC_URL` is this process, which serves the pages that
/// links lead to and to which the sandbox sends customers back.
fn environment(
    [engine, public, sandbox]: [&Url; 3],
    access_key_id: &str,
    lease: u64,
    tokens: &[(&str, &str)],
) -> String {
    let [engine, public, sandbox] = [engine, public, sandbox].map(|url| url.as_str().trim_end_matches('/'));
    let queue = format!("{engine}/posts");
    let targets = PlatformId::ALL.map(|platform| format!("{platform}:{engine}/{platform}")).join(",");
    let lease = lease.to_string();
    let mut lines: Vec<(&str, &str)> = vec![
        ("AWS_ENDPOINT_URL", engine),
        ("AWS_REGION", "local"),
        ("AWS_ACCESS_KEY_ID", access_key_id),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("MAIN_TABLE", MAIN),
        ("VAULT_TABLE", VAULT),
        ("SANDBOX_TABLE", SANDBOX),
        ("LINK_SECRET", LINK_SECRET),
        ("VAULT_SECRET", VAULT_SECRET),
        ("CLIENT_KEYS_SECRET", CLIENT_KEYS_SECRET),
        ("PLATFORMS_SECRET", PLATFORMS_SECRET),
        ("SANDBOX_SECRET", SANDBOX_SECRET),
        ("QUEUE_URL", &queue),
        ("TARGET_QUEUE_URLS", &targets),
        ("PUBLIC_URL", public),
        ("SANDBOX_URL", sandbox),
        ("LEASE_SECONDS", &lease),
    ];
    lines.extend(tokens);
    lines.into_iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Serves the endpoint until `stop`, and writes the file; returns its path.
pub(crate) fn start(
    server: Server,
    engine: DynamoDb,
    instance: &Instance,
    data: &Data,
    arguments: &Arguments,
    stop: &watch::Receiver<bool>,
) -> Result<PathBuf, Sentence> {
    let file = data.folder.join(FILE);
    let tokens = arguments.tokens.variables();
    let endpoint = Endpoint::new(engine, secrets(arguments, data)?, Arc::clone(&instance.queue));
    let urls = [&server.url, &instance.url, &instance.sandbox_url];
    let text = environment(urls, endpoint.access_key_id(), arguments.lease, &tokens);
    data::write(&file, &text).map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    tokio::spawn(endpoint.serve(server, stop.clone()));
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::routes::TEMPLATE;

    use super::*;

    /// The `OAUTH_…` variables depend on options of `local`, `EVENT_RETENTION_DAYS` has a default, and no function reads
    /// `SECRETS_AS_OF`.
    #[test]
    fn the_environment_file_contains_the_templates_variables() {
        let urls: [Url; 3] = [9002, 9000, 9001].map(|port| format!("http://127.0.0.1:{port}/").parse().unwrap());
        let environment = environment(urls.each_ref(), "key", 60, &[]);
        assert!(environment.contains("AWS_ENDPOINT_URL=http://127.0.0.1:9002\n"), "{environment}");
        assert!(environment.contains("AWS_ACCESS_KEY_ID=key\n"), "{environment}");
        assert!(environment.contains("PUBLIC_URL=http://127.0.0.1:9000\n"), "{environment}");
        let name = |line: &'static str| line.trim().split_once(": ").map(|(name, _)| name);
        let is_variable = |name: &&str| name.contains('_') && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let wanted: BTreeSet<_> = TEMPLATE.lines().filter_map(name).filter(is_variable).collect();
        let given: BTreeSet<_> = environment.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        let optional =
            |name: &str| name.starts_with("OAUTH_") || ["EVENT_RETENTION_DAYS", "SECRETS_AS_OF"].contains(&name);
        let missing: Vec<_> = wanted.difference(&given).filter(|name| !optional(name)).collect();
        assert!(wanted.contains("LINK_SECRET") && missing.is_empty(), "{missing:?}");
    }
}
