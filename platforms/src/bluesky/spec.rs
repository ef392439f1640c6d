//! The facts of Bluesky.

use std::time::Duration;

use super::record::{LABELS, MAX_LANGUAGES, REPLY_CONTROLS};
use crate::{
    Spec,
    media::{Format, ImageRules, MediaRules, VideoRules},
    options::{PlatformOption, Values},
    spec::{ABOUT_TO_END, Absence, Authorization, Pkce, Prompt, Renewal, Repeat, Revocation},
};

const MINUTE: Duration = Duration::from_secs(60);

/// `putRecord` requires both actions even if it only creates.
const POSTS: &str = "repo:app.bsky.feed.post?action=create&action=update";
const THREADGATES: &str = "repo:app.bsky.feed.threadgate?action=create&action=update";
const UPLOADS: &str = "blob:*/*";

pub(super) static SPEC: Spec = Spec {
    display_name: "Bluesky",
    authorization: Authorization::AtProtocol,
    // Reading records and resolving handles is public. <https://atproto.com/specs/permission>
    scopes: &["atproto", POSTS, THREADGATES, UPLOADS, "rpc:com.atproto.repo.uploadBlob?aud=*"],
    scope_separator: ' ',
    required_scopes: &["atproto", POSTS],
    media_scopes: &[UPLOADS],
    older_scopes: &["atproto", "transition:generic"],
    dead_grant: &["invalid_grant"],
    pkce: Pkce::S256,
    code_suffix: "",
    long_lived: None,
    renewal: Renewal::RefreshToken,
    renew_before: ABOUT_TO_END,
    revocation: Revocation::Discovered,
    signed_requests: false,
    prompt: Some(Prompt { field: "handle", label: "Your Bluesky handle", example: "name.bsky.social" }),
    account_note: None,
    // The sizes are those of the lexicons: `app.bsky.embed.images` and `app.bsky.embed.video`. A video's length is not limited
    // there.
    uploads_media: true,
    media: MediaRules {
        animation: None,
        required: false,
        max_items: 4,
        max_videos: 1,
        mixed: false,
        image: ImageRules { formats: &[Format::Jpeg, Format::Png, Format::Webp], max_bytes: 2_000_000, ratio: None },
        video: VideoRules { formats: &[Format::Mp4], max_bytes: 300_000_000, milliseconds: 0..=u64::MAX, ratio: None },
    },
    options: &[
        PlatformOption {
            name: "languages",
            values: Values::List { of: &Values::Language, from: 1, to: MAX_LANGUAGES },
            required: false,
            scopes: &[],
        },
        PlatformOption {
            name: "labels",
            values: Values::List { of: &Values::OneOf(&LABELS), from: 1, to: LABELS.len() },
            required: false,
            scopes: &[],
        },
        PlatformOption {
            name: "replyControl",
            values: Values::OneOf(&REPLY_CONTROLS),
            required: false,
            scopes: &[THREADGATES],
        },
        PlatformOption { name: "linkCard", values: Values::Flag, required: false, scopes: &[] },
    ],
    // The same record under the same key. A server that has it changes nothing.
    repeat: Repeat::ByKey { after: MINUTE, within: Duration::from_secs(24 * 60 * 60) },
    // A server refuses a request whose DPoP nonce is older than three minutes; that may still be in its queue for a while.
    absence: Absence::After(MINUTE.saturating_mul(10)),
    read_back_after: &[Duration::from_secs(2), Duration::from_secs(30), Duration::from_secs(300)],
};
