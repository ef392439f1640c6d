//! Bluesky, through the AT Protocol: a post is a record in the account's repository. <https://docs.bsky.app>
//!
//! The record's key, its time and its content are fixed before the first attempt, and the write is conditional on the key
//! being free. Writing is therefore idempotent: a server that already has the record changes nothing. The access token and
//! the DPoP proof are not handled here; the caller adds them.

mod facets;
mod publish;
mod refusal;
mod text;
mod tid;

use std::time::Duration;

use serde_json::Value;

use crate::{
    Adapter, BrokenRule, Call, Draft, Endpoints, Error, FaultCode, Identity, Progress, Request, Response, Spec, Task,
    media::{Facts, MediaRules},
    spec::{self, AbsenceProof, Authorization, Pkce, Prompt, Renewal, Revocation},
};

static SPEC: Spec = Spec {
    display_name: "Bluesky",
    authorization: Authorization::AtProtocol,
    // `putRecord` requires both actions even if it only creates. Reading records and resolving handles is public.
    // <https://atproto.com/specs/permission>
    scopes: &["atproto", "repo:app.bsky.feed.post?action=create&action=update"],
    scope_separator: ' ',
    required_scopes: &["atproto", "repo:app.bsky.feed.post?action=create&action=update"],
    dead_grant: &["invalid_grant"],
    pkce: Pkce::S256,
    code_suffix: "",
    long_lived: None,
    renewal: Renewal::RefreshToken,
    renew_before: spec::ABOUT_TO_END,
    revocation: Revocation::Discovered,
    prompt: Some(Prompt { field: "handle", label: "Your Bluesky handle", example: "name.bsky.social" }),
    account_note: None,
    media: MediaRules::NONE,
    options: &[],
    // If a late write takes effect after all, the next attempt writes the same record under the same key.
    absence_proof: AbsenceProof::After(Duration::ZERO),
    read_back_after: &[Duration::from_secs(2), Duration::from_secs(30), Duration::from_secs(300)],
    simulated: false,
};

pub struct Bluesky;

impl Adapter for Bluesky {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check_text(&self, content: &str, _: &[Facts]) -> Result<(), BrokenRule> {
        text::check(content)
    }

    /// `None`: `sub` in the token response is the DID, and discovery has confirmed its handle.
    fn whoami(&self, _: &Endpoints, _: &[String]) -> Option<Request> {
        None
    }

    fn identity(&self, _: &Response) -> Result<Identity, Error> {
        let message = "a Bluesky account is identified by the DID in its token response".into();
        Err(Error::Rejected { code: FaultCode::Refused, message })
    }

    fn plan(&self, draft: &Draft) -> Value {
        publish::plan(draft)
    }

    fn step(&self, task: &Task) -> Call {
        publish::step(task)
    }

    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error> {
        publish::read(task, answer)
    }

    fn read_back(&self, task: &Task) -> Option<Request> {
        Some(publish::read_back(task))
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Option<Progress>, Error> {
        publish::find(task, answer)
    }
}

#[cfg(test)]
mod tests;
