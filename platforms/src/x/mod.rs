//! X (Twitter), API v2. <https://docs.x.com>
//!
//! Publishing is one call without an idempotency key. A commit without a response is read back from the account's newest
//! posts, and not finding the post proves nothing.

mod cashtag;
mod emoji;
mod host;
mod link;
mod path;
mod problem;
mod punycode;
mod tables;
mod units;
mod weight;

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::{
    Adapter, BrokenRule, Call, Content, Draft, Effect, Endpoints, Error, FaultCode, Found, Identity, Progress,
    Published, Request, Response, Spec, Task, UnreadableState,
    media::MediaRules,
    request,
    spec::{self, Absence, Authorization, ClientAuthentication, Ends, Pkce, Renewal, Repeat, Revocation},
};

/// The most weighted characters of a post by an account without a subscription.
const MAX_WEIGHT: usize = 280;

/// The weight at which counting stops. A text somewhat too long is counted to its end, so that its author learns by how much.
const MAX_COUNTED: usize = 10 * MAX_WEIGHT;

const MAX_CASHTAGS: usize = 1;

/// How far X's clock may be behind ours.
const CLOCK_SKEW: chrono::Duration = chrono::Duration::seconds(120);

static SPEC: Spec = Spec {
    display_name: "X",
    authorization: Authorization::App {
        authorize: "https://x.com/i/oauth2/authorize",
        token: "https://api.x.com/2/oauth2/token",
        client_id: "client_id",
        client: ClientAuthentication::Basic,
    },
    scopes: &["tweet.read", "tweet.write", "users.read", "offline.access"],
    scope_separator: ' ',
    required_scopes: &["tweet.read", "tweet.write", "users.read"],
    media_scopes: &[],
    // X returns either code for a refresh token that is rotated, revoked or expired.
    dead_grant: &["invalid_grant", "invalid_request"],
    pkce: Pkce::S256,
    code_suffix: "",
    long_lived: None,
    renewal: Renewal::RefreshToken,
    renew_before: spec::ABOUT_TO_END,
    revocation: Revocation::Token { url: "https://api.x.com/2/oauth2/revoke", ends: Ends::RefreshToken },
    signed_requests: false,
    prompt: None,
    account_note: None,
    media: MediaRules::NONE,
    options: &[],
    // There is no key: the same text sent again is a second post or a refusal.
    repeat: Repeat::Never,
    absence: Absence::Never,
    // Each read-back costs the agency money (pay per use): after two, a person decides.
    read_back_after: &[Duration::from_secs(2), Duration::from_secs(60)],
};

pub struct X;

impl Adapter for X {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check_own(&self, content: &Content) -> Result<(), BrokenRule> {
        let content = content.text;
        if content.trim().is_empty() {
            return Err(BrokenRule { rule: FaultCode::TextRequired, message: "X needs some text".into() });
        }
        let weight = weight::weigh(content, MAX_COUNTED);
        if weight > MAX_WEIGHT {
            let has = if weight > MAX_COUNTED { format!("more than {MAX_COUNTED}") } else { weight.to_string() };
            let message = format!(
                "X allows {MAX_WEIGHT} weighted characters (a link counts 23, an emoji or CJK character 2); this text has {has}"
            );
            return Err(BrokenRule { rule: FaultCode::TextTooLong, message });
        }
        if let Some(c) = weight::invalid_character(content) {
            let message = format!("X accepts no U+{:04X} in a text: remove this invisible character", u32::from(c));
            return Err(BrokenRule { rule: FaultCode::InvalidCharacter, message });
        }
        let cashtags = cashtag::count(content);
        if cashtags > MAX_CASHTAGS {
            let message = format!("X allows {MAX_CASHTAGS} cashtag ($TICKER); this text has {cashtags}");
            return Err(BrokenRule { rule: FaultCode::TooManyCashtags, message });
        }
        Ok(())
    }

    fn whoami(&self, endpoints: &Endpoints, _: &[String]) -> Option<Request> {
        request::get(&endpoints.url("https://api.x.com/2/users/me")).ok()
    }

    fn identity(&self, answer: &Response) -> Result<Identity, Error> {
        #[derive(Deserialize)]
        struct User {
            id: String,
            name: String,
            username: String,
        }
        let user: Data<User> = problem::read(answer)?;
        let handle = &user.data.username;
        let is_handle =
            (1..=15).contains(&handle.len()) && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_id(&user.data.id) || !is_handle {
            return Err(Error::OutcomeUnknown("X's response does not identify an account".into()));
        }
        Ok(Identity {
            user_id: user.data.id,
            handle: user.data.username,
            display_name: user.data.name,
            app_user_id: None,
            max_text: None,
        })
    }

    fn plan(&self, _: &Draft) -> Value {
        Value::Null
    }

    fn step(&self, task: &Task) -> Result<Call, UnreadableState> {
        let url = task.endpoints.url("https://api.x.com/2/tweets");
        let request = request::post(&url, &json!({ "text": task.content }))?;
        Ok(Call::new(request, Effect::Commit))
    }

    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error> {
        #[derive(Deserialize)]
        struct Tweet {
            id: String,
        }
        if answer.status() != StatusCode::CREATED && answer.status().is_success() {
            return Err(Error::OutcomeUnknown(format!("X answered {} to a creation", answer.status())));
        }
        let tweet: Data<Tweet> = problem::read(answer)?;
        Ok(Progress::Done(published(task, tweet.data.id)?))
    }

    /// <https://docs.x.com/x-api/users/get-posts>
    fn read_back(&self, task: &Task) -> Result<Option<Request>, UnreadableState> {
        let mut url = task.endpoints.url(&format!("https://api.x.com/2/users/{}/tweets", task.user_id));
        url.query_pairs_mut().append_pair("max_results", "100").append_pair("tweet.fields", "created_at,entities");
        if let Some(sent_at) = task.sent_at {
            let since = (sent_at - CLOCK_SKEW).to_rfc3339_opts(SecondsFormat::Secs, true);
            url.query_pairs_mut().append_pair("start_time", &since);
        }
        Ok(Some(request::get(&url)?))
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error> {
        #[derive(Deserialize)]
        struct Timeline {
            #[serde(default)]
            data: Vec<Tweet>,
        }
        let timeline: Timeline = problem::read(answer)?;
        let since = task.sent_at.map(|sent_at| sent_at - CLOCK_SKEW);
        let recent = |tweet: &Tweet| since.is_none_or(|since| tweet.created_at >= since);
        match timeline.data.into_iter().find(|tweet| recent(tweet) && tweet.matches(task.content.trim())) {
            Some(tweet) => Ok(Found::Known(Progress::Done(published(task, tweet.id)?))),
            None => Ok(Found::Missing { again: task.state.clone() }),
        }
    }
}

/// X's envelope.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// A post in a timeline.
#[derive(Deserialize)]
struct Tweet {
    id: String,
    text: String,
    created_at: DateTime<Utc>,
    #[serde(default)]
    entities: Entities,
}

#[derive(Default, Deserialize)]
struct Entities {
    #[serde(default)]
    urls: Vec<ShortUrl>,
}

#[derive(Deserialize)]
struct ShortUrl {
    url: String,
    expanded_url: String,
}

impl Tweet {
    /// Whether the text is the published content. X escapes three characters and replaces each link by a short one. The
    /// expanded link has a scheme, even if the author wrote none.
    fn matches(&self, content: &str) -> bool {
        let text = self.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let (text, content): (String, String) = (text.nfc().collect(), content.nfc().collect());
        let (mut text, mut content) = (text.as_str(), content.as_str());
        for link in &self.entities.urls {
            let Some((before, after)) = text.split_once(&link.url) else { continue };
            let written = [link.expanded_url.as_str(), link.expanded_url.trim_start_matches("http://")];
            let Some(rest) = content.strip_prefix(before) else { return false };
            let Some(rest) = written.into_iter().find_map(|link| rest.strip_prefix(link)) else { return false };
            (text, content) = (after, rest);
        }
        text == content
    }
}

/// X's ids are 64-bit numbers, as text.
fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn published(task: &Task, id: String) -> Result<Published, Error> {
    if !is_id(&id) {
        return Err(Error::OutcomeUnknown("X's response has an invalid id".into()));
    }
    let url = task.endpoints.url(&format!("https://x.com/{}/status/{id}", task.handle));
    Ok(Published { platform_post_id: Some(id), url: Some(url.into()) })
}

#[cfg(test)]
mod tests;
