//! TikTok, through the Content Posting API. <https://developers.tiktok.com/doc/content-posting-api-get-started>
//!
//! We upload videos in chunks. Nothing is visible until the last chunk has arrived, and each upload has an id that can be
//! asked about; if TikTok fetched the video itself, a single call would publish it. TikTok can only fetch photos.

mod api;
mod options;
mod publish;
mod refusal;
mod text;
mod token;
mod upload;

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use self::api::API;
use crate::{
    Adapter, BrokenRule, Call, Content, Draft, Endpoints, Error, Found, Identity, Progress, Request, Response, Spec,
    Task, TokenResponse, UnreadableState,
    media::{Format, ImageRules, MediaRules, VideoRules},
    request,
    spec::{self, Absence, Authorization, ClientAuthentication, Ends, Pkce, Renewal, Repeat, Revocation},
};

/// Grants the username, which a post's address needs. A person may withhold it.
const PROFILE: &str = "user.info.profile";

static SPEC: Spec = Spec {
    display_name: "TikTok",
    authorization: Authorization::App {
        authorize: "https://www.tiktok.com/v2/auth/authorize/",
        token: "https://open.tiktokapis.com/v2/oauth/token/",
        client_id: "client_key",
        client: ClientAuthentication::Form,
    },
    // Every further scope makes customers connect again, so those for drafts and for numbers are asked for from the start.
    scopes: &["user.info.basic", PROFILE, "video.publish", "video.upload", "video.list"],
    scope_separator: ',',
    required_scopes: &["user.info.basic", "video.publish"],
    media_scopes: &[],
    older_scopes: &[],
    dead_grant: &["invalid_grant", "access_token_invalid"],
    // Not supported for web apps; desktop apps send S256 in hexadecimal.
    pkce: Pkce::None,
    code_suffix: "",
    long_lived: None,
    renewal: Renewal::RefreshToken,
    renew_before: spec::ABOUT_TO_END,
    revocation: Revocation::Token { url: "https://open.tiktokapis.com/v2/oauth/revoke/", ends: Ends::AccessToken },
    signed_requests: false,
    prompt: None,
    account_note: None,
    uploads_media: false,
    media: MediaRules {
        required: true,
        max_items: 35,
        max_videos: 1,
        mixed: false,
        image: ImageRules { formats: &[Format::Jpeg, Format::Webp], max_bytes: 20 * 1024 * 1024, ratio: None },
        animation: None,
        // Each account has its own limit, which is read before publishing.
        video: VideoRules {
            formats: &[Format::Mp4, Format::QuickTime, Format::WebM],
            max_bytes: 4 * 1024 * 1024 * 1024,
            milliseconds: 3_000..=3_600_000,
            ratio: None,
        },
    },
    options: &options::OPTIONS,
    // What TikTok answers to a last chunk that it has is not documented.
    repeat: Repeat::Never,
    // An upload address lasts for an hour. Until then, the last chunk may still arrive.
    absence: Absence::After(Duration::from_secs(3600)),
    read_back_after: &[
        Duration::from_secs(5),
        Duration::from_secs(60),
        Duration::from_secs(300),
        Duration::from_secs(1800),
        Duration::from_secs(3600),
    ],
};

pub struct TikTok;

impl Adapter for TikTok {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn check_own(&self, content: &Content) -> Result<(), BrokenRule> {
        text::check(content.text, content.media)?;
        options::check(content)
    }

    fn exempting_option(&self) -> Option<&'static str> {
        Some(options::DRAFT)
    }

    fn token_response(&self, body: &[u8]) -> serde_json::Result<TokenResponse> {
        token::read(body)
    }

    /// <https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info>: one field
    /// beyond the granted scopes makes the whole request fail.
    fn whoami(&self, endpoints: &Endpoints, granted: &[String]) -> Option<Request> {
        let mut url = endpoints.url(&format!("{API}/user/info/"));
        let named = granted.iter().any(|scope| scope == PROFILE);
        let fields = if named { "open_id,display_name,username" } else { "open_id,display_name" };
        url.query_pairs_mut().append_pair("fields", fields);
        request::get(&url).ok()
    }

    fn identity(&self, answer: &Response) -> Result<Identity, Error> {
        #[derive(Deserialize)]
        struct Found {
            user: User,
        }
        #[derive(Deserialize)]
        struct User {
            open_id: String,
            #[serde(default)]
            display_name: String,
            #[serde(default)]
            username: String,
        }
        let Found { user } = refusal::data(answer)?;
        if user.open_id.is_empty() || user.open_id.len() > 128 {
            return Err(Error::OutcomeUnknown("TikTok's response does not identify an account".into()));
        }
        let handle = if user.username.is_empty() { user.display_name.clone() } else { user.username };
        let display_name = if user.display_name.is_empty() { handle.clone() } else { user.display_name };
        Ok(Identity { user_id: user.open_id, handle, display_name, app_user_id: None, max_text: None })
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
        publish::read_back(task)
    }

    fn find(&self, task: &Task, answer: &Response) -> Result<Found, Error> {
        publish::find(task, answer)
    }
}

#[cfg(test)]
mod tests;
