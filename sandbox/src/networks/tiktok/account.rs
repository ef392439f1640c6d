//! TikTok's test accounts. An id is TikTok's internal id of the person, which apps never see. A username has letters,
//! digits, underscores and dots, 24 at most.

use crate::{
    account::{Account, account},
    behavior::Behavior,
    secret,
};

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("6800000000000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes every post that TikTok's rules allow."),
    account("6800000000000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second account that publishes, for connecting more than one."),
    account("6800000000000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Has no rate limits, for load tests."),
    account("6800000000000000004", "declines", "Declines", Behavior::Declines,
        "Declines consent: the app gets access_denied."),
    account("6800000000000000005", "partial", "Partial Consent", Behavior::WithholdsPublish,
        "Grants every scope except video.publish, which publishing needs."),
    account("6800000000000000006", "private_account", "Private Account", Behavior::Private,
        "Its profile is private: PUBLIC_TO_EVERYONE is not available."),
    account("6800000000000000007", "token_dead", "Token Dead At Publish", Behavior::AccessRevoked,
        "Revokes the app's access at its first post. Refreshing the token fails too."),
    account("6800000000000000008", "short_lived", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its access tokens expire after 60 seconds, so a scheduled post needs a refresh, which works."),
    account("6800000000000000009", "spam_risk", "Too Many Posts", Behavior::QuotaReached,
        "Has used up its daily quota: spam_risk_too_many_posts."),
    account("6800000000000000010", "banned", "Banned", Behavior::Suspended,
        "Can be connected, but is banned from posting: spam_risk_user_banned_from_posting."),
    account("6800000000000000011", "unaudited", "Unaudited App", Behavior::UnauditedApp,
        "Behaves as if TikTok had not audited the app: only SELF_ONLY is accepted."),
    account("6800000000000000012", "slow_moderation", "Slow Moderation", Behavior::SlowModeration,
        "Its posts are complete after seconds, but their public ids appear after two hours."),
    account("6800000000000000013", "processing_failed", "Processing Fails", Behavior::ProcessingFails,
        "Accepts every file, and then fails with a wrong frame rate or picture size."),
    account("6800000000000000014", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post is answered 429. Later posts are published."),
    account("6800000000000000015", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, and closes the connection without an answer to the last request."),
    account("6800000000000000016", "chunk_lost", "Chunk Answer Lost Once", Behavior::ChunkAnswerLostOnce,
        "Stores the second chunk of an upload (or its only one) and closes the connection without an answer, once."),
    account("6800000000000000017", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post is answered internal_error and is not started. Later posts are published."),
    account("6800000000000000018", "scripted", "Scripted", Behavior::Scripted,
        "Fails as the caption says: fail:init:<code> or fail:status:<fail_reason>."),
    account("6800000000000000019", "lands_late", "Lands Late", Behavior::LandsLate,
        "Closes the connection without an answer to the last request, which arrives 40 seconds later."),
    account("6800000000000000020", "lands_twice", "Lands Twice", Behavior::LandsTwice,
        "Publishes, and closes the connection without an answer to the last request. The same request again publishes a second post."),
    account("6800000000000000021", "slow_processing", "Slow Processing", Behavior::SlowProcessing,
        "Its media is processed for 90 seconds. Until then the status is PROCESSING_UPLOAD with all bytes uploaded."),
    account("6800000000000000022", "resent_404", "Resent Chunk Not Found", Behavior::RepetitionNotFound,
        "Loses the answer to the last chunk, processes for 60 seconds, and answers the last chunk, if sent again, 404."),
    account("6800000000000000023", "resent_416", "Resent Chunk Unsatisfiable", Behavior::RepetitionUnsatisfiable,
        "Loses the answer to the last chunk, processes for 60 seconds, and answers the last chunk, if sent again, 416."),
    account("6800000000000000024", "old_app", "Old App", Behavior::OldApp,
        "Has a TikTok app older than 31.8: app_version_check_failed for drafts. Other posts are published."),
];

/// The lifetime of an access token, in seconds.
pub(super) fn access_lifetime(account: &Account) -> i64 {
    match account.behavior {
        Behavior::ShortLivedToken => 60,
        _ => 7200,
    }
}

/// How long media is processed, in milliseconds.
pub(super) fn processing(account: &Account) -> i64 {
    match account.behavior {
        Behavior::SlowProcessing => 90_000,
        Behavior::RepetitionNotFound | Behavior::RepetitionUnsatisfiable => 60_000,
        _ => 5000,
    }
}

/// Whether the account loses the answer to the last request of every post.
pub(super) fn loses_last_answer(account: &Account) -> bool {
    matches!(
        account.behavior,
        Behavior::AnswerLost
            | Behavior::LandsLate
            | Behavior::LandsTwice
            | Behavior::RepetitionNotFound
            | Behavior::RepetitionUnsatisfiable
    )
}

/// How long moderation delays the public id of a post, in seconds.
pub(super) fn moderation(account: &Account) -> i64 {
    match account.behavior {
        Behavior::SlowModeration => 2 * 60 * 60,
        _ => 60,
    }
}

/// The longest video that the account may post, in seconds, and that anybody may send as a draft.
pub(super) const LONGEST_VIDEO: u64 = 600;

pub(super) fn is_private(account: &Account) -> bool {
    account.behavior == Behavior::Private
}

pub(super) fn privacy_levels(account: &Account) -> [&'static str; 3] {
    let first = if is_private(account) { "FOLLOWER_OF_CREATOR" } else { "PUBLIC_TO_EVERYONE" };
    [first, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
}

/// The id of the person for one app.
pub(super) fn open_id(account: &Account, client_key: &str) -> String {
    pseudonym(account, &format!("open_id {client_key}"))
}

/// The id of the person for all apps of a developer.
pub(super) fn union_id(account: &Account) -> String {
    pseudonym(account, "union_id")
}

fn pseudonym(account: &Account, kind: &str) -> String {
    let mut pseudonym = secret::fingerprint(format!("{kind} {}", account.id));
    pseudonym.truncate(32);
    format!("-000{pseudonym}")
}
