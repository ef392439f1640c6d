//! `template.yaml` is the only route table: whatever speaks of functions, routes and tables is held to it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_yaml_ng::Value;
use shared::{
    routes::{Routes, TEMPLATE},
    store::schema::INDEXES,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn resources() -> Vec<(String, Value)> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    resources.iter().map(|(name, resource)| (name.as_str().unwrap().to_owned(), resource.clone())).collect()
}

fn functions() -> BTreeSet<String> {
    resources()
        .into_iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
        .map(|(_, resource)| resource["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_function_has_a_folder_an_event_and_a_row() {
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
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for function in functions() {
        assert!(readme.contains(&format!("| `{function}` |")), "README.md lacks a row for {function}");
    }
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
    let gateway = fs::read_to_string(root().join("local/src/gateway.rs")).unwrap();
    let routes = Routes::of_this_build();
    for route in &routes.routes {
        let arm = format!("\"{}\" => respond(", route.function);
        assert!(gateway.contains(&arm), "local/src/gateway.rs lacks {}", route.function);
    }
    assert_eq!(routes.default, "no-route");
}

#[test]
fn the_tables_are_the_ones_the_store_makes() {
    let tables = resources();
    let table = |name: &str| tables.iter().find(|(known, _)| known == name).unwrap().1["Properties"].clone();
    for name in ["MainTable", "VaultTable"] {
        let table = table(name);
        let keys = |schema: &Value| {
            let name = |n: usize| schema[n]["AttributeName"].as_str().unwrap().to_owned();
            (name(0), name(1))
        };
        assert_eq!(keys(&table["KeySchema"]), ("pk".into(), "sk".into()));
        assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], "ttl");
        assert_eq!(table["DeletionProtectionEnabled"], true);
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

/// What a function's `Deps` are made of, and what its template entry has to give it.
#[test]
fn a_function_is_given_what_its_deps_name_and_no_more() {
    const NEEDS: [(&str, &[&str]); 6] = [
        (".vault()", &["VAULT_TABLE", "VAULT_SECRET"]),
        (".link_keys()", &["LINK_SECRET"]),
        (".sites()", &["PLATFORMS_SECRET"]),
        (".queue()", &["QUEUE_URL"]),
        (".engine()", &["LEASE_SECONDS"]),
        ("config.lease", &["LEASE_SECONDS"]),
    ];
    for (name, resource) in resources() {
        let Some(binary) = resource["Metadata"]["BuildProperties"]["Binary"].as_str() else { continue };
        let code = fs::read_to_string(root().join(format!("functions/{binary}/src/lib.rs"))).unwrap();
        let needed: BTreeSet<&str> = NEEDS
            .iter()
            .filter(|(part, _)| {
                code.contains(&format!("deployment{part}")) || code.contains(&format!("deployment.{part}"))
            })
            .flat_map(|(_, variables)| variables.iter().copied())
            .collect();
        let variables = resource["Properties"]["Environment"]["Variables"].as_mapping();
        let given: BTreeSet<&str> =
            variables.into_iter().flat_map(|map| map.keys()).map(|key| key.as_str().unwrap()).collect();
        assert_eq!(given, needed, "{name}: the environment in template.yaml and Deps::new differ");
        let policies = serde_yaml_ng::to_string(&resource["Properties"]["Policies"]).unwrap_or_default();
        for (variable, resource) in [
            ("VAULT_TABLE", "VaultTable"),
            ("VAULT_SECRET", "VaultSecret"),
            ("LINK_SECRET", "LinkSecret"),
            ("PLATFORMS_SECRET", "PlatformsSecret"),
            ("QUEUE_URL", "PublishQueue"),
        ] {
            assert_eq!(
                given.contains(variable),
                policies.contains(resource),
                "{name}: its policy and {variable} differ"
            );
        }
        assert!(!policies.contains("dynamodb:Scan") && !policies.contains('*'), "{name}: exactly what it uses");
    }
}

#[test]
fn every_event_is_what_its_function_is_called_with() {
    let routes = Routes::of_this_build();
    for function in functions() {
        let event = fs::read_to_string(root().join(format!("events/{function}.json"))).unwrap();
        match function.as_str() {
            "publish-post" => {
                let event: serde_json::Value = serde_json::from_str(&event).unwrap();
                let body = event["Records"][0]["body"].as_str().unwrap();
                serde_json::from_str::<shared::queue::Message>(body).unwrap();
            }
            "dispatch-due" => assert!(serde_json::from_str::<serde_json::Value>(&event).unwrap().is_object()),
            _ => {
                let request = shared::testing::gateway_event(&event);
                let (found, _) = routes.find(request.method().as_str(), request.uri().path());
                assert_eq!(found, function, "events/{function}.json is routed to {found}");
                // Nothing configured: the gateway's own request says where we are reached.
                let public = shared::api::request::public_url(&request, None).unwrap();
                assert_eq!(public.as_str(), "https://api.example.com/");
            }
        }
    }
}
