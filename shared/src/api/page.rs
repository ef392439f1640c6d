//! Keyset pagination with `limit` and `cursor`. A cursor holds a position in one list, never a key or a tenant, so a
//! forged cursor can at worst start at another position in the caller's own list.

use data_encoding::BASE64URL_NOPAD;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::{
    Code, Error, FieldError, Request, Response,
    request::{query, unknown},
};
use crate::{id::ClientId, store::Page};

/// Number of items on a page by default.
pub const DEFAULT: usize = 20;
const MAX: usize = 100;
/// Maximum size of a sort position, in bytes. Our positions are shorter, and DynamoDB accepts neither an empty one nor a
/// much longer one.
const MAX_POSITION: usize = 256;

/// The `limit` parameter's schema.
pub struct Limit;

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MAX, "default": DEFAULT })
    }
}

/// An opaque position in a list.
pub struct Cursor;

impl JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// The requested part of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    pub limit: usize,
    /// The sort position of the last item on the previous page.
    pub after: Option<String>,
    /// The cursor as it was sent.
    pub cursor: Option<String>,
}

/// The name of a list of the agency or of one client. Cursors contain it, because positions of one list mean nothing in
/// another. The client's id is from the request and grants no access.
#[must_use]
pub fn list(of: &str, client: Option<ClientId>) -> String {
    client.map_or_else(|| of.to_owned(), |client| format!("{of} of {client}"))
}

/// Parses `limit` and `cursor` for `list`. `others` are the names of further allowed query parameters.
///
/// # Errors
/// 422 for an invalid limit or unknown parameters, 400 for a cursor that does not parse or belongs to another list.
pub fn asked(request: &Request, list: &str, others: &[&str]) -> Result<Asked, Error> {
    let mut faults = Vec::new();
    let limit = query(request, "limit").map_or(Some(DEFAULT), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=MAX).contains(limit)).unwrap_or_else(|| {
        faults.push(FieldError { path: "limit".into(), message: format!("must be a whole number from 1 to {MAX}") });
        DEFAULT
    });
    faults.extend(unknown(request, &[&["limit", "cursor"], others].concat()));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let cursor = query(request, "cursor");
    let after = cursor
        .map(|cursor| {
            let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
            let (of, position): (String, String) = serde_json::from_slice(&bytes).ok()?;
            (of == list && (1..=MAX_POSITION).contains(&position.len())).then_some(position)
        })
        .map(|position| {
            position.ok_or_else(|| Error::new(Code::CursorInvalid, "The cursor does not belong to this list."))
        })
        .transpose()?;
    Ok(Asked { limit, after, cursor: cursor.map(ToOwned::to_owned) })
}

/// The response with one page of `list`.
#[must_use]
pub fn answer<'a, T, O: Serialize>(
    list: &str,
    asked: &Asked,
    page: &'a Page<T>,
    object: impl FnMut(&'a T) -> O,
) -> Response {
    let next = page.next.as_deref().map(|position| cursor(list, position));
    Response::many(page.items.iter().map(object), asked.cursor.as_deref(), next.as_deref())
}

/// The response with a part of a log, which continues at `next`.
#[must_use]
pub fn part_of_log(
    list: &str,
    asked: &Asked,
    events: impl Iterator<Item = impl Serialize>,
    next: &str,
    more: bool,
) -> Response {
    Response::part_of_log(events, asked.cursor.as_deref(), &cursor(list, next), more)
}

/// One page of a complete list in memory, sorted by position.
#[must_use]
pub fn part<T>(mut all: Vec<T>, asked: &Asked, position: impl Fn(&T) -> String) -> Page<T> {
    all.sort_by_cached_key(&position);
    let mut rest = all.into_iter().filter(|thing| asked.after.as_ref().is_none_or(|after| position(thing) > *after));
    let items: Vec<T> = rest.by_ref().take(asked.limit).collect();
    let next = rest.next().and(items.last()).map(position);
    Page { items, next }
}

/// The cursor of the page after `position`.
#[expect(clippy::expect_used, reason = "strings and numbers serialize")]
fn cursor(list: &str, position: &str) -> String {
    BASE64URL_NOPAD.encode(&serde_json::to_vec(&(list, position)).expect("two strings serialize"))
}
