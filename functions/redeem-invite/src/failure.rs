//! The failures of connecting an account: code, status and the text for the customer. Texts from a query or a platform are
//! never shown.

use http::StatusCode;
use platforms::{FaultCode, PlatformId};
use shared::oauth;

/// A failure. `docs/connect-failures.md` has a row for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    UnknownLink,
    ExpiredLink,
    RevokedLink,
    PlatformNotRequested,
    PlatformNotOffered,
    StartedElsewhere,
    TooManyTries,
    AccountNotFound,
    AccountUnsuitable,
    StateUnknown,
    StateExpired,
    StateUsed,
    OtherBrowser,
    Declined,
    AuthorizationFailed,
    WrongIssuer,
    ExchangeRefused,
    ScopesMissing,
    OtherIdentity,
    PlatformDown,
    Internal,
}

impl Failure {
    pub const ALL: [Self; 21] = [
        Self::UnknownLink,
        Self::ExpiredLink,
        Self::RevokedLink,
        Self::PlatformNotRequested,
        Self::PlatformNotOffered,
        Self::StartedElsewhere,
        Self::TooManyTries,
        Self::AccountNotFound,
        Self::AccountUnsuitable,
        Self::StateUnknown,
        Self::StateExpired,
        Self::StateUsed,
        Self::OtherBrowser,
        Self::Declined,
        Self::AuthorizationFailed,
        Self::WrongIssuer,
        Self::ExchangeRefused,
        Self::ScopesMissing,
        Self::OtherIdentity,
        Self::PlatformDown,
        Self::Internal,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownLink => "unknown_link",
            Self::ExpiredLink => "expired_link",
            Self::RevokedLink => "revoked_link",
            Self::PlatformNotRequested => "platform_not_requested",
            Self::PlatformNotOffered => "platform_not_offered",
            Self::StartedElsewhere => "started_elsewhere",
            Self::TooManyTries => "too_many_tries",
            Self::AccountNotFound => "account_not_found",
            Self::AccountUnsuitable => "account_unsuitable",
            Self::StateUnknown => "state_unknown",
            Self::StateExpired => "state_expired",
            Self::StateUsed => "state_used",
            Self::OtherBrowser => "other_browser",
            Self::Declined => "declined",
            Self::AuthorizationFailed => "authorization_failed",
            Self::WrongIssuer => "wrong_issuer",
            Self::ExchangeRefused => "exchange_refused",
            Self::ScopesMissing => "scopes_missing",
            Self::OtherIdentity => "other_identity",
            Self::PlatformDown => "platform_down",
            Self::Internal => "internal",
        }
    }

    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::UnknownLink => StatusCode::NOT_FOUND,
            Self::ExpiredLink | Self::RevokedLink => StatusCode::GONE,
            Self::PlatformNotRequested => StatusCode::NOT_FOUND,
            Self::PlatformNotOffered => StatusCode::SERVICE_UNAVAILABLE,
            Self::StartedElsewhere | Self::OtherBrowser => StatusCode::FORBIDDEN,
            Self::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            Self::AccountNotFound | Self::AccountUnsuitable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StateUnknown | Self::StateExpired | Self::StateUsed | Self::WrongIssuer => StatusCode::BAD_REQUEST,
            Self::Declined => StatusCode::OK,
            Self::AuthorizationFailed | Self::ExchangeRefused | Self::PlatformDown => StatusCode::BAD_GATEWAY,
            Self::ScopesMissing => StatusCode::FORBIDDEN,
            Self::OtherIdentity => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened and what to do now, for the customer.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownLink => (
                "This link is not known",
                "Open the link again exactly as you received it. If it still does not work, ask the company that sent it for a new one.",
            ),
            Self::ExpiredLink => (
                "This link has expired",
                "Links work for a limited time. Ask the company that sent it for a new one; what you have connected stays connected.",
            ),
            Self::RevokedLink => (
                "This link was withdrawn",
                "The company that sent it has ended it. Ask them for a new one; what you have connected stays connected.",
            ),
            Self::PlatformNotRequested => {
                ("This link is not for that network", "Choose one of the networks on the page of your link.")
            }
            Self::PlatformNotOffered => (
                "This network cannot be connected right now",
                "It is not set up here at the moment. Tell the company that sent you the link.",
            ),
            Self::StartedElsewhere => (
                "Please start from this page",
                "Something else tried to start a connection for you, so nothing was started. To connect, press the button below.",
            ),
            Self::TooManyTries => {
                ("Too many tries in one hour", "Nothing was connected. Wait an hour and press the button again.")
            }
            Self::AccountNotFound => (
                "We could not find that account",
                "Check the spelling of your handle, including everything after the first dot, and try again.",
            ),
            Self::AccountUnsuitable => (
                "This kind of account cannot be used",
                "The network lets apps post only for business and creator accounts. Switch yours to one in its settings (it is free), then press the button again.",
            ),
            Self::StateUnknown => (
                "We could not tell which connection this belongs to",
                "Nothing was connected. Open your link again and press the button there.",
            ),
            Self::StateExpired => {
                ("That took too long", "Nothing was connected. Press the button again; you have ten minutes.")
            }
            Self::StateUsed => (
                "This step was already done",
                "If the network below shows a check mark, it is connected. If not, press the button again.",
            ),
            Self::OtherBrowser => (
                "This browser has not started the connection",
                "Nothing was connected. This happens when a page opens in another browser or app, or when cookies are blocked. \
                 If you want to connect your own account, press the button below.",
            ),
            Self::Declined => {
                ("You chose not to connect", "Nothing was connected. If that was a mistake, press the button again.")
            }
            Self::AuthorizationFailed => (
                "The network could not complete this",
                "Nothing was connected. Wait a moment and press the button again. If it happens again, tell the company that sent you the link.",
            ),
            Self::WrongIssuer => (
                "The answer did not come from where we sent you",
                "Nothing was connected. Press the button to try again. If it happens again, tell the company that sent you the link.",
            ),
            Self::ExchangeRefused => {
                ("The network did not confirm the connection", "Nothing was connected. Press the button to try again.")
            }
            Self::ScopesMissing => (
                "A permission is missing",
                "Nothing was connected. Press the button again and leave every permission on the network’s page switched on.",
            ),
            Self::OtherIdentity => (
                "This link is for another account",
                "Nothing was changed. This link has already connected a different account of this network. Choose that one, or ask \
                 the company that sent you the link for a new one.",
            ),
            Self::PlatformDown => {
                ("The network did not answer", "Nothing was connected. Wait a moment and press the button again.")
            }
            Self::Internal => ("Something went wrong on our side", "Nothing is lost. Wait a moment and try again."),
        }
    }
}

/// The failure for an error that the platform reported at the callback. Everything but a refusal by the customer is a fault
/// of the platform or of our configuration there.
pub(super) fn of_callback(platform: PlatformId, error: &str, reason: Option<&str>) -> Failure {
    if platforms::adapter(platform).declined(error, reason) {
        return Failure::Declined;
    }
    // The text comes from the browser. A code of RFC 6749 is logged, anything else could be a secret.
    let is_code = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    tracing::error!(%platform, error = if is_code { error } else { "not a code" }, "the platform refused an authorization");
    Failure::AuthorizationFailed
}

/// The failure for an error of an authorization. The server's error code is only logged.
pub(super) fn of_oauth(error: &oauth::Error) -> Failure {
    use oauth::discovery::AtDiscoveryError;
    tracing::warn!(%error, "an authorization failed");
    match error {
        oauth::Error::Refused(_) | oauth::Error::Dead(_) => Failure::ExchangeRefused,
        oauth::Error::ScopeMissing(_) => Failure::ScopesMissing,
        oauth::Error::Mismatch => Failure::WrongIssuer,
        oauth::Error::Discovery(AtDiscoveryError::Unreachable(_)) => Failure::PlatformDown,
        oauth::Error::Discovery(_) => Failure::AccountNotFound,
        oauth::Error::NotSent(_) | oauth::Error::OutcomeUnknown(_) => Failure::PlatformDown,
    }
}

/// The failure for an error in the response with the account's identity.
pub(super) fn of_platform(error: &platforms::Error) -> Failure {
    tracing::warn!(%error, "the platform did not identify the account");
    match error {
        platforms::Error::Rejected { code: FaultCode::AccountUnsuitable, .. } => Failure::AccountUnsuitable,
        platforms::Error::Reconnect(_) | platforms::Error::Rejected { .. } => Failure::ExchangeRefused,
        platforms::Error::RateLimited { .. } | platforms::Error::Later { .. } | platforms::Error::OutcomeUnknown(_) => {
            Failure::PlatformDown
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_titles_are_unique() {
        let codes: HashSet<_> = Failure::ALL.iter().map(|failure| failure.code()).collect();
        let titles: HashSet<_> = Failure::ALL.iter().map(|failure| failure.words().0).collect();
        assert_eq!((codes.len(), titles.len()), (Failure::ALL.len(), Failure::ALL.len()));
    }

    #[test]
    fn every_failure_has_a_row_in_the_documents() {
        let document = include_str!("../../../docs/connect-failures.md");
        for failure in Failure::ALL {
            let row = format!("| `{}` | {} |", failure.code(), failure.status().as_u16());
            assert!(document.contains(&row), "docs/connect-failures.md lacks {row}");
        }
    }
}
