//! Keyset pages: `limit` and `cursor`. A cursor is a position in one list, never a key or a tenant: a foreign one can at
//! worst start elsewhere in the caller's own list.

use data_encoding::BASE64URL_NOPAD;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::{
    Code, Error, FieldError, Request, Response,
    request::{query, unknown},
};
use crate::{id::ClientId, store::Page};

/// How many things a page has if nobody says.
pub const DEFAULT: usize = 20;
const MAX: usize = 100;
/// The most bytes of a sort position. Ours are shorter, and DynamoDB takes none that is empty or much longer.
const MAX_POSITION: usize = 128;

/// How many things a page may have.
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

/// A place in a list, opaque.
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

/// What part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    pub limit: usize,
    /// The sort position of the last thing on the page before.
    pub after: Option<String>,
    /// The cursor as it was sent.
    pub cursor: Option<String>,
}

/// The name of a list of the agency's, or of one client's: each has positions of its own. An id is what the caller asked by,
/// and opens nothing.
#[must_use]
pub fn list(of: &str, client: Option<ClientId>) -> String {
    client.map_or_else(|| of.to_owned(), |client| format!("{of} of {client}"))
}

/// Reads `limit` and `cursor` of the list of that name. `others` are the names of whatever else its query may have.
///
/// # Errors
/// 422 for the limit and for parameters that are not known, 400 for a cursor that does not parse or is of another list.
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
        .map(|position| position.ok_or_else(|| Error::new(Code::CursorInvalid, "The cursor is not of this list.")))
        .transpose()?;
    Ok(Asked { limit, after, cursor: cursor.map(ToOwned::to_owned) })
}

/// One page of the list of that name.
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

/// One page of a list that is at hand as a whole, in the order of its positions.
#[must_use]
pub fn part<T>(mut all: Vec<T>, asked: &Asked, position: impl Fn(&T) -> String) -> Page<T> {
    all.sort_by_cached_key(&position);
    let mut rest = all.into_iter().filter(|thing| asked.after.as_ref().is_none_or(|after| position(thing) > *after));
    let items: Vec<T> = rest.by_ref().take(asked.limit).collect();
    let next = rest.next().and(items.last()).map(position);
    Page { items, next }
}

/// The cursor of the page behind `position`.
fn cursor(list: &str, position: &str) -> String {
    BASE64URL_NOPAD.encode(&serde_json::to_vec(&(list, position)).expect("two strings serialize"))
}
