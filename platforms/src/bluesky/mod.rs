//! Bluesky, through the AT Protocol: a post is a record in the account's own repository. <https://docs.bsky.app>
//!
//! The record's key, its time and its whole content are fixed before the first attempt, and it is written on the
//! condition that nothing stands under that key. So a repeated write is no second post: the server sees the same
//! record and changes nothing. What may not be here: the access token and the DPoP proof, which the caller adds.

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
    spec::{self, AbsenceProof, Asks, Authorization, Pkce, Renewal, Revocation},
};

static SPEC: Spec = Spec {
    display_name: "Bluesky",
    authorization: Authorization::AtProtocol,
    // `putRecord` wants both actions, even where it only creates. Reading records and resolving handles is public.
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
    asks_for: Some(Asks { field: "handle", label: "Your Bluesky handle", example: "name.bsky.social" }),
    account_note: None,
    media: MediaRules::NONE,
    options: &[],
    // The key is ours: should a late write land after all, the next attempt is the same record again.
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

    /// None: the token's `sub` is the DID, and discovery has confirmed its handle.
    fn whoami(&self, _: &Endpoints, _: &[String]) -> Option<Request> {
        None
    }

    fn identity(&self, _: &Response) -> Result<Identity, Error> {
        let message = "a Bluesky account is identified by the DID in its token answer".into();
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
