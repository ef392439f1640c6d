//! The platforms, as data: another one is another row.

use http::Method;
use platforms::PlatformId;
use serde_json::{Value, json};
use shared::net::Request;

use crate::files::{self, File, Files};

pub(crate) struct Platform {
    pub(crate) id: PlatformId,
    /// Whose requests are the platform's: the first segment of the sandbox's paths.
    hosts: &'static [&'static str],
    /// The test accounts that take part.
    pub(crate) accounts: &'static [&'static str],
    /// What a post has here.
    files: fn(Files) -> &'static [File],
    /// Whether each post has a file that is uploaded to it.
    pub(crate) uploads: bool,
    options: Option<(&'static str, &'static str)>,
    /// The requests that make a post public: method, and a part of the path.
    commits: &'static [(Method, &'static str)],
}

pub(crate) static ALL: [Platform; 4] = [
    Platform {
        id: PlatformId::X,
        hosts: &["api.x.com"],
        accounts: &[
            GOOD,
            "short_lived",
            "rate_limited",
            "answer_lost",
            "lost_unposted",
            "server_error",
            "token_dead",
            "lands_late",
            "lands_twice",
            "suspended",
            "media_gone",
            "chunk_lost",
            "processing_fail",
            "slow_processing",
        ],
        files: |files| match files {
            Files::None => &[],
            Files::Image => files::IMAGE,
            Files::Images => files::IMAGES,
            Files::Animation => files::ANIMATION,
            // X takes no description of a video.
            Files::Video => files::VIDEO,
        },
        uploads: false,
        options: None,
        commits: &[(Method::POST, "/2/tweets")],
    },
    Platform {
        id: PlatformId::Instagram,
        hosts: &["graph.instagram.com", "api.instagram.com"],
        accounts: &[
            GOOD,
            "short_lived",
            "rate_limited",
            "answer_lost",
            "lost_unposted",
            "server_error",
            "container_error",
            "error_once",
            "container_gone",
            "token_dead",
            "lands_late",
            "lands_twice",
        ],
        files: |_| files::SQUARE,
        uploads: false,
        options: None,
        commits: &[(Method::POST, "/media_publish")],
    },
    Platform {
        id: PlatformId::TikTok,
        hosts: &["open.tiktokapis.com", "open-upload.tiktokapis.com"],
        accounts: &[
            GOOD,
            "short_lived",
            "rate_limited",
            "answer_lost",
            "chunk_lost",
            "server_error",
            "slow_processing",
            "resent_404",
            "resent_416",
            "processing_failed",
            "scripted",
            "token_dead",
            "banned",
            "lands_late",
            "lands_twice",
        ],
        files: |_| files::VIDEO,
        uploads: true,
        options: Some(("privacyLevel", "PUBLIC_TO_EVERYONE")),
        // A video of one piece: this is the last one.
        commits: &[(Method::PUT, "/video/")],
    },
    Platform {
        id: PlatformId::Bluesky,
        hosts: &["xrpc", "oauth", "plc"],
        accounts: &[
            "demo-shop.test",
            "short-lived.test",
            "rate-limited.test",
            "answer-lost.test",
            "lost-unposted.test",
            "server-error.test",
            "token-dead.test",
            "lands-late.test",
            "lands-twice.test",
            "suspended.test",
            "video-fails.test",
            "video-stuck.test",
            "no-email.test",
        ],
        files: |files| match files {
            Files::None => &[],
            Files::Image => files::IMAGE,
            // It takes no animations.
            Files::Images | Files::Animation => files::IMAGES,
            Files::Video => files::DESCRIBED_VIDEO,
        },
        uploads: false,
        options: None,
        commits: &[(Method::POST, "com.atproto.repo.putRecord")],
    },
];

/// The account without any peculiarity.
pub(crate) const GOOD: &str = "demo_shop";

impl Platform {
    pub(crate) fn by_id(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|platform| platform.id.as_str() == id)
    }

    /// The platform that gets this request.
    pub(crate) fn of(request: &Request) -> Option<&'static Self> {
        let host = request.uri().path().trim_start_matches('/').split('/').next()?;
        ALL.iter().find(|platform| platform.hosts.contains(&host))
    }

    /// The files of a version of a post.
    pub(crate) fn files(&self, files: Files, version: usize) -> &'static [File] {
        (self.files)(files.of_version(version))
    }

    pub(crate) fn commits(&self, request: &Request) -> bool {
        self.commits.iter().any(|(method, path)| request.method() == method && request.uri().path().contains(path))
    }

    /// What a post to this platform needs in `platformOptions`.
    pub(crate) fn options(&self) -> Option<Value> {
        self.options.map(|(name, value)| json!({ name: value }))
    }
}
