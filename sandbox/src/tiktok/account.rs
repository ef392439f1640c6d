//! The test accounts, and how each of them behaves. The only place to add one. An id is TikTok's own of the person,
//! which apps never see; a username has letters, digits, underscores and dots, 24 at most.

use super::TikTok;
use crate::{account::account, secret};

pub(crate) type Account = crate::account::Account<TikTok>;

/// What is peculiar about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Good,
    /// Good, and without rate limits.
    Unlimited,
    Declines,
    /// Never grants `video.publish`.
    WithholdsPublish,
    /// Its profile is private, and so are its privacy levels.
    Private,
    /// Its grant dies when it first publishes, and is never refreshed.
    TokenDeadAtPublish,
    ShortLivedToken,
    TooManyPosts,
    Banned,
    /// As if the app had not been audited: private posts only.
    Unaudited,
    SlowModeration,
    ProcessingFails,
    RateLimitedOnce,
    /// Publishes, and loses the answer to the request that did it.
    AnswerLost,
    /// Takes a chunk, and loses the answer, once.
    ChunkLostOnce,
    ServerErrorOnce,
    /// Fails as its caption says.
    Scripted,
}

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("6800000000000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes whatever it is given, within TikTok's rules."),
    account("6800000000000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second good account, for connecting more than one."),
    account("6800000000000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Posts without limit, for load tests."),
    account("6800000000000000004", "declines", "Declines", Behavior::Declines,
        "Says no when asked for consent: the app is sent back with access_denied."),
    account("6800000000000000005", "partial", "Partial Consent", Behavior::WithholdsPublish,
        "Grants everything but video.publish, without which nothing can be published."),
    account("6800000000000000006", "private_account", "Private Account", Behavior::Private,
        "Its profile is private: it offers no PUBLIC_TO_EVERYONE."),
    account("6800000000000000007", "token_dead", "Token Dead At Publish", Behavior::TokenDeadAtPublish,
        "Connects well, but at the first post its access has been withdrawn, and refreshing fails too."),
    account("6800000000000000008", "short_lived", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its access tokens live 60 seconds, so that a scheduled post needs a refresh, which works."),
    account("6800000000000000009", "spam_risk", "Too Many Posts", Behavior::TooManyPosts,
        "Has reached its daily number of posts: spam_risk_too_many_posts."),
    account("6800000000000000010", "banned", "Banned", Behavior::Banned,
        "Connects well, but is banned from posting: spam_risk_user_banned_from_posting."),
    account("6800000000000000011", "unaudited", "Unaudited App", Behavior::Unaudited,
        "Behaves as if the app had not been audited: only SELF_ONLY is accepted."),
    account("6800000000000000012", "slow_moderation", "Slow Moderation", Behavior::SlowModeration,
        "Its posts are complete soon, but their public ids are known only after two hours."),
    account("6800000000000000013", "processing_failed", "Processing Fails", Behavior::ProcessingFails,
        "Takes every file, and then finds its frame rate or its picture size wrong."),
    account("6800000000000000014", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post ever is answered 429; later ones pass."),
    account("6800000000000000015", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, but the connection breaks before the answer to the last request arrives."),
    account("6800000000000000016", "chunk_lost", "Chunk Answer Lost Once", Behavior::ChunkLostOnce,
        "Takes the second chunk of an upload (or its only one), but that answer never arrives; once."),
    account("6800000000000000017", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post ever is answered internal_error and is not begun; later ones pass."),
    account("6800000000000000018", "scripted", "Scripted", Behavior::Scripted,
        "Fails as the caption says: fail:init:<code> or fail:status:<fail_reason>."),
];

impl Account {
    /// How long an access token of this account lives, in seconds.
    pub(crate) fn access_lifetime(&self) -> i64 {
        match self.behavior {
            Behavior::ShortLivedToken => 60,
            _ => 7200,
        }
    }

    /// How long moderation keeps the id of a public post back, in seconds.
    pub(crate) fn moderation(&self) -> i64 {
        match self.behavior {
            Behavior::SlowModeration => 2 * 60 * 60,
            _ => 60,
        }
    }

    pub(crate) fn is_private(&self) -> bool {
        self.behavior == Behavior::Private
    }

    pub(crate) fn privacy_levels(&self) -> [&'static str; 3] {
        let first = if self.is_private() { "FOLLOWER_OF_CREATOR" } else { "PUBLIC_TO_EVERYONE" };
        [first, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    }

    /// The person as this one app knows it.
    pub(crate) fn open_id(&self, client_key: &str) -> String {
        self.pseudonym(&format!("open_id {client_key}"))
    }

    /// The person as all apps of a developer know it.
    pub(crate) fn union_id(&self) -> String {
        self.pseudonym("union_id")
    }

    fn pseudonym(&self, kind: &str) -> String {
        let mut pseudonym = secret::fingerprint(format!("{kind} {}", self.id));
        pseudonym.truncate(32);
        format!("-000{pseudonym}")
    }
}
