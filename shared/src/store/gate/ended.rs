//! Which access tokens an agency has ended: one rule, as code and as a condition.
//!
//! An issuer says whole seconds, so within the second of the end nobody knows what came first: all of it is ended.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use chrono::{DateTime, Utc};

use super::super::number;
use crate::tokens::Claims;

/// A token that was not ended, with what [`by_issue`] names.
pub(super) const STANDS: &str = "(attribute_not_exists(#ended) OR #ended < :issued)";

pub(super) fn by_issue(update: UpdateItemFluentBuilder, token: &Claims) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_names("#ended", "tokens_not_before")
        .expression_attribute_values(":issued", number(issued(token) * 1000))
}

/// What [`STANDS`] says, of a gate that was read.
pub(super) fn stands(token: &Claims, end: Option<DateTime<Utc>>) -> bool {
    end.is_none_or(|end| end.timestamp() < issued(token))
}

/// The second that it was issued in; some issuers say more.
const fn issued(token: &Claims) -> i64 {
    token.issued_at.timestamp()
}
