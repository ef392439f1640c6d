//! The facts of Bluesky.

use std::time::Duration;

use crate::{
    Spec,
    media::MediaRules,
    spec::{ABOUT_TO_END, Absence, Authorization, Pkce, Prompt, Renewal, Repeat, Revocation},
};

const MINUTE: Duration = Duration::from_secs(60);

pub(super) static SPEC: Spec = Spec {
    display_name: "Bluesky",
    authorization: Authorization::AtProtocol,
    // `putRecord` requires both actions even if it only creates. Reading records and resolving handles is public.
    // <https://atproto.com/specs/permission>
    scopes: &["atproto", "repo:app.bsky.feed.post?action=create&action=update"],
    scope_separator: ' ',
    required_scopes: &["atproto", "repo:app.bsky.feed.post?action=create&action=update"],
    media_scopes: &[],
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
    media: MediaRules::NONE,
    options: &[],
    // The same record under the same key. A server that has it changes nothing.
    repeat: Repeat::ByKey { after: MINUTE, within: Duration::from_secs(24 * 60 * 60) },
    // A server refuses a request whose DPoP nonce is older than three minutes; that may still be in its queue for a while.
    absence: Absence::After(MINUTE.saturating_mul(10)),
    read_back_after: &[Duration::from_secs(2), Duration::from_secs(30), Duration::from_secs(300)],
};
