//! Bluesky's name, hosts and accounts.

use super::account::ACCOUNTS;
use crate::{
    host::{Host, LARGEST_BODY},
    page::Allow,
    spec::Spec,
};

/// The website, which shows posts.
pub(super) const SITE: &str = "bsky.app";
/// The first segments of the paths of the server, which is both PDS and authorization server.
pub(super) const WELL_KNOWN: &str = ".well-known";
pub(super) const OAUTH: &str = "oauth";
pub(super) const XRPC: &str = "xrpc";
/// How the paths of the PLC directory begin.
pub(super) const PLC: &str = "did:plc:";
/// The service that processes videos.
pub(super) const VIDEO: &str = "video.bsky.app";

/// The largest blob and the largest request with one, in bytes: the limit of a PDS that is installed as its documents say.
pub(super) const LARGEST_BLOB: usize = 100 * 1024 * 1024;

pub(super) static SPEC: Spec = Spec {
    key: "bluesky",
    name: "Bluesky",
    about: "Posts with text, images, a video or a link card. The app asks for the handle first.",
    hosts: &[
        Host::new(SITE),
        Host::new(WELL_KNOWN),
        Host::new(OAUTH),
        Host::with_uploads(XRPC, LARGEST_BLOB),
        Host::new(PLC),
        // The real service takes 300 MB.
        Host::with_uploads(VIDEO, LARGEST_BODY),
    ],
    accounts: ACCOUNTS,
    allow: Allow::Nothing,
};
