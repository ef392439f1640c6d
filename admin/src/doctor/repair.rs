//! AWS CLI commands that repair a changed table. Deploying the stack again would not: CloudFormation compares templates, not
//! tables, so an unchanged template changes nothing.

use aws_sdk_dynamodb::types::AttributeDefinition;
use serde_json::json;
use shared::store::schema::{Index, attribute};

pub(super) fn time_to_live() -> String {
    "update-time-to-live --time-to-live-specification Enabled=true,AttributeName=ttl".into()
}

pub(super) fn backups() -> String {
    "update-continuous-backups --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true".into()
}

pub(super) fn protection() -> String {
    "update-table --deletion-protection-enabled".into()
}

/// One command per index, because AWS creates one at a time.
pub(super) fn index((name, hash, range): Index) -> String {
    let typed = |it: AttributeDefinition| {
        format!("AttributeName={},AttributeType={}", it.attribute_name(), it.attribute_type())
    };
    let attributes = [hash, range].map(|name| typed(attribute(name))).join(" ");
    let create = json!([{ "Create": {
        "IndexName": name,
        "KeySchema": [
            { "AttributeName": hash, "KeyType": "HASH" },
            { "AttributeName": range, "KeyType": "RANGE" },
        ],
        "Projection": { "ProjectionType": "KEYS_ONLY" },
    } }]);
    format!("update-table --attribute-definitions {attributes} --global-secondary-index-updates '{create}'")
}

/// The whole command, for one table.
pub(super) fn command(change: &str, table: &str, region: &str) -> String {
    format!("aws dynamodb {change} --table-name {table} --region {region}")
}

#[cfg(test)]
mod tests {
    use shared::store::schema::INDEXES;

    use super::*;

    #[test]
    fn the_command_for_a_missing_index_matches_the_schema() {
        let due = index(INDEXES[2]);
        let expected = "update-table --attribute-definitions AttributeName=due_shard,AttributeType=S \
            AttributeName=due_at,AttributeType=N --global-secondary-index-updates \
            '[{\"Create\":{\"IndexName\":\"due\",\"KeySchema\":[{\"AttributeName\":\"due_shard\",\"KeyType\":\"HASH\"},\
            {\"AttributeName\":\"due_at\",\"KeyType\":\"RANGE\"}],\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"}}}]'";
        assert_eq!(due, expected);
    }

    #[test]
    fn a_printed_command_is_complete() {
        assert_eq!(
            command(&protection(), "onbehalf-MainTable-1", "eu-west-1"),
            "aws dynamodb update-table --deletion-protection-enabled --table-name onbehalf-MainTable-1 --region eu-west-1"
        );
    }
}
