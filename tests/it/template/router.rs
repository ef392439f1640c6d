//! The router of `cargo lambda watch` is a separate table in the workspace's metadata, because it does not read the template.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;
use shared::routes::Routes;

use super::root;

#[test]
fn watch_has_the_routes_of_the_template() {
    let metadata = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let printed = Command::new(env!("CARGO")).args(metadata).current_dir(root()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let router = metadata["metadata"]["lambda"]["watch"]["router"].as_object().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let watched: BTreeSet<_> = router
        .iter()
        .filter_map(|(path, routes)| Some((path, routes.as_array()?)))
        .flat_map(|(path, routes)| routes.iter().map(|it| (text(&it["method"]), path.clone(), text(&it["function"]))))
        .collect();
    let routes = Routes::of_this_build();
    let wanted: BTreeSet<_> = routes.routes.into_iter().map(|it| (it.method, it.path, it.function)).collect();
    assert_eq!(watched, wanted, "[workspace.metadata.lambda.watch.router] of Cargo.toml and template.yaml differ");
    assert_eq!(router["/{*path}"], routes.default.as_str());
}
