//! The permissions of each function, read from its policies in `template.yaml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_yaml_ng::Value;

use crate::template::{resources, template};

/// An action on a resource, by the resource's name in the template: `dynamodb:Query` on `MainTable/index/due`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    pub(crate) action: String,
    pub(crate) resource: String,
}

impl Permission {
    pub(crate) fn new(action: &str, resource: &str) -> Self {
        Self { action: action.into(), resource: resource.into() }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)
    }
}

/// The permissions of each function.
pub(crate) type Policies = BTreeMap<String, BTreeSet<Permission>>;

/// Reads the policies from the template.
pub(crate) fn policies() -> Policies {
    resources()
        .into_iter()
        .filter_map(|(_, resource)| {
            let function = resource["Metadata"]["BuildProperties"]["Binary"].as_str()?.to_owned();
            Some((function, policy(&resource["Properties"]["Policies"])))
        })
        .collect()
}

const WRITTEN_OUT: &str = "policies must be a list, each written out, action by action";

fn policy(policies: &Value) -> BTreeSet<Permission> {
    let policies = match policies {
        Value::Null => &[][..],
        Value::Sequence(all) => all,
        other => panic!("{WRITTEN_OUT}: {other:?}"),
    };
    let mut allowed = BTreeSet::new();
    for policy in policies {
        for statement in policy["Statement"].as_sequence().expect(WRITTEN_OUT) {
            assert_eq!(statement["Effect"], "Allow");
            for action in texts(&statement["Action"]) {
                let on = named(&statement["Resource"]);
                allowed.extend(on.iter().map(|resource| Permission::new(action, resource)));
            }
        }
    }
    allowed
}

/// A string or a list of strings.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Sequence(all) => all.iter().flat_map(texts).collect(),
        value => vec![value.as_str().unwrap()],
    }
}

/// The template's resources in a statement. A plain string is refused, so there are no wildcards.
pub(super) fn named(value: &Value) -> Vec<String> {
    let tagged = match value {
        Value::Sequence(all) => return all.iter().flat_map(named).collect(),
        Value::Tagged(tagged) => tagged,
        other => panic!("a policy must name a resource of the template by !GetAtt, !Ref, !Sub or !If: {other:?}"),
    };
    match (tagged.tag.to_string().as_str(), &tagged.value) {
        ("!Ref", Value::String(name)) if name == "AWS::NoValue" => vec![],
        ("!Ref", Value::String(name)) => vec![name.clone()],
        ("!GetAtt", Value::String(name)) => vec![name.strip_suffix(".Arn").unwrap().to_owned()],
        // `${MainTable.Arn}/index/due`
        ("!Sub", Value::String(text)) => vec![text.replacen("${", "", 1).replacen(".Arn}", "", 1)],
        ("!If", Value::Sequence(branches)) => branches[1..].iter().flat_map(named).collect(),
        other => panic!("a policy must name a resource of the template by !GetAtt, !Ref, !Sub or !If: {other:?}"),
    }
}

/// SAM also makes policies from a queue event, tracing, a VPC or a connector, none of which are read here.
#[test]
fn a_role_has_no_policy_other_than_policies() {
    const PROPERTIES: [&str; 13] = [
        "Architectures",
        "CodeUri",
        "Environment",
        "EventInvokeConfig",
        "Events",
        "Handler",
        "LoggingConfig",
        "MemorySize",
        "Policies",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "Runtime",
        "Timeout",
    ];
    let known = |name: &str, function: &Value| {
        for property in function.as_mapping().unwrap().keys() {
            assert!(PROPERTIES.contains(&property.as_str().unwrap()), "{name}: may {property:?} widen its role?");
        }
        assert!(function["EventInvokeConfig"]["DestinationConfig"].is_null(), "{name}: a destination is a permission");
    };
    known("Globals", &template()["Globals"]["Function"]);
    for (name, resource) in resources() {
        let kind = resource["Type"].as_str().unwrap();
        let grants = kind.starts_with("AWS::IAM::") || kind == "AWS::Serverless::Connector";
        assert!(
            !grants && resource["Connectors"].is_null(),
            "{name}: write a function's policy in the function's Policies"
        );
        if kind == "AWS::Serverless::Function" {
            known(&name, &resource["Properties"]);
            for (_, event) in resource["Properties"]["Events"].as_mapping().into_iter().flatten() {
                let kind = event["Type"].as_str().unwrap();
                assert!(["HttpApi", "ScheduleV2"].contains(&kind), "{name}: may {kind} widen its role?");
            }
        }
    }
}

#[test]
#[should_panic(expected = "written out, action by action")]
fn a_policy_by_name_is_refused() {
    policy(&"AdministratorAccess".into());
}

#[test]
#[should_panic(expected = "written out, action by action")]
fn a_policy_by_name_in_a_list_is_refused() {
    policy(&vec![Value::from("AdministratorAccess")].into());
}
