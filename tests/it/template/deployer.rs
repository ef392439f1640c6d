//! What a deployment needs: permissions, and updates that CloudFormation can make.

use std::{collections::BTreeSet, fs};

use shared::store::schema::INDEXES;

use super::{resources, root};

/// The prefix of a resource type's actions in IAM.
fn service(kind: &str) -> &str {
    match kind.split("::").nth(1).unwrap() {
        "ApiGatewayV2" => "apigateway",
        "CloudWatch" => "cloudwatch",
        "DynamoDB" => "dynamodb",
        "Lambda" => "lambda",
        "Logs" => "logs",
        "SNS" => "sns",
        "SQS" => "sqs",
        "SecretsManager" => "secretsmanager",
        "Serverless" if kind.ends_with("HttpApi") => "apigateway",
        // With their roles, and the rules of their schedules.
        "Serverless" => "lambda",
        other => panic!("docs/deployer-policy.json and this test have to know {other}"),
    }
}

#[test]
fn the_policy_for_deployers_knows_every_service_of_the_template() {
    let text = fs::read_to_string(root().join("docs/deployer-policy.json")).unwrap();
    let policy: serde_json::Value = serde_json::from_str(&text).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().unwrap());
    let known: BTreeSet<_> = actions.map(|action| action.as_str().unwrap().split(':').next().unwrap()).collect();
    let types: Vec<String> =
        resources().iter().map(|(_, resource)| resource["Type"].as_str().unwrap().to_owned()).collect();
    let mut wanted: BTreeSet<_> = types.iter().map(|kind| service(kind)).collect();
    wanted.extend(["cloudformation", "iam", "s3", "scheduler"]);
    assert_eq!(known, wanted);
}

/// The indexes of the last release. Add the new one after each release.
const RELEASED: [&str; 3] = ["by_client", "by_tenant", "due"];

/// CloudFormation adds at most one index to a table in an update.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html>
#[test]
fn a_release_has_at_most_one_new_index() {
    let new = INDEXES.iter().filter(|(name, ..)| !RELEASED.contains(name)).count();
    let gone = RELEASED.iter().filter(|name| !INDEXES.iter().any(|(known, ..)| known == *name)).count();
    assert!(new + gone <= 1, "{new} new indexes and {gone} removed ones since the last release");
}
