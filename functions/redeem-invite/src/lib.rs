//! The customer's side of a connect link:
//!
//! - `GET /invite/{token}`: the page. It changes nothing, so previews and mail scanners do no harm.
//! - `POST /invite/{token}/{platform}`: starts an attempt and continues to the platform.
//! - `GET /invite/{token}/logo`: the agency's logo, for its page.
//! - `GET /invite/{token}/{platform}`: redirects to the page, for a customer who reloads the response to the POST.
//! - `GET /connect/{platform}/callback`: where the platform sends the customer back.
//!
//! Idempotent: a state can be used once, and connecting the same account again keeps its id. Every failure is a page for
//! the customer with a code and a status: see [`Failure`].

mod callback;
mod contract;
mod cookie;
mod failure;
mod issued;
mod link;
mod logo;
mod open;
mod page;
mod refusal;
mod show;
mod start;
mod state;

use std::time::Duration;

use http::Method;
use shared::{
    api::{Error, Request, Response, request::path_text},
    clock::Clock,
    deployment::{self, Parts},
    lambda::RequestCorrelationId,
    net::HttpClient,
    secrets::LinkKeys,
    site::Sites,
    store::{Gate, Store, Vault},
};
use url::Url;

pub use contract::operations;
pub use failure::Failure;

pub struct Deps {
    pub store: Store,
    /// For the agency: its name, colour, logo and return URLs.
    pub gate: Gate,
    pub vault: Vault,
    pub link_keys: LinkKeys,
    pub sites: Sites,
    pub http: HttpClient,
    /// How long its calls may take for one request.
    pub patience: Duration,
    pub clock: Clock,
    pub public_url: Option<Url>,
}

impl Deps {
    /// # Errors
    /// A part cannot be made.
    pub async fn of(parts: &Parts) -> Result<Self, deployment::Error> {
        let (vault, link_keys, sites) = tokio::try_join!(parts.vault(), parts.link_keys(), parts.sites())?;
        Ok(Self {
            store: parts.store().await?,
            // It admits no caller, so it trusts no issuer.
            gate: Gate::new(parts.store().await?),
            vault,
            link_keys,
            sites,
            http: parts.http().await?,
            patience: parts.patience().await?,
            clock: parts.clock().await?,
            public_url: parts.public_url().await?,
        })
    }
}

/// # Errors
/// Only for the logo. All other failures are pages.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let token = path_text(&request, "token");
    let answered = match (request.method(), token.is_empty()) {
        (&Method::POST, false) => start::start(deps, &request).await,
        (&Method::GET, false) if path_text(&request, "platform") == "logo" => return logo::show(deps, token).await,
        // The address of a start, opened with GET. Only a valid token is written into the redirect's header.
        (_, false) if !path_text(&request, "platform").is_empty() => {
            open::invite_of(deps, token).map(|_| Response::see_other(&format!("/invite/{token}"))).map_err(Into::into)
        }
        (_, false) => show::show(deps, token).await,
        (_, true) => callback::callback(deps, &request).await,
    };
    Ok(answered.unwrap_or_else(|refusal| {
        let correlation_id = request.extensions().get().map_or("", |id: &RequestCorrelationId| id.0.as_str());
        page::refusal(&refusal, correlation_id)
    }))
}
