//! The test accounts, and how each of them behaves. The only place to add one. An id is X's immutable user id, and a
//! username `[A-Za-z0-9_]{1,15}`, as X demands.

use super::X;
use crate::account::account;

pub(crate) type Account = crate::account::Account<X>;

/// What is peculiar about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Good,
    /// Good, and without rate limits.
    Unlimited,
    Declines,
    /// Its grant dies at its first publish, and is never refreshed.
    TokenDeadAtPublish,
    ShortLivedToken,
    RateLimitedOnce,
    /// Publishes, and loses the answer.
    AnswerLost,
    /// Publishes nothing, and loses the answer.
    AnswerLostNothingPosted,
    ServerErrorOnce,
    Suspended,
}

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("1500000000000000001", "demo_shop", "Demo Shop", Behavior::Good,
        "Publishes whatever it is given, within X's rules."),
    account("1500000000000000002", "demo_cafe", "Demo Café", Behavior::Good,
        "A second good account, for connecting more than one."),
    account("1500000000000000003", "busy_shop", "Busy Shop", Behavior::Unlimited,
        "Posts without limit, for load tests."),
    account("1500000000000000004", "declines", "Declines", Behavior::Declines,
        "Says no when asked for consent: the app is sent back with access_denied."),
    account("1500000000000000005", "token_dead", "Token Dead At Publish", Behavior::TokenDeadAtPublish,
        "Connects well, but at the first post its access has been withdrawn, and refreshing fails too."),
    account("1500000000000000006", "short_lived", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its access tokens live 60 seconds, so that a scheduled post needs a refresh, which works."),
    account("1500000000000000007", "rate_limited", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post ever is answered 429 and told to wait 5 seconds; later ones pass."),
    account("1500000000000000008", "answer_lost", "Answer Lost", Behavior::AnswerLost,
        "Publishes, but the connection breaks before the answer arrives."),
    account("1500000000000000009", "lost_unposted", "Answer Lost, Nothing Posted", Behavior::AnswerLostNothingPosted,
        "The connection breaks before the answer arrives, and nothing was published."),
    account("1500000000000000010", "server_error", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post ever is answered 503 and is not published; later ones pass."),
    account("1500000000000000011", "suspended", "Suspended", Behavior::Suspended,
        "Connects well, but X has suspended it: every post is refused with 403."),
];

impl Account {
    /// Its place in the table: what keeps post ids of different accounts apart.
    pub(crate) fn number(&self) -> u64 {
        (0..).zip(ACCOUNTS).find(|(_, account)| account.id == self.id).map_or(0, |(number, _)| number)
    }

    /// How long an access token of this account lives, in seconds.
    pub(crate) fn access_lifetime(&self) -> i64 {
        match self.behavior {
            Behavior::ShortLivedToken => 60,
            _ => 7200,
        }
    }
}
