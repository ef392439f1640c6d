//! Bluesky, through the AT Protocol: a post is a record in the account's repository. <https://docs.bsky.app>
//!
//! The record's key, its time and its content are fixed before the first attempt, and the write is conditional on the key
//! being free. Writing is therefore idempotent: a server that already has the record changes nothing. The access token and
//! the DPoP proof are not handled here; the caller adds them.

pub mod atproto_client;
mod card;
mod facets;
mod mention;
mod page;
mod publish;
mod record;
mod refusal;
mod spec;
mod state;
mod text;
mod tid;
mod token;
mod upload;
mod video;
mod xrpc;

use serde_json::Value;

use self::spec::SPEC;
use crate::{
    Adapter, BrokenRule, Call, Content, Draft, Endpoints, Error, FaultCode, Found, Identity, Progress, Request,
    Response, Spec, Task, TokenResponse, UnreadableState,
};

pub struct Bluesky;

impl Adapter for Bluesky {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check_own(&self, content: &Content) -> Result<(), BrokenRule> {
        text::check(content.text, !content.media.is_empty())
    }

    fn token_response(&self, body: &[u8]) -> serde_json::Result<TokenResponse> {
        token::read(body)
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

    fn step(&self, task: &Task) -> Result<Call, UnreadableState> {
        publish::step(task)
    }

    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error> {
        publish::read(task, answer)
    }

    fn read_back(&self, task: &Task) -> Result<Option<Request>, UnreadableState> {
        publish::read_back(task).map(Some)
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error> {
        publish::find(task, answer)
    }
}

#[cfg(test)]
mod tests;
