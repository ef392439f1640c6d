//! Bluesky's test accounts. An id is a DID of the method `plc`, and a username is a handle: no underscores, and `.test`,
//! which only a resolver for development knows.

use super::spec::SPEC;
use crate::{
    account::{Account, account},
    behavior::Behavior,
};

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    account("did:plc:sandboxdemoshop2222aaaaa", "demo-shop.test", "Demo Shop", Behavior::Good,
        "Publishes every post that Bluesky's rules allow."),
    account("did:plc:sandboxdemocafe2222aaaaa", "demo-cafe.test", "Demo Café", Behavior::Good,
        "A second account that publishes, for connecting more than one."),
    account("did:plc:sandboxbusyshop2222aaaaa", "busy-shop.test", "Busy Shop", Behavior::Unlimited,
        "Has no rate limits, for load tests."),
    account("did:plc:sandboxdeclines2222aaaaa", "declines.test", "Declines", Behavior::Declines,
        "Declines consent: the app gets access_denied."),
    account("did:plc:sandboxtokendead222aaaaa", "token-dead.test", "Token Dead At Publish", Behavior::AccessRevoked,
        "Revokes the app's access at its first post. Refreshing the token fails too."),
    account("did:plc:sandboxshortlived22aaaaa", "short-lived.test", "Short-Lived Token", Behavior::ShortLivedToken,
        "Its access tokens expire after 60 seconds, so a scheduled post needs a refresh, which works."),
    account("did:plc:sandboxratelimited2aaaaa", "rate-limited.test", "Rate Limited Once", Behavior::RateLimitedOnce,
        "Its first post is answered 429 with a wait of 5 seconds. Later posts are published."),
    account("did:plc:sandboxanswerlost22aaaaa", "answer-lost.test", "Answer Lost", Behavior::AnswerLost,
        "Publishes, and closes the connection without an answer."),
    account("did:plc:sandboxlostunposted2aaaa", "lost-unposted.test", "Answer Lost, Nothing Posted", Behavior::AnswerLostNothingPosted,
        "Closes the connection without an answer and publishes nothing."),
    account("did:plc:sandboxservererror2aaaaa", "server-error.test", "Server Error Once", Behavior::ServerErrorOnce,
        "Its first post is answered 502 and is not published. Later posts are published."),
    account("did:plc:sandboxsuspended222aaaaa", "suspended.test", "Suspended", Behavior::Suspended,
        "Can be connected, but has been taken down: every post is refused (AccountTakedown)."),
    account("did:plc:sandboxlandslate222aaaaa", "lands-late.test", "Lands Late", Behavior::LandsLate,
        "Closes the connection without an answer. The record appears 40 seconds later."),
    account("did:plc:sandboxlandstwice22aaaaa", "lands-twice.test", "Lands Twice", Behavior::LandsTwice,
        "Publishes, and closes the connection without an answer. The same post under another record key is a second post."),
    account("did:plc:sandboxvideofails2aaaaaa", "video-fails.test", "Video Fails", Behavior::ProcessingFails,
        "The video service cannot process its videos (JOB_STATE_FAILED)."),
    account("did:plc:sandboxvideostuck2aaaaaa", "video-stuck.test", "Video Stuck", Behavior::NeverReady,
        "The video service never finishes processing its videos. A plain upload works."),
    account("did:plc:sandboxnoemail2222aaaaaa", "no-email.test", "No E-mail Address", Behavior::VideoRefused,
        "Has not confirmed its e-mail address: the video service refuses its videos. A plain upload works."),
];

/// The account with this DID or handle.
pub(super) fn named(name: &str) -> Option<&'static Account> {
    SPEC.account_by_id(name).or_else(|| SPEC.account_by_username(name))
}

/// The lifetime of an access token, in seconds. The specification requires less than 30 minutes.
pub(super) fn access_lifetime(account: &Account) -> i64 {
    match account.behavior {
        Behavior::ShortLivedToken => 60,
        _ => 15 * 60,
    }
}
