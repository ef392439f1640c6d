//! The accounts that a text mentions: their handles are resolved one by one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    facets::{self, Feature},
    state::Phase,
    xrpc,
};
use crate::{Call, Category, Effect, Error, Response, Task, UnreadableState};

pub(super) const NO_HANDLE: UnreadableState = UnreadableState::Lacks("a handle that is left to resolve");

/// The phase that resolves the mentioned handles; `None` without any.
pub(super) fn resolve(content: &str) -> Option<Phase> {
    let mut left = Vec::new();
    for facet in facets::detect(content) {
        if let Feature::Mention { handle } = facet.feature
            && !left.contains(&handle)
        {
            left.push(handle);
        }
    }
    left.reverse();
    (!left.is_empty()).then(|| Phase::Resolve { left, dids: BTreeMap::new() })
}

pub(super) fn step(task: &Task, left: &[String]) -> Result<Call, UnreadableState> {
    let handle = left.last().ok_or(NO_HANDLE)?;
    let request = xrpc::get(task, "com.atproto.identity.resolveHandle", &[("handle", handle.as_str())])?;
    Ok(Call::new(request, Effect::Prepare))
}

/// The DID of a mentioned handle. A handle that does not resolve stays plain text and does not stop the post.
pub(super) fn resolved(answer: &Response) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    match xrpc::body::<Resolved>(answer) {
        Ok(Resolved { did }) => Ok(Some(did).filter(|did| is_did(did))),
        Err(Error::Rejected { code, .. }) if matches!(code.category(), Category::Content | Category::Platform) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// <https://atproto.com/specs/did#at-protocol-did-identifier-syntax>. The server refuses a record with an invalid DID.
fn is_did(text: &str) -> bool {
    let Some((method, id)) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) else { return false };
    text.len() <= 2048
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:%-".contains(&byte))
        && !id.is_empty()
        && !id.ends_with([':', '%'])
}
