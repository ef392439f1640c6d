//! What a platform tells about a person who connected an account, by a request that it signs with our app's secret:
//!
//! - `POST /connect/{platform}/deauthorize`: they removed our app. Their accounts need a reconnect.
//! - `POST /connect/{platform}/data-deletion`: they ask for the deletion of their data. Their accounts are disconnected and
//!   erased, in all agencies.
//! - `GET /connect/{platform}/data-deletion/{code}`: the page on which they see whether that is done.
//!
//! <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>
//!
//! Safe to repeat: what is done stays done, and a request that was interrupted goes on where it was.
//!
//! Errors: 403 for a request that is not signed by the platform, 404 for a platform that signs none and for an unknown code.

mod contract;
mod deauthorize;
mod deletion;
mod signed;
mod status;

use http::Method;
use platforms::PlatformId;
use shared::{
    api::{Error, Request, Response, request::path_text},
    clock::Clock,
    deps,
    site::Sites,
    store::{Store, Vault},
};
use url::Url;

pub use contract::operations;

deps! {
    pub struct Deps {
        pub store: Store,
        pub vault: Vault,
        pub sites: Sites,
        pub clock: Clock,
        pub public_url: Option<Url>,
    }
}

/// # Errors
/// 403, 404; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let platform: Option<PlatformId> = path_text(&request, "platform").parse().ok();
    let platform = platform.filter(|platform| platforms::spec(*platform).signed_requests);
    let platform = platform.ok_or_else(|| Error::not_found("platform that signs such requests"))?;
    match (request.method(), request.uri().path().ends_with("/deauthorize")) {
        (&Method::GET, _) => status::show(deps, platform, path_text(&request, "code")).await,
        (_, true) => deauthorize::deauthorize(deps, platform, &request).await,
        (_, false) => deletion::delete(deps, platform, &request).await,
    }
}
