//! Which access tokens an agency has revoked: one rule, in Rust and as a DynamoDB condition.
//!
//! Issue times have whole seconds, so tokens issued within the second of the revocation are revoked, too.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use chrono::{DateTime, Utc};

use super::super::number;
use crate::tokens::Claims;

/// The condition that a token is not revoked. [`by_issue`] sets its placeholders.
pub(super) const NOT_REVOKED: &str = "(attribute_not_exists(#ended) OR #ended < :issued)";

pub(super) fn by_issue(update: UpdateItemFluentBuilder, token: &Claims) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_names("#ended", "tokens_not_before")
        .expression_attribute_values(":issued", number(issued(token) * 1000))
}

/// The same rule as [`NOT_REVOKED`], for a gate that was read.
pub(super) fn is_valid(token: &Claims, end: Option<DateTime<Utc>>) -> bool {
    end.is_none_or(|end| end.timestamp() < issued(token))
}

/// The second of issue; some issuers send fractions.
const fn issued(token: &Claims) -> i64 {
    token.issued_at.timestamp()
}
