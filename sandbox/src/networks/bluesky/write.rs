//! `POST /xrpc/com.atproto.repo.putRecord` and `createRecord`.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    admission, blob, cid,
    input::Input,
    post_rules::{self, POST},
    record::{self, Record},
    session, syntax,
    threadgate_rules::{self, THREADGATE},
    xrpc_error::{invalid, refuse},
};
use crate::{
    account::Account,
    answer::Answer,
    behavior::Behavior,
    context::Context,
    error::Error,
    reply::{self, Stop},
    secret,
};

/// How often a write is tried when concurrent calls change the same record.
const ATTEMPTS: usize = 20;

/// What the record under the key must be.
enum Swap {
    Anything,
    Nothing,
    Cid(String),
}

/// Writes a record under a key. An equal record is not written again.
pub(super) async fn put(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = session::authenticate(context, request).await?;
    let known = ["repo", "collection", "rkey", "record", "validate", "swapRecord"];
    let input = Input::read(request, &known)?;
    let rkey = input.text("rkey")?.to_owned();
    let swap = match input.get("swapRecord") {
        None => Swap::Anything,
        Some(Value::Null) => Swap::Nothing,
        Some(Value::String(cid)) if cid::is_cid(cid) => Swap::Cid(cid.clone()),
        Some(_) => return invalid("Input/swapRecord must be a cid string"),
    };
    admission::admit(context, &caller, &input, &["create", "update"]).await?;
    write(context, caller.account, &input, &rkey, &swap).await
}

/// Writes a record under a free key, which the server chooses if the app does not.
pub(super) async fn create(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let caller = session::authenticate(context, request).await?;
    let input = Input::read(request, &["repo", "collection", "rkey", "record", "validate"])?;
    let rkey = match input.get("rkey") {
        Some(_) => input.text("rkey")?.to_owned(),
        None => syntax::tid(context.now(), secret::number()?),
    };
    admission::admit(context, &caller, &input, &["create"]).await?;
    write(context, caller.account, &input, &rkey, &Swap::Nothing).await
}

async fn write(
    context: &Context,
    account: &'static Account,
    input: &Input,
    rkey: &str,
    swap: &Swap,
) -> Result<Answer, Stop> {
    let collection = input.text("collection")?;
    let value = record_of(input, collection)?;
    let status = validate(input, collection, rkey, &value)?;
    let Some(cid) = cid::of_record(&value) else {
        return invalid("Record has a value that the data model does not allow, such as a float");
    };
    if account.behavior == Behavior::AnswerLostNothingPosted {
        return Ok(Answer::Lost);
    }
    let loses = matches!(account.behavior, Behavior::AnswerLost | Behavior::LandsLate | Behavior::LandsTwice);
    let now = context.now().timestamp_millis();
    let at = now + account.behavior.delay() * 1000;
    let written = Record::new(account, collection, rkey, cid, &value, at);
    for _ in 0..ATTEMPTS {
        let current = record::find(context, account, collection, rkey).await?;
        if current.as_ref().is_some_and(|current| current.visible_at > now) {
            // The first of several requests lands first, and a later one changes nothing.
            return Ok(Answer::Lost);
        }
        if current.as_ref().is_some_and(|current| current.cid == written.cid) {
            return Ok(if loses { Answer::Lost } else { answer(&written, status, false).into() });
        }
        check_swap(swap, current.as_ref())?;
        let blobs = blob::require_all(context, account, &value).await?;
        if record::write(context, &written, current.as_ref(), blobs).await? {
            return Ok(if loses { Answer::Lost } else { answer(&written, status, true).into() });
        }
    }
    Err(Error::Busy.into())
}

/// The record, whose type is its collection.
fn record_of(input: &Input, collection: &str) -> Result<Value, Stop> {
    let Some(Value::Object(object)) = input.get("record") else {
        return invalid("Input/record must be an object");
    };
    let mut record = object.clone();
    let kind = record.entry("$type").or_insert_with(|| collection.into());
    if kind != collection {
        return invalid(&format!("Invalid $type: expected {collection}, got {kind}"));
    }
    Ok(Value::Object(record))
}

/// Checks key and record. Returns the status of the validation.
fn validate(input: &Input, collection: &str, rkey: &str, record: &Value) -> Result<&'static str, Stop> {
    if !syntax::is_nsid(collection) {
        return invalid("Input/collection must be a valid nsid");
    }
    if !syntax::is_record_key(rkey) {
        return invalid("Input/rkey must be a valid Record Key");
    }
    let asked = match input.get("validate") {
        None => None,
        Some(Value::Bool(asked)) => Some(*asked),
        Some(_) => return invalid("Input/validate must be a boolean"),
    };
    match (asked, collection) {
        (Some(false), _) => Ok("unknown"),
        (_, POST | THREADGATE) if !syntax::is_tid(rkey) => {
            invalid(&format!("Invalid {collection} record key: it must be a TID"))
        }
        (_, POST) => valid(collection, post_rules::check(record)),
        (_, THREADGATE) => valid(collection, threadgate_rules::check(record)),
        (Some(true), _) => invalid(&format!("Lexicon not found: lex:{collection}")),
        (None, _) => Ok("unknown"),
    }
}

fn valid(collection: &str, checked: Result<(), String>) -> Result<&'static str, Stop> {
    match checked {
        Ok(()) => Ok("valid"),
        Err(rule) => invalid(&format!("Invalid {collection} record: {rule}")),
    }
}

fn check_swap(swap: &Swap, current: Option<&Record>) -> Result<(), Stop> {
    let current = current.map(|current| current.cid.as_str());
    let matches = match swap {
        Swap::Anything => true,
        Swap::Nothing => current.is_none(),
        Swap::Cid(cid) => current == Some(cid),
    };
    if matches { Ok(()) } else { refuse("InvalidSwap", &format!("Record was at {}", current.unwrap_or("null"))) }
}

/// An answer without a commit says that nothing changed.
fn answer(record: &Record, status: &str, changed: bool) -> reply::Reply {
    let mut body = json!({ "uri": record.uri(), "cid": record.cid, "validationStatus": status });
    if changed {
        let at = chrono::DateTime::from_timestamp_millis(record.visible_at).unwrap_or_default();
        let rev = syntax::tid(at, 0);
        let cid = cid::of_record(&json!({ "did": record.did, "rev": rev, "data": record.cid }));
        body["commit"] = json!({ "cid": cid, "rev": rev });
    }
    reply::json(StatusCode::OK, &body)
}
