//! The rules for a record of `app.bsky.feed.threadgate`, which says who may reply to a post, from its lexicon.

use serde_json::Value;

use super::syntax::is_datetime;

pub(super) const THREADGATE: &str = "app.bsky.feed.threadgate";

const RULES: usize = 5;
const HIDDEN: usize = 300;

pub(super) fn check(record: &Value) -> Result<(), String> {
    if !record["post"].as_str().is_some_and(|uri| uri.starts_with("at://")) {
        return Err("Record/post must be an at-uri".to_owned());
    }
    if !record["createdAt"].as_str().is_some_and(is_datetime) {
        return Err("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)".to_owned());
    }
    let is_rule = |rule: &Value| match rule["$type"].as_str() {
        Some("app.bsky.feed.threadgate#listRule") => rule["list"].is_string(),
        kind => kind.is_some(),
    };
    check_list(record, "allow", RULES, is_rule)?;
    check_list(record, "hiddenReplies", HIDDEN, Value::is_string)
}

fn check_list(record: &Value, name: &str, most: usize, check: impl Fn(&Value) -> bool) -> Result<(), String> {
    match record.get(name) {
        None => Ok(()),
        Some(Value::Array(entries)) if entries.len() <= most && entries.iter().all(check) => Ok(()),
        Some(_) => Err(format!("Record/{name} must be an array of not more than {most} elements of its type")),
    }
}
