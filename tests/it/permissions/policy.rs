//! What `template.yaml` allows each function, by its policy there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_yaml_ng::Value;

use crate::template::resources;

/// An action on a resource, which goes by its name in the template: `dynamodb:Query` on `MainTable/index/due`.
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

/// Each function with what it may do.
pub(crate) type Policies = BTreeMap<String, BTreeSet<Permission>>;

/// The policies of this build's template.
pub(crate) fn policies() -> Policies {
    resources()
        .into_iter()
        .filter_map(|(_, resource)| {
            let function = resource["Metadata"]["BuildProperties"]["Binary"].as_str()?.to_owned();
            Some((function, policy(&resource["Properties"]["Policies"])))
        })
        .collect()
}

fn policy(policies: &Value) -> BTreeSet<Permission> {
    let mut allowed = BTreeSet::new();
    for policy in policies.as_sequence().into_iter().flatten() {
        for statement in policy["Statement"].as_sequence().expect("a policy is written out, action by action") {
            assert_eq!(statement["Effect"], "Allow");
            for action in texts(&statement["Action"]) {
                let on = named(&statement["Resource"]);
                allowed.extend(on.iter().map(|resource| Permission::new(action, resource)));
            }
        }
    }
    allowed
}

/// A text, or several.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Sequence(all) => all.iter().flat_map(texts).collect(),
        value => vec![value.as_str().unwrap()],
    }
}

/// The resources of the template that a statement is about. A text is none of them, and so no wildcard.
pub(super) fn named(value: &Value) -> Vec<String> {
    let tagged = match value {
        Value::Sequence(all) => return all.iter().flat_map(named).collect(),
        Value::Tagged(tagged) => tagged,
        other => panic!("a policy names a resource of the template, by !GetAtt, !Ref, !Sub or !If: {other:?}"),
    };
    match (tagged.tag.to_string().as_str(), &tagged.value) {
        ("!Ref", Value::String(name)) if name == "AWS::NoValue" => vec![],
        ("!Ref", Value::String(name)) => vec![name.clone()],
        ("!GetAtt", Value::String(name)) => vec![name.strip_suffix(".Arn").unwrap().to_owned()],
        // `${MainTable.Arn}/index/due`
        ("!Sub", Value::String(text)) => vec![text.replacen("${", "", 1).replacen(".Arn}", "", 1)],
        ("!If", Value::Sequence(branches)) => branches[1..].iter().flat_map(named).collect(),
        other => panic!("a policy names a resource of the template, by !GetAtt, !Ref, !Sub or !If: {other:?}"),
    }
}
