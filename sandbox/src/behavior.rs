//! The behaviors that test accounts can have, on all networks.
//!
//! A network implements those that its table of accounts uses. The account's `about` text says how the behavior looks
//! on that network.

/// How long after the request a post of [`Behavior::LandsLate`] appears, in seconds. A publisher has stopped waiting for the
/// answer by then.
pub(crate) const LATE: i64 = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// Publishes every post that the network's rules allow.
    Good,
    /// Like `Good`, without rate limits and quotas.
    Unlimited,

    // At consent.
    /// Declines every authorization request.
    Declines,
    /// Withholds the scope for publishing.
    WithholdsPublish,
    /// Withholds the scope for media.
    WithholdsMedia,

    // Access tokens.
    /// Revokes the app's access at the first call for publishing. Refreshing fails too.
    AccessRevoked,
    /// Has tokens that need a refresh before a scheduled post.
    ShortLivedToken,
    /// Must log in on the platform's site before its token works again.
    LoginRequired,

    // What the account is, or what the platform did to it.
    /// Is a personal account, which cannot publish through the API.
    Personal,
    /// Has a private profile.
    Private,
    /// Is connected to an app that was not audited: only private posts are accepted.
    UnauditedApp,
    /// Has an app that is too old for drafts.
    OldApp,
    /// Is suspended: every post is refused.
    Suspended,
    /// Is suspected of spam: every post is refused.
    Restricted,
    /// Belongs to an app that has no credits left.
    CreditsDepleted,
    /// Has used up its daily quota.
    QuotaReached,

    // Processing of media.
    /// Has its videos refused by the service that processes them.
    VideoRefused,
    /// Never finishes processing.
    NeverReady,
    /// Pays for a subscription, which allows longer posts.
    Subscribes,
    /// Fails to process any media.
    ProcessingFails,
    /// Fails to process the first media.
    ProcessingFailsOnce,
    /// Processes media for longer than publishers usually wait.
    SlowProcessing,
    /// Loses the first uploaded media.
    MediaGoneOnce,
    /// Delays the public id of a post.
    SlowModeration,

    // Errors and lost answers.
    /// Answers the first post with a rate limit.
    RateLimitedOnce,
    /// Answers the first post with a server error and does not publish it.
    ServerErrorOnce,
    /// Publishes, and closes the connection without an answer.
    AnswerLost,
    /// Closes the connection without an answer and publishes nothing.
    AnswerLostNothingPosted,
    /// Publishes, and refuses every comment.
    CommentRefused,
    /// Publishes, and stores comments without an answer.
    CommentAnswerLost,
    /// Accepts every request to post or to read posts, publishes nothing, and neither answers nor closes the connection.
    NeverAnswers,
    /// Closes the connection without an answer and publishes [`LATE`] seconds later.
    LandsLate,
    /// Publishes, closes the connection without an answer, and publishes again when the same request is repeated.
    LandsTwice,
    /// Publishes after slow processing, closes the connection without an answer, and answers a repeated request 404.
    RepetitionNotFound,
    /// Like `RepetitionNotFound`, but answers 416.
    RepetitionUnsatisfiable,
    /// Stores a chunk of an upload and closes the connection without an answer, once.
    ChunkAnswerLostOnce,
    /// Fails as the text of the post says: see `script`.
    Scripted,
}

impl Behavior {
    /// How long after the request a post appears, in seconds.
    pub(crate) fn delay(self) -> i64 {
        if self == Self::LandsLate { LATE } else { 0 }
    }
}
