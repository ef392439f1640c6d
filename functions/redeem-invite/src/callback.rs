//! The callback from a platform. An attempt of another browser is refused without using up anything. Then the code is
//! exchanged once, and the account is stored in one transaction that requires the invite to be open.

use http::header;
use platforms::{Abilities, Identity};
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
    failure::{Failure, of_callback, of_oauth, of_platform},
    issued::Issued,
    link::Link,
    open::{count, open},
    refusal::Refusal,
    state::State,
};

pub(super) async fn callback(deps: &Deps, request: &Request) -> Result<Response, Refusal> {
    let now = deps.clock.now();
    let (version, state) = query(request, "state")
        .and_then(|sealed| State::open(&deps.link_keys, sealed))
        .filter(|(_, state)| path_text(request, "platform") == state.platform.as_str())
        .ok_or(Failure::StateUnknown)?;
    let platform = state.platform;
    let mut link = open(deps, state.invite).await?;
    if state.is_expired(now) {
        return Err(Refusal::on_link(link, Failure::StateExpired, platform));
    }
    let Some(cookie) = cookie::sent(request, state.attempt, &state.cookie) else {
        return Err(Refusal::on_link(link, Failure::OtherBrowser, platform));
    };
    if let Some(error) = query(request, "error") {
        let failure = of_callback(platform, error, query(request, "error_reason"));
        return Err(Refusal::on_link(link, failure, platform));
    }
    // RFC 9207: the issuer in the response has to be the one that the attempt was started with.
    if let Some(subject) = &state.subject
        && query(request, "iss") != Some(&subject.issuer)
    {
        return Err(Refusal::on_link(link, Failure::WrongIssuer, platform));
    }
    let Some(code) = query(request, "code").filter(|code| !code.is_empty()) else {
        return Err(Refusal::on_link(link, Failure::StateUnknown, platform));
    };
    let Some(site) = deps.sites.site(link.invite.tenant.mode, platform) else {
        return Err(Refusal::on_link(link, Failure::PlatformNotOffered, platform));
    };
    let public = public_url(request, deps.public_url.as_ref()).map_err(|_| Failure::Internal)?;

    // The first write: the attempt is used up, whatever happens from here on.
    if !deps.store.use_attempt(state.attempt, now).await? {
        return Err(Refusal::on_link(link, Failure::StateUsed, platform));
    }
    // Anybody with the link can send invented codes, which we exchange under our client secret. If the customer names the server,
    // the start was counted.
    if platforms::spec(platform).prompt.is_none() {
        link = count(deps, link, platform).await?;
    }
    let http = deps.http.chain(deps.patience);
    let exchange = oauth::Exchange {
        site: &site,
        redirect_uri: &redirect_uri(&public, platform),
        code,
        secrets: &deps.link_keys.attempt_secrets(version, state.attempt, cookie).ok_or(Failure::Internal)?,
        subject: state.subject.as_ref(),
        client_key: state.client_key,
        now,
    };
    let issued = Issued { deps, site: &site };
    let oauth::Granted { tokens, scopes, identity } = match oauth::exchange(&http, &exchange).await {
        Ok(granted) => granted,
        Err(oauth::Refused { error, issued: tokens }) => {
            if let Some(tokens) = tokens {
                issued.revoke(&tokens, &link, None).await;
            }
            return Err(Refusal::on_link(link, of_oauth(&error), platform));
        }
    };
    let identity = match identity {
        Some(identity) => identity,
        None => match whoami(deps, &http, &site, &tokens, &scopes).await {
            Ok(identity) => identity,
            Err(failure) => {
                issued.revoke(&tokens, &link, None).await;
                return Err(Refusal::on_link(link, failure, platform));
            }
        },
    };
    let link = connect(&issued, link, identity, scopes, &tokens).await?;
    let mut next = return_url(deps, &link).await.unwrap_or_else(|| {
        let mut page = public;
        page.set_path(&format!("/invite/{}", link.token.expose()));
        page
    });
    if !platforms::spec(platform).code_suffix.is_empty() {
        // The platform appends a fragment to our address, and browsers keep it over a redirect without one.
        next.set_fragment(Some(""));
    }
    Ok(Response::see_other(next.as_str()).with(header::SET_COOKIE, &cookie::clear(state.attempt)))
}

/// The return URL, once every platform is connected. The link is read again, because another tab may have connected the
/// others and the agency may have changed its allowed origins.
async fn return_url(deps: &Deps, link: &Link) -> Option<Url> {
    link.invite.return_url.as_ref()?;
    open(deps, link.invite.id).await.ok()?.return_url()
}

/// The identity of the authorized account, from the platform.
async fn whoami(
    deps: &Deps,
    http: &HttpClient,
    site: &Site,
    tokens: &Tokens,
    scopes: &[String],
) -> Result<Identity, Failure> {
    let adapter = platforms::adapter(site.platform);
    let request = adapter.whoami(&site.endpoints, scopes).ok_or(Failure::Internal)?;
    let session = Session { http, tokens, clock: &deps.clock };
    let answer = session.send(&request).await.map_err(|failure| {
        tracing::warn!(%failure, "the platform did not identify the account");
        Failure::PlatformDown
    })?;
    adapter.identity(&answer).map_err(|error| of_platform(&error))
}

/// Stores the grant and the account, if the invite is still open for them. If not, revokes the tokens.
async fn connect(
    issued: &Issued<'_>,
    link: Link,
    identity: Identity,
    scopes: Vec<String>,
    tokens: &Tokens,
) -> Result<Link, Refusal> {
    let Issued { deps, site } = *issued;
    let (invite, platform) = (&link.invite, site.platform);
    if invite.connected.get(&platform).is_some_and(|user_id| *user_id != identity.user_id) {
        issued.revoke(tokens, &link, Some(&identity.user_id)).await;
        return Err(Refusal::on_link(link, Failure::OtherIdentity, platform));
    }
    let now = deps.clock.now();
    let id = Account::identify(invite.tenant, invite.client, platform, &identity.user_id);
    let existing = link.accounts.iter().find(|account| account.id == id);
    let account = Account {
        id,
        client: invite.client,
        platform,
        user_id: identity.user_id,
        app_user_id: identity.app_user_id,
        handle: identity.handle,
        display_name: identity.display_name,
        status: AccountStatus::Connected,
        grant: GrantId::random(),
        connected_at: existing.map_or(now, |account| account.connected_at),
        granted_at: Some(now),
        expires_at: tokens.grant_ends,
        abilities: Abilities { scopes: Some(scopes), max_text: identity.max_text },
    };
    let connect = Connect {
        tenant: invite.tenant,
        invite: invite.id,
        account: &account,
        tokens,
        replaces: existing.map(|account| account.grant),
        now,
    };
    // After an error of the store the tokens may be stored, so they are not revoked.
    match deps.store.connect_account(&deps.vault, &connect).await? {
        Connected::Done => {
            tracing::info!(account = %account.id, %platform, "connected");
            Ok(link)
        }
        // The link has changed since it was read: read it again for its page.
        Connected::InviteRefused => {
            let again = open(deps, link.invite.id).await;
            issued.revoke(tokens, again.as_ref().unwrap_or(&link), Some(&account.user_id)).await;
            Err(Refusal::on_link(again?, Failure::OtherIdentity, platform))
        }
        // Another callback has just connected this account, so revoking could end its grant.
        Connected::Changed => Err(Refusal::on_link(open(deps, link.invite.id).await?, Failure::StateUsed, platform)),
    }
}
