//! The facts of X.

use std::time::Duration;

use super::body;
use crate::{
    Spec,
    media::{Format, ImageRules, MediaRules, VideoRules},
    spec::{ABOUT_TO_END, Absence, Authorization, ClientAuthentication, Ends, Pkce, Renewal, Repeat, Revocation},
};

const MB: u64 = 1024 * 1024;

pub(super) static SPEC: Spec = Spec {
    display_name: "X",
    authorization: Authorization::App {
        authorize: "https://x.com/i/oauth2/authorize",
        token: "https://api.x.com/2/oauth2/token",
        client_id: "client_id",
        client: ClientAuthentication::Basic,
    },
    scopes: &["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"],
    scope_separator: ' ',
    required_scopes: &["tweet.read", "tweet.write", "users.read"],
    media_scopes: &["media.write"],
    older_scopes: &[],
    // X returns either code for a refresh token that is rotated, revoked or expired.
    dead_grant: &["invalid_grant", "invalid_request"],
    pkce: Pkce::S256,
    code_suffix: "",
    long_lived: None,
    renewal: Renewal::RefreshToken,
    renew_before: ABOUT_TO_END,
    revocation: Revocation::Token { url: "https://api.x.com/2/oauth2/revoke", ends: Ends::RefreshToken },
    signed_requests: false,
    prompt: None,
    account_note: None,
    // <https://docs.x.com/x-api/media/quickstart/best-practices>
    uploads_media: true,
    media: MediaRules {
        required: false,
        max_items: 4,
        max_videos: 1,
        mixed: false,
        image: ImageRules { formats: &[Format::Jpeg, Format::Png, Format::Webp], max_bytes: 5 * MB, ratio: None },
        animation: Some(ImageRules { formats: &[Format::Gif], max_bytes: 15 * MB, ratio: None }),
        video: VideoRules {
            formats: &[Format::Mp4, Format::QuickTime],
            max_bytes: 512 * MB,
            milliseconds: 500..=140_000,
            ratio: Some([(1, 3), (3, 1)]),
        },
    },
    options: &body::OPTIONS,
    // There is no key: the same text sent again is a second post or a refusal.
    repeat: Repeat::Never,
    absence: Absence::Never,
    // Each read-back costs the agency money (pay per use): after two, a person decides.
    read_back_after: &[Duration::from_secs(2), Duration::from_secs(60)],
};
