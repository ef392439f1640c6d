//! Instagram, through Instagram Login: professional accounts, without a Facebook page.
//! <https://developers.facebook.com/docs/instagram-platform/content-publishing>
//!
//! Instagram fetches the media into a container, and one more call publishes the container. A container can be published
//! only once and reports its status, which resolves a commit without a response.

mod caption;
mod container;
mod graph;
mod newest;
mod options;
mod publish;
mod refusal;
mod token;

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use self::graph::{GRAPH, is_id};
use crate::{
    Adapter, BrokenRule, Call, Content, Draft, Endpoints, Error, FaultCode, Found, Identity, Progress, Request,
    Response, Spec, Task, TokenResponse, UnreadableState,
    media::{Format, ImageRules, MediaRules, VideoRules},
    request,
    spec::{Absence, Authorization, ClientAuthentication, LongLived, Pkce, Renewal, Repeat, Revocation},
};

const HOUR: Duration = Duration::from_secs(3600);

static SPEC: Spec = Spec {
    display_name: "Instagram",
    authorization: Authorization::App {
        authorize: "https://www.instagram.com/oauth/authorize",
        token: "https://api.instagram.com/oauth/access_token",
        client_id: "client_id",
        client: ClientAuthentication::Form,
    },
    // Every further permission makes customers connect again, so those for comments and for numbers are asked for from the
    // start.
    scopes: &[
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
    ],
    scope_separator: ',',
    required_scopes: &["instagram_business_basic", "instagram_business_content_publish"],
    media_scopes: &[],
    older_scopes: &[],
    // 190: the token is expired, revoked, or of a removed app. 100: the token is too young to be renewed; that is fatal,
    // because a young token is renewed only after it was refused.
    dead_grant: &["190", "100"],
    pkce: Pkce::None,
    code_suffix: "#_",
    long_lived: Some(LongLived { url: "https://graph.instagram.com/access_token", grant_type: "ig_exchange_token" }),
    renewal: Renewal::AccessToken {
        url: "https://graph.instagram.com/refresh_access_token",
        grant_type: "ig_refresh_token",
    },
    // Tokens live for 60 days. A token can be renewed when it is a day old, until it expires.
    renew_before: Duration::from_secs(30 * 86_400),
    // Instagram Login has no such call; Meta's would remove our app for the person altogether.
    revocation: Revocation::None,
    signed_requests: true,
    prompt: None,
    account_note: Some("Needs a business or creator account. Switching is free, in Instagram’s settings."),
    uploads_media: false,
    media: MediaRules {
        required: true,
        max_items: 10,
        max_videos: 10,
        mixed: true,
        image: ImageRules { formats: &[Format::Jpeg], max_bytes: 8 * 1024 * 1024, ratio: Some([(4, 5), (191, 100)]) },
        animation: None,
        video: VideoRules {
            formats: &[Format::Mp4, Format::QuickTime],
            max_bytes: 300 * 1024 * 1024,
            milliseconds: 3_000..=900_000,
            // "between 0.01:1 and 10:1"
            ratio: Some([(1, 100), (10, 1)]),
        },
    },
    options: &options::OPTIONS,
    // Meta's documents do not say what a second publishing call for one container does.
    repeat: Repeat::Never,
    // A finished container may still be published by a late call. One that has expired, at most 24 hours after it was made, or
    // that has an error cannot.
    absence: Absence::ByStatus,
    read_back_after: &[
        Duration::from_secs(5),
        Duration::from_secs(60),
        Duration::from_secs(120),
        Duration::from_secs(600),
        HOUR,
        HOUR.saturating_mul(6),
        HOUR.saturating_mul(18),
    ],
};

pub struct Instagram;

impl Adapter for Instagram {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check_own(&self, content: &Content) -> Result<(), BrokenRule> {
        options::check(content)
    }

    fn media_rules(&self, content: &Content) -> (&'static str, &'static MediaRules) {
        if options::is_set(content.options, options::STORY) {
            return ("An Instagram story", &options::STORY_RULES);
        }
        (SPEC.display_name, &SPEC.media)
    }

    /// <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>
    fn declined(&self, error: &str, reason: Option<&str>) -> bool {
        error == "access_denied" || reason == Some("user_denied")
    }

    fn token_response(&self, body: &[u8]) -> serde_json::Result<TokenResponse> {
        token::read(body)
    }

    fn token_error(&self, body: &[u8]) -> Option<String> {
        token::error_code(body)
    }

    fn whoami(&self, endpoints: &Endpoints, _: &[String]) -> Option<Request> {
        let mut url = endpoints.url(&format!("{GRAPH}/me"));
        url.query_pairs_mut().append_pair("fields", "id,user_id,username,name,account_type");
        request::get(&url).ok()
    }

    /// # Errors
    /// `account_unsuitable` for a personal account: Instagram only publishes for professional accounts.
    fn identity(&self, answer: &Response) -> Result<Identity, Error> {
        #[derive(Deserialize)]
        struct User {
            /// The person for our app, as signed requests name them.
            #[serde(default)]
            id: String,
            user_id: String,
            username: String,
            #[serde(default)]
            name: String,
            #[serde(default)]
            account_type: String,
        }
        let user: User = refusal::body(answer)?;
        if user.account_type.eq_ignore_ascii_case("PERSONAL") {
            let message = "the account is a personal one".into();
            return Err(Error::Rejected { code: FaultCode::AccountUnsuitable, message });
        }
        let is_name = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'.';
        if !is_id(&user.user_id) || user.username.is_empty() || !user.username.bytes().all(is_name) {
            return Err(Error::OutcomeUnknown("Instagram's response does not identify an account".into()));
        }
        let app_user_id = is_id(&user.id).then_some(user.id);
        let display_name = if user.name.is_empty() { user.username.clone() } else { user.name };
        Ok(Identity { user_id: user.user_id, app_user_id, handle: user.username, display_name, max_text: None })
    }

    fn plan(&self, draft: &Draft) -> Value {
        publish::plan(draft)
    }

    fn step(&self, task: &Task) -> Result<Call, UnreadableState> {
        publish::step(task)
    }

    fn without_answer(&self, task: &Task) -> Option<Value> {
        publish::without_answer(task)
    }

    fn read(&self, task: &Task, answer: &Response) -> Result<Progress, Error> {
        publish::read(task, answer)
    }

    fn read_back(&self, task: &Task) -> Result<Option<Request>, UnreadableState> {
        publish::read_back(task)
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error> {
        publish::find(task, answer)
    }
}

#[cfg(test)]
mod tests;
