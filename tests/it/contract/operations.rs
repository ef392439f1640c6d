//! All operations with the names of their functions, in the order of the document.

use http::Method;
use shared::api::contract::Operation;

use super::document::TAGS;

const METHODS: [Method; 4] = [Method::POST, Method::GET, Method::PATCH, Method::DELETE];

pub(crate) fn all() -> Vec<(&'static str, Operation)> {
    let mut all = local::functions::operations();
    all.sort_by_key(|(_, operation)| {
        let tag = TAGS.iter().position(|(name, _)| *name == operation.tag);
        let tag = tag.unwrap_or_else(|| panic!("TAGS of contract/document.rs lacks {}", operation.tag));
        (tag, operation.path, METHODS.iter().position(|it| *it == operation.method))
    });
    all
}
