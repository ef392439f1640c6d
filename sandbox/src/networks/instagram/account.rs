//! Instagram's test accounts. An id is that of the professional account, which `/me` calls `user_id`.

use crate::{
    account::{Account, account},
    behavior::Behavior,
};

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("17841400000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes every post that Instagram's rules allow."),
    account("17841400000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second account that publishes, for connecting more than one."),
    account("17841400000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Has no daily quota, for load tests."),
    account("17841400000000004", "declines", "Declines", Behavior::Declines,
        "Declines consent: the app gets access_denied."),
    account("17841400000000005", "personal", "Personal", Behavior::Personal,
        "Can be connected, but is not a business or creator account, so nothing can be published for it."),
    account("17841400000000006", "token_dead", "Token Dead At Publish", Behavior::AccessRevoked,
        "Its token expires at its first post (190/463). Refreshing the token fails too."),
    account("17841400000000007", "short_lived", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its long-lived token is 57 days old when it is issued, so a refresh is due, which works."),
    account("17841400000000008", "never_ready", "Never Ready", Behavior::NeverReady,
        "Its containers stay IN_PROGRESS until they expire."),
    account("17841400000000009", "container_error", "Container Error", Behavior::ProcessingFails,
        "Its containers fail in processing (2207026)."),
    account("17841400000000010", "quota_reached", "Quota Reached", Behavior::QuotaReached,
        "Has used up its daily quota (9/2207042)."),
    account("17841400000000011", "restricted", "Restricted", Behavior::Restricted,
        "Is suspected of spam: every post is refused (4/2207051)."),
    account("17841400000000012", "checkpoint", "Checkpoint", Behavior::LoginRequired,
        "Must log in on instagram.com first (190/459)."),
    account("17841400000000013", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post exceeds the app's rate limit (4); the answer has no waiting time. Later posts are published."),
    account("17841400000000014", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, and closes the connection without an answer."),
    account("17841400000000015", "lost_unposted", "Answer Lost, Nothing Posted", Behavior::AnswerLostNothingPosted,
        "Closes the connection without an answer and publishes nothing."),
    account("17841400000000016", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post is answered 500 (2, transient) and is not published. Later posts are published."),
    account("17841400000000017", "scripted", "Scripted", Behavior::Scripted,
        "Fails as the caption says: fail:step:code or fail:step:code:subcode. The step is container, status, quota or publish."),
    account("17841400000000018", "lands_late", "Lands Late", Behavior::LandsLate,
        "Closes the connection without an answer. The post appears 40 seconds later; until then its container is FINISHED."),
    account("17841400000000019", "lands_twice", "Lands Twice", Behavior::LandsTwice,
        "Publishes, and closes the connection without an answer. Its container stays FINISHED for five minutes; until then the same request again publishes a second post."),
    account("17841400000000020", "error_once", "Container Error Once", Behavior::ProcessingFailsOnce,
        "Its first container fails (2207053) and stays in ERROR. One that is made anew is published."),
    account("17841400000000021", "container_gone", "Container Gone Once", Behavior::MediaGoneOnce,
        "Its first container does not exist when it is read (100/33) or published. One that is made anew is published."),
    account("17841400000000022", "comment_refused", "Comment Refused", Behavior::CommentRefused,
        "Publishes, and refuses the first comment (368)."),
    account("17841400000000023", "comment_lost", "Comment Answer Lost", Behavior::CommentAnswerLost,
        "Publishes, stores the first comment, and closes the connection without an answer to it."),
];

/// The id of the person for one app. `/me` calls it `id`, and the token endpoint `user_id`.
pub(super) fn scoped_id(account: &Account) -> String {
    account.id.replacen("178414", "245790", 1)
}

/// Whether `id` is one of the account's two ids.
pub(super) fn has_id(account: &Account, id: &str) -> bool {
    account.id == id || scoped_id(account) == id
}

pub(super) fn account_type(account: &Account) -> &'static str {
    match account.behavior {
        Behavior::Personal => "PERSONAL",
        _ => "BUSINESS",
    }
}
