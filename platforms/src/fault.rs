//! The error codes of targets, in one table.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What has to be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TargetErrorCategory")]
pub enum Category {
    Auth,
    Content,
    Media,
    Quota,
    Account,
    Platform,
    Network,
}

impl Category {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Content => "content",
            Self::Media => "media",
            Self::Quota => "quota",
            Self::Account => "account",
            Self::Platform => "platform",
            Self::Network => "network",
        }
    }

    /// Advice on a refusal by `platform`, for codes without their own advice.
    fn advice(self, platform: &str) -> String {
        match self {
            Self::Auth => format!("{platform} refuses the connection: mint a new connect link for the customer."),
            Self::Content => format!("{platform} refuses the content: change it and post again."),
            Self::Media => format!("{platform} refuses a file: replace it and post again."),
            Self::Quota => format!("{platform} allows no more right now; it goes out when it may."),
            Self::Account => {
                format!("{platform} does not let this account post: the customer has to look at it there.")
            }
            Self::Platform | Self::Network => format!("{platform} refused."),
        }
    }
}

/// One row of the table.
struct Row {
    code: &'static str,
    category: Category,
    retried: bool,
    happened: &'static str,
    advice: Option<&'static str>,
}

macro_rules! advice {
    () => {
        None
    };
    ($advice:literal) => {
        Some($advice)
    };
}

/// Declares [`FaultCode`] together with its table, so that no code lacks a row.
macro_rules! fault_codes {
    ($($name:ident $code:literal $category:ident $retried:literal $happened:literal $($advice:literal)?;)*) => {
        /// Why a target is not published. The texts are part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum FaultCode {
            $(#[serde(rename = $code)] $name,)*
        }

        impl FaultCode {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        code: $code,
                        category: Category::$category,
                        retried: $retried,
                        happened: $happened,
                        advice: advice!($($advice)?),
                    },)*
                }
            }
        }
    };
}

// Columns: code, category, whether Onbehalf may retry by itself, what happened, and optionally advice that replaces the
// category's (`{platform}` is replaced by its name).
fault_codes! {
    PlatformUnreachable "platform_unreachable" Network true
        "nothing was sent; tried again eight times over about a day";
    NotAsked "not_asked" Network true
        "the network has the post but could not be asked what became of it; asked again eight times over about a day, then in doubt";
    NotRefreshed "not_refreshed" Network true
        "the access could not be renewed; nothing was sent, or the network has the post and could not be asked; tried again eight times over about a day";
    OutcomeUnknown "outcome_unknown" Network true
        "sent, but the answer was lost; Onbehalf looks for it on the account, and if that proves nothing, you decide";
    NotPublished "not_published" Network false
        "you resolved doubt this way; retry the post if it is to be published";
    RateLimited "rate_limited" Quota true
        "the network asked to wait; sent as soon as it allows";
    QuotaReached "quota_reached" Quota true
        "the account has used up its posts of the day; sent as soon as the network allows";
    UsageCapped "usage_capped" Quota true
        "the app has used up its allowance at the network; the operator must buy more";
    ReconnectRequired "reconnect_required" Auth true
        "the customer must connect the account again: mint a new link; the post is sent within 15 minutes of that";
    ScopeMissing "scope_missing" Auth false
        "the customer did not grant a permission that this post needs; mint a new link and let them grant all that it asks for"
        "The customer did not grant {platform} permission that this post needs: mint a new connect link.";
    AccountDisconnected "account_disconnected" Account false
        "the account is no longer connected";
    AccountSuspended "account_suspended" Account false
        "the network has closed the account; if it is a Bluesky account that moved to another server, connect it again";
    AccountDeactivated "account_deactivated" Account false
        "the network has closed the account; if it is a Bluesky account that moved to another server, connect it again";
    AccountNotFound "account_not_found" Account false
        "the network has closed the account; if it is a Bluesky account that moved to another server, connect it again";
    AccountRestricted "account_restricted" Account true
        "the network has restricted the account, for a time or for good; the customer must look at it";
    AccountUnsuitable "account_unsuitable" Account false
        "the network lets apps post only for another kind of account; this is reported when it is connected";
    NotPermitted "not_permitted" Account false
        "the network does not let this account post";
    ContentRefused "content_refused" Content false
        "the network refuses this content; change it and post again";
    DuplicateContent "duplicate_content" Content false
        "the network refuses this content; change it and post again";
    PrivacyLevelNotAllowed "privacy_level_not_allowed" Content false
        "the account does not offer this `privacyLevel`; choose one that it offers"
        "The account does not offer this privacyLevel: choose one that it does.";
    TextTooLong "text_too_long" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    TooManyHashtags "too_many_hashtags" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    TooManyMentions "too_many_mentions" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    TooManyCashtags "too_many_cashtags" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    InvalidCharacter "invalid_character" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    TextRequired "text_required" Content false
        "the text breaks a rule of the network; mostly refused when the post is created";
    TextNotShown "text_not_shown" Content false
        "the network has no text with such a post; leave the text empty, or give the account an override with an empty one";
    OptionConflict "option_conflict" Content false
        "options of the post exclude each other, or do not fit its media; the message says which"
        "{platform} does not take these options together: change them and post again.";
    MediaUnreachable "media_unreachable" Media true
        "Onbehalf or the network cannot fetch a file; tried again if that may help"
        "{platform} cannot fetch a file: see that its URL is public.";
    MediaFormat "media_format" Media false
        "the network does not take such a file; the message names the file and what is accepted";
    MediaTooLarge "media_too_large" Media false
        "the network does not take such a file; the message names the file and what is accepted";
    MediaRatio "media_ratio" Media false
        "the network does not take such a file; the message names the file and what is accepted";
    MediaLength "media_length" Media false
        "the network does not take such a file; the message names the file and what is accepted";
    MediaDimensions "media_dimensions" Media false
        "the network does not take such a file; the message names the file and what is accepted"
        "{platform} does not take a file of so many or so few pixels: resize it, replace it and post again.";
    MediaRequired "media_required" Media false
        "the network takes other media with a post, or none";
    TooManyMedia "too_many_media" Media false
        "the network takes other media with a post, or none";
    MediaMixed "media_mixed" Media false
        "the network takes other media with a post, or none";
    MediaNotSupported "media_not_supported" Media false
        "the network takes other media with a post, or none";
    MediaRefused "media_refused" Media false
        "the network refuses a file for another reason, given in its own words";
    MediaNotProcessed "media_not_processed" Media false
        "the network could not process the media; nothing is visible, post again";
    MediaUrlUnverified "media_url_unverified" Media false
        "TikTok fetches images only from domains that are verified in the app's console";
    AppNotAudited "app_not_audited" Platform false
        "TikTok lets this app post only to private accounts until it has audited the app"
        "{platform} has not audited this app: until it has, post with privacyLevel SELF_ONLY, to private accounts.";
    RecordKeyTaken "record_key_taken" Platform false
        "another record already has the post's key";
    StateUnreadable "state_unreadable" Platform false
        "the deployment cannot read what it stored about this target; look at the account, and tell the operator";
    PlatformNotOffered "platform_not_offered" Platform true
        "the deployment no longer has credentials for the network";
    TooLate "too_late" Platform false
        "`publishBefore` had passed; nothing was sent";
    Refused "refused" Platform false
        "the network refused for any other reason, given in its own words";
}

impl FaultCode {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    #[must_use]
    pub const fn category(self) -> Category {
        self.row().category
    }

    /// Whether Onbehalf may retry a target with this error by itself. The target says whether it does.
    #[must_use]
    pub const fn may_be_retried(self) -> bool {
        self.row().retried
    }

    /// What happened, for `docs/target-errors.md` and the code's page. May contain Markdown backquotes.
    #[must_use]
    pub const fn happened(self) -> &'static str {
        self.row().happened
    }

    /// What the agency can do about a refusal by `platform`, given by its display name.
    #[must_use]
    pub fn advice(self, platform: &str) -> String {
        let Row { category, advice, .. } = self.row();
        advice.map_or_else(|| category.advice(platform), |advice| advice.replace("{platform}", platform))
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
