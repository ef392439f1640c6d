//! What an operator may set, and what is refused before anything is deployed.

use super::template;

#[test]
fn every_parameter_is_explained_and_grouped() {
    let template = template();
    let parameters = template["Parameters"].as_mapping().unwrap();
    let mut grouped: Vec<_> = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        .as_sequence()
        .unwrap()
        .iter()
        .flat_map(|group| group["Parameters"].as_sequence().unwrap().clone())
        .collect();
    let mut named: Vec<_> = parameters.keys().cloned().collect();
    let text = |value: &serde_yaml_ng::Value| value.as_str().unwrap().to_owned();
    grouped.sort_by_key(text);
    named.sort_by_key(text);
    assert_eq!(grouped, named);
    for (name, parameter) in parameters {
        assert!(!parameter["Default"].is_null() && parameter["Description"].is_string(), "{name:?}");
    }
}
