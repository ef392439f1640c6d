//! The way back. Nothing is spent for a browser that did not start the attempt; then the code is exchanged once, and the
//! account stored in one transaction under the invite's condition.

use chrono::{DateTime, Utc};
use http::header;
use platforms::{Identity, PlatformId};
use shared::{
    account::{Account, AccountStatus},
    api::{
        Request, Response,
        request::{path_text, public_url, query},
    },
    id::GrantId,
    net::HttpClient,
    oauth::{self, Session, Tokens, redirect_uri},
    site::Site,
    store::{Connect, Connected},
};
use url::Url;

use super::{
    Deps, cookie,
    failure::{Failure, Refusal, of_oauth, of_platform},
    link::{self, Link},
    state::State,
};

pub(super) async fn callback(deps: &Deps, request: &Request) -> Result<Response, Refusal> {
    let now = deps.clock.now();
    let (version, state) = query(request, "state")
        .and_then(|sealed| State::open(&deps.link_keys, sealed))
        .filter(|(_, state)| path_text(request, "platform") == state.platform.as_str())
        .ok_or(Failure::StateUnknown)?;
    let platform = state.platform;
    let link = link::open(deps, state.invite).await?;
    if state.is_expired(now) {
        return Err(link.refuse(Failure::StateExpired, platform));
    }
    if !cookie::is_sent(request, state.attempt, &state.cookie) {
        return Err(link.refuse(Failure::OtherBrowser, platform));
    }
    if query(request, "error").is_some() {
        return Err(link.refuse(Failure::Declined, platform));
    }
    // RFC 9207: whom the state was made for has to be who answers.
    if let Some(subject) = &state.subject
        && query(request, "iss") != Some(&subject.issuer)
    {
        return Err(link.refuse(Failure::WrongIssuer, platform));
    }
    let Some(code) = query(request, "code").filter(|code| !code.is_empty()) else {
        return Err(link.refuse(Failure::StateUnknown, platform));
    };
    let Some(site) = deps.sites.site(link.invite.tenant.mode, platform) else {
        return Err(link.refuse(Failure::PlatformNotOffered, platform));
    };
    let public = public_url(request, deps.public_url.as_ref()).map_err(|_| Failure::Internal)?;

    // The first write: from here on this attempt is used up, whatever happens.
    if !deps.store.use_attempt(state.attempt, now).await? {
        return Err(link.refuse(Failure::StateUsed, platform));
    }
    let http = deps.http.chain(deps.patience);
    let exchange = oauth::Exchange {
        site: &site,
        redirect_uri: &redirect_uri(&public, platform),
        code,
        secrets: &deps.link_keys.attempt_secrets(version, state.attempt).ok_or(Failure::Internal)?,
        subject: state.subject.as_ref(),
        client_key: state.client_key,
        now,
    };
    let oauth::Granted { tokens, scopes, identity } = match oauth::exchange(&http, &exchange).await {
        Ok(granted) => granted,
        Err(error) => return Err(link.refuse(of_oauth(&error), platform)),
    };
    let identity = match identity {
        Some(identity) => identity,
        None => match whoami(&http, &site, &tokens, &scopes, now).await {
            Ok(identity) => identity,
            Err(failure) => return Err(link.refuse(failure, platform)),
        },
    };
    let link = connect(deps, link, platform, identity, &tokens).await?;
    let mut next = onward(deps, &link).await.unwrap_or_else(|| {
        let mut page = public;
        page.set_path(&format!("/invite/{}", link.token.expose()));
        page
    });
    if !platforms::spec(platform).code_suffix.is_empty() {
        // What the platform appended stands behind a `#` in the browser, which would take it along.
        next.set_fragment(Some(""));
    }
    Ok(Response::see_other(next.as_str()).with(header::SET_COOKIE, &cookie::clear(state.attempt)))
}

/// The return URL, once nothing is left to connect. The link is read again: meanwhile another tab may have connected
/// the rest, and the agency may have changed its list.
async fn onward(deps: &Deps, link: &Link) -> Option<Url> {
    link.invite.return_url.as_ref()?;
    link::open(deps, link.invite.id).await.ok()?.onward()
}

/// Whose account was authorized, in the platform's own answer.
async fn whoami(
    http: &HttpClient,
    site: &Site,
    tokens: &Tokens,
    scopes: &[String],
    now: DateTime<Utc>,
) -> Result<Identity, Failure> {
    let adapter = platforms::adapter(site.platform);
    let request = adapter.whoami(&site.endpoints, scopes).ok_or(Failure::Internal)?;
    let session = Session { http, tokens, now };
    let answer = session.send(&request).await.map_err(|failure| {
        tracing::warn!(%failure, "the platform did not say who was authorized");
        Failure::PlatformDown
    })?;
    adapter.identity(&answer).map_err(|error| of_platform(&error))
}

/// Stores grant and account, if the invite still admits them.
async fn connect(
    deps: &Deps,
    link: Link,
    platform: PlatformId,
    identity: Identity,
    tokens: &Tokens,
) -> Result<Link, Refusal> {
    let invite = &link.invite;
    if invite.connected.get(&platform).is_some_and(|user_id| *user_id != identity.user_id) {
        return Err(link.refuse(Failure::OtherIdentity, platform));
    }
    let now = deps.clock.now();
    let id = Account::identify(invite.tenant, invite.client, platform, &identity.user_id);
    let existing = link.accounts.iter().find(|account| account.id == id);
    let account = Account {
        id,
        client: invite.client,
        platform,
        user_id: identity.user_id,
        handle: identity.handle,
        display_name: identity.display_name,
        status: AccountStatus::Connected,
        grant: GrantId::random(),
        connected_at: existing.map_or(now, |account| account.connected_at),
        expires_at: tokens.grant_ends,
    };
    let connect = Connect {
        tenant: invite.tenant,
        invite: invite.id,
        account: &account,
        tokens,
        replaces: existing.map(|account| account.grant),
        now,
    };
    match deps.store.connect_account(&deps.vault, &connect).await? {
        Connected::Done => {
            tracing::info!(account = %account.id, %platform, "connected");
            Ok(link)
        }
        // What changed since it was read decides what is said, and what the page shows.
        refused @ (Connected::InviteRefused | Connected::Changed) => {
            let link = link::open(deps, link.invite.id).await?;
            let taken = matches!(refused, Connected::InviteRefused);
            Err(link.refuse(if taken { Failure::OtherIdentity } else { Failure::StateUsed }, platform))
        }
    }
}
