//! X (Twitter), API v2. <https://docs.x.com>
//!
//! Files are uploaded piece by piece; then one call without an idempotency key publishes. A commit without a response is
//! read back from the account's newest posts, and not finding the post proves nothing.

mod body;
mod cashtag;
mod emoji;
mod host;
mod link;
mod path;
mod post;
mod problem;
mod publish;
mod punycode;
mod spec;
mod tables;
mod text;
mod timeline;
mod units;
mod upload;
mod weight;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    Adapter, BrokenRule, Call, Content, Draft, Endpoints, Error, Found, Identity, Progress, Request, Response, Spec,
    Task, UnreadableState, request,
};

pub struct X;

impl Adapter for X {
    fn spec(&self) -> &'static Spec {
        &spec::SPEC
    }

    fn check_own(&self, content: &Content) -> Result<(), BrokenRule> {
        text::check(content)?;
        body::check(content)
    }

    fn whoami(&self, endpoints: &Endpoints, _: &[String]) -> Option<Request> {
        let mut url = endpoints.url("https://api.x.com/2/users/me");
        url.query_pairs_mut().append_pair("user.fields", "subscription_type");
        request::get(&url).ok()
    }

    fn identity(&self, answer: &Response) -> Result<Identity, Error> {
        #[derive(Deserialize)]
        struct User {
            id: String,
            name: String,
            username: String,
            /// `None`, `Basic`, `Premium` or `PremiumPlus`.
            #[serde(default)]
            subscription_type: Option<String>,
        }
        let user: Data<User> = problem::read(answer)?;
        let handle = &user.data.username;
        let is_handle =
            (1..=15).contains(&handle.len()) && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_id(&user.data.id) || !is_handle {
            return Err(Error::OutcomeUnknown("X's response does not identify an account".into()));
        }
        let subscribes = user.data.subscription_type.is_some_and(|subscription| subscription != "None");
        Ok(Identity {
            user_id: user.data.id,
            handle: user.data.username,
            display_name: user.data.name,
            app_user_id: None,
            max_text: subscribes.then_some(text::MAX_WEIGHT_OF_SUBSCRIBERS),
        })
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
        Ok(Some(timeline::request(task)?))
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error> {
        timeline::find(task, answer)
    }
}

/// X's envelope.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// X's ids are 64-bit numbers, as text.
fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
