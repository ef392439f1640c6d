//! The operations in `openapi.json`.

use http::StatusCode;
use schemars::JsonSchema;
use shared::{
    agency::Format,
    api::{
        Code,
        contract::{Content, Operation},
    },
};

use super::Failure;

const TAG: &str = "Connect pages";

/// The failures of every request that opens a link.
const LINK: [Failure; 4] = [Failure::UnknownLink, Failure::ExpiredLink, Failure::RevokedLink, Failure::Internal];

/// The operation of each route.
#[must_use]
pub fn operations() -> [Operation; 4] {
    [page(), start(), reload(), callback()]
}

fn page() -> Operation {
    let operation = Operation::get("/invite/{token}", "redeemInvitePage", TAG, "Open a connect link")
        .describe("For the customer's browser. Changes nothing, so previews and mail scanners are harmless.")
        .path::<String>("token", "The link's secret part.")
        .answer(StatusCode::OK, "The page of the link.", Content::Page);
    refused(operation, &LINK)
}

/// The body that a page's form sends.
#[derive(JsonSchema)]
#[schemars(rename = "ConnectForm")]
#[expect(dead_code, reason = "the form is read by the name that the platform's `Spec` gives to its field")]
struct Form {
    /// The customer's handle, for a platform that asks for it.
    handle: Option<String>,
}

fn start() -> Operation {
    let operation = Operation::post(
        "/invite/{token}/{platform}",
        "redeemInviteStart",
        TAG,
        "Begin to connect an account",
    )
    .describe(
        "For the form on the link's own page alone: other origins are refused. The answer goes on to the platform.",
    )
    .path::<String>("token", "The link's secret part.")
    .path::<String>("platform", "The platform to connect.")
    .form::<Form>()
    .answer(
        StatusCode::OK,
        "A page that goes on to the platform, or the page of the link if it is connected.",
        Content::Page,
    );
    let own = [
        Failure::StartedElsewhere,
        Failure::PlatformNotRequested,
        Failure::PlatformNotOffered,
        Failure::TooManyTries,
        Failure::AccountNotFound,
        Failure::ExchangeRefused,
        Failure::WrongIssuer,
        Failure::PlatformDown,
    ];
    refused(operation, &[&LINK[..], &own].concat())
}

fn reload() -> Operation {
    const FORMATS: [&str; 3] =
        [Format::ALL[0].content_type(), Format::ALL[1].content_type(), Format::ALL[2].content_type()];
    let operation = Operation::get(
        "/invite/{token}/{platform}",
        "redeemInviteReload",
        TAG,
        "Get back to a link's page, or its logo",
    )
    .path::<String>("token", "The link's secret part.")
    .path::<String>("platform", "The platform of the button that was pressed, or `logo`.")
    .answer(StatusCode::OK, "The agency's logo.", Content::File(&FORMATS))
    .answer(StatusCode::SEE_OTHER, "The link's page.", Content::Nothing)
    .error(Code::NotFound)
    .error(Code::Unavailable);
    refused(operation, &[Failure::UnknownLink])
}

fn callback() -> Operation {
    let operation =
        Operation::get("/connect/{platform}/callback", "redeemInviteCallback", TAG, "Come back from a platform")
            .describe("Where platforms send the customer back. Good once, and only in the browser that began.")
            .path::<String>("platform", "The platform.")
            .query::<String>("state", "What was sent along.")
            .query::<String>("code", "The authorization code.")
            .query::<String>("error", "Why the platform sent no code.")
            .query::<String>("iss", "Who answers (RFC 9207).")
            .answer(StatusCode::SEE_OTHER, "Connected: on to the link's page, or to its return URL.", Content::Nothing);
    let own = [
        Failure::StateUnknown,
        Failure::StateExpired,
        Failure::StateUsed,
        Failure::OtherBrowser,
        Failure::Declined,
        Failure::AuthorizationFailed,
        Failure::WrongIssuer,
        Failure::PlatformNotOffered,
        Failure::TooManyTries,
        Failure::AccountNotFound,
        Failure::AccountUnsuitable,
        Failure::ExchangeRefused,
        Failure::ScopesMissing,
        Failure::OtherIdentity,
        Failure::PlatformDown,
    ];
    refused(operation, &[&LINK[..], &own].concat())
}

/// Adds a response for each status of the failures.
fn refused(mut operation: Operation, failures: &[Failure]) -> Operation {
    let mut statuses: Vec<StatusCode> = failures.iter().map(|failure| failure.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let of_status = failures.iter().filter(|failure| failure.status() == status);
        let said: Vec<_> = of_status.map(|failure| format!("{} (`{}`)", failure.words().0, failure.code())).collect();
        operation = operation.answer(status, &format!("A page: {}.", said.join("; ")), Content::Page);
    }
    operation
}
