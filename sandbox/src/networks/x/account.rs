//! X's test accounts. An id is a user id of X, and a username matches `[A-Za-z0-9_]{1,15}`.

use crate::{
    account::{Account, account},
    behavior::Behavior,
};

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("1500000000000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes every post that X's rules allow."),
    account("1500000000000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second account that publishes, for connecting more than one."),
    account("1500000000000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Has no rate limits, for load tests."),
    account("1500000000000000004", "declines", "Declines", Behavior::Declines,
        "Declines consent: the app gets access_denied."),
    account("1500000000000000005", "token_dead", "Token Dead At Publish", Behavior::AccessRevoked,
        "Revokes the app's access at its first post. Refreshing the token fails too."),
    account("1500000000000000006", "short_lived", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its access tokens expire after 60 seconds, so a scheduled post needs a refresh, which works."),
    account("1500000000000000007", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post is answered 429 with a wait of 5 seconds. Later posts are published."),
    account("1500000000000000008", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, and closes the connection without an answer."),
    account("1500000000000000009", "lost_unposted", "Answer Lost, Nothing Posted", Behavior::AnswerLostNothingPosted,
        "Closes the connection without an answer and publishes nothing."),
    account("1500000000000000010", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post is answered 503 and is not published. Later posts are published."),
    account("1500000000000000011", "suspended", "Suspended", Behavior::Suspended,
        "Can be connected, but X has suspended it: every post is refused with 403."),
    account("1500000000000000012", "lands_late", "Lands Late", Behavior::LandsLate,
        "Closes the connection without an answer. The post appears 40 seconds later, and X does not know its text until then."),
    account("1500000000000000013", "lands_twice", "Lands Twice", Behavior::LandsTwice,
        "Publishes, and closes the connection without an answer. The same request again publishes a second post."),
    account("1500000000000000014", "no_credits", "No Credits", Behavior::CreditsDepleted,
        "Can be connected, but the app has no credits left: posts and timelines are answered 402 (CreditsDepleted)."),
    account("1500000000000000015", "never_answers", "Never Answers", Behavior::NeverAnswers,
        "Can be connected, but a request to post or to read posts is never answered, and the connection stays open."),
    account("1500000000000000016", "no_media_scope", "No Media Scope", Behavior::WithholdsMedia,
        "Withholds media.write: it can post text, and each request for media is refused with 403."),
    account("1500000000000000017", "processing_fail", "Processing Fails", Behavior::ProcessingFails,
        "Accepts every GIF and video, and then fails to process it (InvalidMedia)."),
    account("1500000000000000018", "slow_processing", "Slow Processing", Behavior::SlowProcessing,
        "Its GIFs and videos are processed for 90 seconds."),
    account("1500000000000000019", "media_gone", "Media Gone Once", Behavior::MediaGoneOnce,
        "Its first upload expires at the moment when it is complete. Later uploads are kept."),
    account("1500000000000000020", "chunk_lost", "Chunk Answer Lost Once", Behavior::ChunkAnswerLostOnce,
        "Stores the first segment of its first upload and closes the connection without an answer."),
    account("1500000000000000021", "daily_limit", "Daily Limit", Behavior::QuotaReached,
        "Has used up its posts of 24 hours: its posts are answered 429 until 6 hours after the first one."),
    account("1500000000000000022", "premium", "Premium", Behavior::Subscribes,
        "Has a subscription: its posts have up to 25,000 characters."),
];

/// X's `subscription_type`.
pub(super) fn subscription(account: &Account) -> &'static str {
    if account.behavior == Behavior::Subscribes { "Premium" } else { "None" }
}

/// The index of the account. It keeps the ids of posts by different accounts apart.
pub(super) fn number(account: &Account) -> u64 {
    (0..).zip(ACCOUNTS).find(|(_, known)| known.id == account.id).map_or(0, |(number, _)| number)
}

/// How long GIFs and videos are processed, in milliseconds.
pub(super) fn processing(account: &Account) -> i64 {
    match account.behavior {
        Behavior::SlowProcessing => 90_000,
        _ => 5000,
    }
}

/// The lifetime of an access token, in seconds.
pub(super) fn access_lifetime(account: &Account) -> i64 {
    match account.behavior {
        Behavior::ShortLivedToken => 60,
        _ => 7200,
    }
}
