//! The test accounts, and how each of them behaves. The only place to add one. An id is the professional account's,
//! which `/me` calls `user_id`.

use super::Instagram;
use crate::account::account;

pub(crate) type Account = crate::account::Account<Instagram>;

/// What is peculiar about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Good,
    /// Good, and without a daily quota.
    Unlimited,
    Declines,
    /// No professional account.
    Personal,
    /// Its grant dies at its first call of publishing, and is never refreshed.
    TokenDead,
    /// Its long-lived token is nearly over when it is given.
    ShortLived,
    NeverReady,
    ContainerError,
    QuotaReached,
    Restricted,
    Checkpoint,
    RateLimitedOnce,
    /// Publishes, and loses the answer.
    AnswerLost,
    /// Publishes nothing, and loses the answer.
    AnswerLostNothingPosted,
    ServerErrorOnce,
    /// Does what the caption says: see `script`.
    Scripted,
}

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("17841400000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes whatever it is given, within Instagram's rules."),
    account("17841400000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second good account, for connecting more than one."),
    account("17841400000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Posts without limit, for load tests."),
    account("17841400000000004", "declines", "Declines", Behavior::Declines,
        "Says no when asked for consent: the app is sent back with access_denied."),
    account("17841400000000005", "personal", "Personal", Behavior::Personal,
        "Agrees, but is no business or creator account, so that nothing can be published for it."),
    account("17841400000000006", "token_dead", "Token Dead At Publish", Behavior::TokenDead,
        "Connects well, but at the first post its access has ended (190/463), and refreshing fails too."),
    account("17841400000000007", "short_lived", "Short-Lived Token", Behavior::ShortLived,
        "Its long-lived token is 57 days old when it is given, so that a refresh is due, which works."),
    account("17841400000000008", "never_ready", "Never Ready", Behavior::NeverReady,
        "What it uploads stays IN_PROGRESS until it expires."),
    account("17841400000000009", "container_error", "Container Error", Behavior::ContainerError,
        "What it uploads cannot be processed (2207026)."),
    account("17841400000000010", "quota_reached", "Quota Reached", Behavior::QuotaReached,
        "Has used up its posts of the day (9/2207042)."),
    account("17841400000000011", "restricted", "Restricted", Behavior::Restricted,
        "Is suspected of spam: every publication is refused (4/2207051)."),
    account("17841400000000012", "checkpoint", "Checkpoint", Behavior::Checkpoint,
        "Has to log in on instagram.com first (190/459)."),
    account("17841400000000013", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first publication ever meets the app's rate limit (4) and is not told how long to wait; later ones pass."),
    account("17841400000000014", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, but the connection breaks before the answer arrives."),
    account("17841400000000015", "lost_unposted", "Answer Lost, Nothing Posted", Behavior::AnswerLostNothingPosted,
        "The connection breaks before the answer arrives, and nothing was published."),
    account("17841400000000016", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first publication ever is answered 500 (2, transient) and is not published; later ones pass."),
    account("17841400000000017", "scripted", "Scripted", Behavior::Scripted,
        "Fails as the caption says: fail:step:code or fail:step:code:subcode, with container, status, quota or publish as the step."),
];

impl Account {
    /// The id that only one app sees, which `/me` calls `id`, and the token endpoint `user_id`.
    pub(crate) fn scoped_id(&self) -> String {
        self.id.replacen("178414", "245790", 1)
    }

    /// Whether this segment of a path means the account.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.id == id || self.scoped_id() == id
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self.behavior {
            Behavior::Personal => "PERSONAL",
            _ => "BUSINESS",
        }
    }
}
