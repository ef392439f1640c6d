//! The template's parameters, and the rules that refuse invalid ones before deployment.

use std::fs;

use shared::tokens::Trust;

use super::{root, template, yaml};

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

/// `samconfig.toml` has the parameters in comments, which an operator uncomments to set them.
#[test]
fn samconfig_names_existing_parameters() {
    let config = fs::read_to_string(root().join("samconfig.toml")).unwrap();
    let named: Vec<_> = config.split('"').filter_map(|quoted| quoted.split_once('=')).map(|(name, _)| name).collect();
    let named: Vec<_> = named.into_iter().filter(|name| !name.contains(char::is_whitespace)).collect();
    assert_eq!(named.len(), 3, "{named:?}");
    let parameters = template()["Parameters"].as_mapping().unwrap().clone();
    assert!(named.iter().all(|name| parameters.contains_key(*name)), "{named:?}");
    // The default stack name of `admin`.
    assert!(config.contains("stack_name = \"onbehalf\""));
}

#[test]
fn an_incomplete_pair_of_parameters_is_refused() {
    let rules = template()["Rules"].as_mapping().unwrap().clone();
    for (rule, set, needs) in [
        ("DomainHasItsCertificate", "DomainName", "CertificateArn"),
        ("IssuerHasItsAudience", "OauthIssuer", "OauthAudience"),
    ] {
        let is_set = |name: &str| yaml(&format!("!Not [!Equals [!Ref {name}, '']]"));
        assert_eq!(rules[rule]["RuleCondition"], is_set(set));
        assert_eq!(rules[rule]["Assertions"][0]["Assert"], is_set(needs));
        assert_eq!(rules[rule]["Assertions"][0]["AssertDescription"], format!("{set} needs {needs}").as_str());
    }
    assert_eq!(rules.len(), 2);
}

/// With such an issuer, no function that accepts tokens would start.
#[test]
fn an_issuer_that_the_functions_refuse_is_refused() {
    let pattern = template()["Parameters"]["OauthIssuer"]["AllowedPattern"].as_str().unwrap().to_owned();
    let pattern = jsonschema::validator_for(&serde_json::json!({ "pattern": pattern })).unwrap();
    for (issuer, taken) in [
        ("https://issuer.example.com", true),
        ("https://issuer.example.com/", true),
        ("https://issuer.example.com/tenant/1", true),
        ("issuer.example.com", false),
        ("http://issuer.example.com", false),
        ("https://", false),
        ("https://issuer.example.com:8443", false),
        ("https://user@issuer.example.com", false),
        ("https://issuer.example.com?tenant=1", false),
        ("https://issuer.example.com/#tenant", false),
    ] {
        assert_eq!(pattern.is_valid(&issuer.into()), taken, "{issuer}");
        assert_eq!(Trust::new(issuer, "audience", false).is_ok(), taken, "{issuer}");
    }
    assert!(pattern.is_valid(&"".into()), "none");
}
