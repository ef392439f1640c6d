//! Starts an attempt to connect an account. Only our own page may start one, and nothing is stored.

use http::{StatusCode, header};
use platforms::{PlatformId, spec::Prompt};
use shared::{
    account::AccountStatus,
    api::{
        Request, Response,
        request::{header as header_text, path_text, public_url},
    },
    oauth::{self, discovery, redirect_uri},
};
use url::Url;

use super::{
    Deps, cookie,
    failure::{Failure, of_oauth},
    open::{count, invite_of, open},
    page,
    refusal::Refusal,
    state::State,
};

pub(super) async fn start(deps: &Deps, request: &Request) -> Result<Response, Refusal> {
    let now = deps.clock.now();
    let invite = invite_of(deps, path_text(request, "token"))?;
    let platform: PlatformId = path_text(request, "platform").parse().map_err(|_| Failure::PlatformNotRequested)?;
    let mut link = open(deps, invite).await?;
    let public = public_url(request, deps.public_url.as_ref()).map_err(|_| Failure::Internal)?;
    if !same_origin(request, &public) || !cookie::is_page_sent(request) {
        return Err(Refusal::on_link(link, Failure::StartedElsewhere, platform));
    }
    if !link.invite.platforms.contains(&platform) {
        return Err(Refusal::on_link(link, Failure::PlatformNotRequested, platform));
    }
    // This link has already connected the platform, perhaps in another tab: show the page.
    let own = link.invite.connected.contains_key(&platform);
    if own && link.account(platform).is_some_and(|account| account.status == AccountStatus::Connected) {
        return Ok(page::link(StatusCode::OK, &link, None));
    }
    let Some(site) = deps.sites.site(link.invite.tenant.mode, platform) else {
        return Err(Refusal::on_link(link, Failure::PlatformNotOffered, platform));
    };

    let http = deps.http.chain(deps.patience);
    let spec = platforms::spec(platform);
    let subject = match (&spec.prompt, &site.at) {
        (Some(prompt), Some(network)) => {
            // Limited, because the customer's text decides which servers we call.
            link = count(deps, link, platform).await?;
            match discovery::find(&http, network, &prompt_answer(request, prompt)).await {
                Ok(subject) => Some(subject),
                Err(error) => return Err(Refusal::on_link(link, of_oauth(&error.into()), platform)),
            }
        }
        _ => None,
    };

    let cookie = cookie::fresh();
    let state = State::new(invite, platform, cookie::digest(cookie.expose()), subject, site.client_key(), now);
    let secrets = deps.link_keys.attempt_secrets(deps.link_keys.version(), state.attempt, cookie.expose());
    let begin = oauth::Begin {
        site: &site,
        redirect_uri: &redirect_uri(&public, platform),
        state: &state.seal(&deps.link_keys),
        secrets: &secrets.ok_or(Failure::Internal)?,
        subject: state.subject.as_ref(),
        client_key: state.client_key,
        now,
    };
    match oauth::begin(&http, &begin).await {
        Ok(url) => {
            Ok(page::continue_to(&url, platform, &link).with(header::SET_COOKIE, &cookie::set(state.attempt, &cookie)))
        }
        Err(error) => Err(Refusal::on_link(link, of_oauth(&error), platform)),
    }
}

/// Protects from cross-site request forgery: a foreign page could submit the form for a visitor whose platform approves
/// without asking. Browsers without `Sec-Fetch-Site` must send our `Origin`. The page's cookie protects a second time, by
/// `SameSite`.
fn same_origin(request: &Request, public: &Url) -> bool {
    match header_text(request, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => header_text(request, "origin").is_some_and(|origin| origin == public.origin().ascii_serialization()),
    }
}

/// The customer's answer to the platform's prompt.
fn prompt_answer(request: &Request, prompt: &Prompt) -> String {
    let body: &[u8] = request.body();
    url::form_urlencoded::parse(body)
        .find(|(name, _)| name == prompt.field)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
