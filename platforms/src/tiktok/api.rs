//! The Content Posting API's address.

pub(super) const API: &str = "https://open.tiktokapis.com/v2";
