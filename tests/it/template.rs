//! `template.yaml` is the only route table. Other files that list functions, routes or tables are checked against it.

mod deployer;
mod domain;
mod generated;
mod kept;
mod limits;
mod parameters;
mod recipe;
mod router;
mod sandbox;
mod watched;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use platforms::PlatformId;
use serde_yaml_ng::Value;
use shared::{
    routes::{Routes, TEMPLATE},
    store::schema::INDEXES,
};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(crate) fn template() -> Value {
    serde_yaml_ng::from_str(TEMPLATE).unwrap()
}

/// The template's resources by name.
pub(crate) fn resources() -> Vec<(String, Value)> {
    let template = template();
    let resources = template["Resources"].as_mapping().unwrap();
    resources.iter().map(|(name, resource)| (name.as_str().unwrap().to_owned(), resource.clone())).collect()
}

/// The resources of one type.
fn of_type(kind: &str) -> Vec<(String, Value)> {
    resources().into_iter().filter(|(_, resource)| resource["Type"] == kind).collect()
}

/// Parses a YAML value in the template's syntax.
fn yaml(text: &str) -> Value {
    serde_yaml_ng::from_str(text).unwrap()
}

/// A resource's properties.
fn properties(name: &str) -> Value {
    resources().into_iter().find(|(known, _)| known == name).unwrap().1["Properties"].clone()
}

/// The name in a `!Ref` or `!GetAtt`.
fn target(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default(),
        _ => "",
    }
}

/// The queue of a platform's targets.
pub(crate) fn queue_of(platform: PlatformId) -> String {
    format!("{}Queue", platforms::spec(platform).display_name)
}

/// The binaries of all functions.
pub(crate) fn functions() -> BTreeSet<String> {
    resources()
        .into_iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
        .map(|(_, resource)| resource["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_function_has_a_folder_and_an_event() {
    let folders: BTreeSet<String> = fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(functions(), folders, "one folder of functions/ = one function of template.yaml");
    let events: BTreeSet<String> = fs::read_dir(root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(functions(), events, "one event of events/ = one function");
}

#[test]
fn resources_are_named_for_their_functions() {
    for (name, resource) in resources() {
        if let Some(binary) = resource["Metadata"]["BuildProperties"]["Binary"].as_str() {
            let camel: String = binary.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            assert_eq!(name, camel);
        }
    }
}

#[test]
fn local_serves_every_route() {
    let served: BTreeSet<_> = local::functions::operations().into_iter().map(|(function, _)| function).collect();
    let routes = Routes::of_this_build();
    for route in &routes.routes {
        assert!(served.contains(route.function.as_str()), "local/src/functions.rs lacks {}", route.function);
    }
    assert_eq!(routes.default, "no-route");
}

#[test]
fn the_tables_are_the_ones_the_store_makes() {
    for name in ["MainTable", "VaultTable"] {
        let table = properties(name);
        let keys = |schema: &Value| {
            let name = |n: usize| schema[n]["AttributeName"].as_str().unwrap().to_owned();
            (name(0), name(1))
        };
        assert_eq!(keys(&table["KeySchema"]), ("pk".into(), "sk".into()));
        assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], "ttl");
        let indexes: Vec<_> = table["GlobalSecondaryIndexes"]
            .as_sequence()
            .into_iter()
            .flatten()
            .map(|index| {
                assert_eq!(index["Projection"]["ProjectionType"], "KEYS_ONLY");
                let (hash, range) = keys(&index["KeySchema"]);
                (index["IndexName"].as_str().unwrap().to_owned(), hash, range)
            })
            .collect();
        let wanted: Vec<_> = INDEXES.map(|(name, hash, range)| (name.into(), hash.into(), range.into())).into();
        assert_eq!(indexes, if name == "MainTable" { wanted } else { vec![] });
    }
}

/// The parts that `Deps` can take, each with the environment variables and secrets it needs.
pub(crate) struct Part {
    name: &'static str,
    variables: &'static [&'static str],
    pub(crate) secrets: &'static [&'static str],
}

const fn part(name: &'static str, variables: &'static [&'static str], secrets: &'static [&'static str]) -> Part {
    Part { name, variables, secrets }
}

const PARTS: [Part; 11] = [
    part("vault", &["VAULT_TABLE", "VAULT_SECRET"], &["VaultSecret"]),
    part("link_keys", &["LINK_SECRET"], &["LinkSecret"]),
    part("client_keys", &["CLIENT_KEYS_SECRET"], &["ClientKeysSecret"]),
    part("offered", &["PLATFORMS_SECRET"], &["PlatformsSecret"]),
    part(
        "sites",
        &["CLIENT_KEYS_SECRET", "PLATFORMS_SECRET", "SANDBOX_SECRET"],
        &["ClientKeysSecret", "PlatformsSecret", "SandboxSecret"],
    ),
    part("sandbox_app", &["SANDBOX_SECRET"], &["SandboxSecret"]),
    part("sandbox_table", &["SANDBOX_TABLE"], &[]),
    part("api_url", &["PUBLIC_URL"], &[]),
    part("queue", &["QUEUE_URL", "TARGET_QUEUE_URLS"], &[]),
    part("http", &["LEASE_SECONDS"], &[]),
    part("lease", &["LEASE_SECONDS"], &[]),
];

/// The parts that a function takes, read from its code: the fields of `deps!`, or the calls in a handwritten `Deps::of`.
fn taken(function: &str) -> BTreeSet<String> {
    let code = fs::read_to_string(root().join(format!("functions/{function}/src/lib.rs"))).unwrap();
    let declared = code.split_once("deps! {").and_then(|(_, after)| after.split_once("\n}\n"));
    let fields = declared.map_or("", |(declared, _)| declared).lines();
    let fields = fields.filter_map(|line| line.trim_start().strip_prefix("pub ")?.split_once(':'));
    let asked = code.split("parts.").skip(1).filter_map(|after| after.split_once("()"));
    fields.chain(asked).map(|(name, _)| name.to_owned()).collect()
}

/// The parts that need more environment variables than every function has.
pub(crate) fn parts_of(function: &str) -> impl Iterator<Item = &'static Part> {
    let taken = taken(function);
    PARTS.iter().filter(move |part| taken.contains(part.name))
}

/// So that the errors for an invalid environment, tested in `publish-target/tests/start.rs`, hold for all binaries.
#[test]
fn every_function_has_the_same_main() {
    for function in functions() {
        let main = fs::read_to_string(root().join(format!("functions/{function}/src/main.rs"))).unwrap();
        assert!(main.contains("async fn main() -> Result<(), lambda::RuntimeError> {"), "{function}");
        let made = main.contains("::Deps::of(&Parts::from_env()?).await?;") || taken(&function).is_empty();
        assert!(made, "{function}");
    }
}

/// So that a message reaches the queue of its platform.
#[test]
fn functions_know_the_queue_of_each_platform() {
    let queue = |platform| format!("{platform}:${{{}}}", queue_of(platform));
    let wanted: BTreeSet<_> = PlatformId::ALL.map(queue).into();
    for (name, resource) in resources() {
        let given = &resource["Properties"]["Environment"]["Variables"];
        if given["QUEUE_URL"].is_null() {
            continue;
        }
        assert_eq!(target(&given["QUEUE_URL"]), "PostQueue", "{name}");
        let queues: BTreeSet<_> = target(&given["TARGET_QUEUE_URLS"]).split(',').map(ToOwned::to_owned).collect();
        assert_eq!(queues, wanted, "{name}");
    }
}

/// Policies are checked in `permissions`.
#[test]
fn a_function_has_exactly_the_environment_of_its_deps() {
    for (name, resource) in resources() {
        let Some(binary) = resource["Metadata"]["BuildProperties"]["Binary"].as_str() else { continue };
        let needed: BTreeSet<&str> = parts_of(binary).flat_map(|part| part.variables.iter().copied()).collect();
        let variables = resource["Properties"]["Environment"]["Variables"].as_mapping();
        let given: BTreeSet<&str> =
            variables.into_iter().flat_map(|map| map.keys()).map(|key| key.as_str().unwrap()).collect();
        assert_eq!(given, needed, "{name}: the environment in template.yaml and Deps differ");
    }
}

/// So that an invalid issuer configuration does not stop functions that accept no tokens, such as customers' pages.
#[test]
fn only_functions_that_admit_callers_take_the_gate() {
    for function in functions() {
        let code = fs::read_to_string(root().join(format!("functions/{function}/src/lib.rs"))).unwrap();
        assert_eq!(taken(&function).contains("gate"), code.contains("(&deps.gate, &request"), "{function}");
    }
}

#[test]
fn every_event_matches_its_function() {
    let routes = Routes::of_this_build();
    for function in functions() {
        let event = fs::read_to_string(root().join(format!("events/{function}.json"))).unwrap();
        match function.as_str() {
            "open-post" | "publish-target" => {
                let event: serde_json::Value = serde_json::from_str(&event).unwrap();
                let body = event["Records"][0]["body"].as_str().unwrap();
                let message: shared::queue::Message = serde_json::from_str(body).unwrap();
                assert_eq!(message.target.is_some(), function == "publish-target");
            }
            // It has a separate origin, so the API has no route for it.
            "serve-sandbox" => assert_eq!(shared::testing::gateway_event(&event).method(), "GET"),
            "dispatch-due" => assert!(serde_json::from_str::<serde_json::Value>(&event).unwrap().is_object()),
            _ => {
                let request = shared::testing::gateway_event(&event);
                let (found, _) = routes.find(request.method().as_str(), request.uri().path());
                assert_eq!(found, function, "events/{function}.json is routed to {found}");
                // Without a configured URL, it is taken from the gateway's request.
                let public = shared::api::request::public_url(&request, None).unwrap();
                assert_eq!(public.as_str(), "https://api.example.com/");
            }
        }
    }
}
