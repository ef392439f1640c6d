//! Resources that outlive the stack, and the outputs about them.

use std::fs;

use platforms::{PlatformId, spec, spec::Authorization};

use super::{of_type, properties, queue_of, resources, root, target, template};

#[test]
fn tables_and_secrets_survive_deletion_of_the_stack() {
    let kept = |kind: &str| {
        let mut all = of_type(kind);
        all.retain(|(_, resource)| resource["Condition"] != "HasSandbox");
        all
    };
    let (secrets, tables) = (kept("AWS::SecretsManager::Secret"), kept("AWS::DynamoDB::Table"));
    assert_eq!((secrets.len(), tables.len()), (4, 2));
    for (name, resource) in secrets.iter().chain(&tables) {
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
    for (name, secret) in secrets {
        // A failed first deployment leaves no secret behind.
        assert_eq!(secret["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
    }
    for (name, table) in tables {
        // AWS does not delete a protected table, so `RetainExceptOnCreate` would make a rollback fail.
        assert_eq!(table["DeletionPolicy"], "Retain", "{name}");
        let table = &table["Properties"];
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        assert_eq!(table["DeletionProtectionEnabled"], true, "{name}");
        assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{name}");
    }
}

/// The code can parse the generated secrets.
#[test]
fn the_functions_can_parse_generated_secrets() {
    let generated = |name: &str| {
        let how = properties(name)["GenerateSecretString"].clone();
        let length = usize::try_from(how["PasswordLength"].as_u64().unwrap()).unwrap();
        let mut json: serde_json::Value = serde_json::from_str(how["SecretStringTemplate"].as_str().unwrap()).unwrap();
        json[how["GenerateStringKey"].as_str().unwrap()] = "a".repeat(length).into();
        json.to_string()
    };
    assert!(shared::secrets::LinkKeys::parse(&generated("LinkSecret")).is_ok());
    assert!(shared::secrets::VaultKeys::parse(&generated("VaultSecret")).is_ok());
    assert!(shared::secrets::ClientKeys::parse(&generated("ClientKeysSecret")).is_ok());
    assert!(shared::site::App::parse(&generated("SandboxSecret")).is_ok());
    let platforms = properties("PlatformsSecret")["SecretString"].as_str().unwrap().to_owned();
    assert!(shared::site::sites(&platforms, None).is_ok());
}

#[test]
fn the_outputs_have_the_values_an_operator_needs() {
    let outputs = template()["Outputs"].clone();
    for name in ["Url", "OpenApiUrl", "SandboxUrl", "DashboardUrl"] {
        assert!(!outputs[name]["Value"].is_null(), "{name}");
    }
    for (name, of) in [
        ("DomainTarget", "Domain.RegionalDomainName"),
        ("DomainTargetZone", "Domain.RegionalHostedZoneId"),
        ("MainTable", "MainTable"),
        ("VaultTable", "VaultTable"),
        ("PostQueueUrl", "PostQueue"),
        ("DeadLettersUrl", "DeadLetters"),
        ("LinkSecret", "LinkSecret"),
        ("VaultSecret", "VaultSecret"),
        ("ClientKeysSecret", "ClientKeysSecret"),
        ("PlatformsSecret", "PlatformsSecret"),
        ("FunctionLog", "FunctionLog"),
    ] {
        assert_eq!(target(&outputs[name]["Value"]), of, "{name}");
    }
    for (name, output) in outputs.as_mapping().unwrap() {
        assert!(output["Description"].is_string(), "{name:?}");
    }
    for platform in PlatformId::ALL {
        let queue = queue_of(platform);
        assert_eq!(target(&outputs[&format!("{queue}Url")]["Value"]), queue);
        // Bluesky has no console: it reads the callback URL from the client metadata.
        if matches!(spec(platform).authorization, Authorization::App { .. }) {
            let name = format!("{}CallbackUrl", spec(platform).display_name);
            let url = serde_yaml_ng::to_string(&outputs[&name]["Value"]).unwrap();
            assert!(url.contains(&format!("${{Base}}/connect/{platform}/callback")), "{name}: {url}");
        }
    }
}

/// A fixed name in the template would collide with a second deployment in the same account.
#[test]
fn two_deployments_fit_into_one_account() {
    for (name, resource) in resources() {
        let properties = &resource["Properties"];
        for given in ["Name", "FunctionName", "TableName", "QueueName", "LogGroupName", "AlarmName", "DashboardName"] {
            let text = match &properties[given] {
                serde_yaml_ng::Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default().to_owned(),
                other => other.as_str().unwrap_or("AWS::StackName").to_owned(),
            };
            // A `!Ref` of another resource, or a name that contains the stack's name.
            let own = text.contains("AWS::StackName") || resources().iter().any(|(known, _)| *known == text);
            assert!(own, "{name}: {given} is {text}");
        }
        let events = properties["Events"].as_mapping().into_iter().flat_map(|events| events.values());
        for event in events.filter(|event| event["Type"] == "ScheduleV2") {
            assert_eq!(event["Properties"]["OmitName"], true, "{name}: otherwise SAM names the schedule after it");
        }
    }
}

/// The restore instructions use the resources' names in the template: `physical MainTable`.
#[test]
fn the_operators_guide_names_existing_resources() {
    let guide = fs::read_to_string(root().join("docs/operating.md")).unwrap();
    let asked = guide.split("$(physical ").skip(1).filter_map(|rest| rest.split(')').next());
    let asked: Vec<_> = asked.filter(|name| !name.starts_with('$')).collect();
    assert!(asked.len() > 4, "{asked:?}");
    let known: Vec<_> = resources().into_iter().map(|(name, _)| name).collect();
    assert!(asked.iter().all(|name| known.iter().any(|known| known == name)), "{asked:?}");
    let stopped = guide.split("for messages in ").nth(1).unwrap().split(';').next().unwrap();
    let mut mappings: Vec<_> = of_type("AWS::Lambda::EventSourceMapping").into_iter().map(|(name, _)| name).collect();
    let mut stopped: Vec<_> = stopped.split_whitespace().collect();
    mappings.sort();
    stopped.sort_unstable();
    assert_eq!(stopped, mappings, "a restore stops all work");
}
