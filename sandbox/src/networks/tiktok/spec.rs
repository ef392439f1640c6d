//! TikTok's name, hosts and accounts.

use super::account::ACCOUNTS;
use crate::{
    host::{Host, LARGEST_BODY},
    page::Allow,
    spec::Spec,
};

pub(super) const SITE: &str = "www.tiktok.com";
pub(super) const API: &str = "open.tiktokapis.com";
pub(super) const UPLOADS: &str = "open-upload.tiktokapis.com";

pub(super) static SPEC: Spec = Spec {
    key: "tiktok",
    name: "TikTok",
    about: "Posts with a video or photos.",
    hosts: &[Host::new(SITE), Host::new(API), Host::with_uploads(UPLOADS, LARGEST_BODY)],
    accounts: ACCOUNTS,
    allow: Allow::Media,
};
