//! The token endpoint: a code for tokens, once; and a refresh token for the next ones.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

use super::{
    Error, Tokens,
    authorize::client_id,
    discovery::{self, Subject},
    dpop,
    endpoint::Form,
    tokens::Bound,
};
use crate::{
    account::Identity,
    net::{Engine, Reach},
    platform::{self, Site, Spec, spec::Authorization},
    secret::Secret,
    secrets::Proof,
};

/// A code to exchange. A code is one shot: the caller has recorded the attempt before.
pub struct Exchange<'a> {
    pub site: &'a Site,
    pub redirect_uri: &'a str,
    pub code: &'a str,
    pub proof: &'a Proof,
    pub subject: Option<&'a Subject>,
    pub now: DateTime<Utc>,
}

/// RFC 6749 §5.1.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
    scope: Option<String>,
    /// The AT Protocol's: the account's DID.
    sub: Option<String>,
}

/// Exchanges a code. For the AT Protocol also says who it is: there the grant itself names the account.
///
/// # Errors
/// Any of [`Error`]; the code is spent in every case but [`Error::NotSent`].
pub async fn exchange(engine: &Engine, exchange: &Exchange<'_>) -> Result<(Tokens, Option<Identity>), Error> {
    let Exchange { site, redirect_uri, code, proof, now, .. } = *exchange;
    let spec = platform::spec(site.platform);
    let app = client_id(site, redirect_uri);
    let fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", redirect_uri.to_owned()),
        ("code_verifier", proof.verifier.expose().to_owned()),
    ];
    match (&spec.authorization, exchange.subject) {
        (Authorization::App { token, .. }, _) => {
            let url = site.url(token);
            let form = Form { url: &url, reach: Reach::Listed, fields, basic: site.app.as_ref(), dpop: None };
            let granted: Granted = form.post(engine, now).await?;
            require_scopes(spec, &granted)?;
            Ok((tokens(granted, None, app, None, now), None))
        }
        (Authorization::AtProtocol, None) => Err(Error::Mismatch),
        (Authorization::AtProtocol, Some(subject)) => {
            let at = site.at.as_ref().ok_or(Error::Mismatch)?;
            let key = dpop::Key::from_seed(&proof.dpop_seed);
            let granted = bound_form(engine, &subject.issuer, fields, &app, &key, now).await?;
            // Here a server has to say what it granted. <https://atproto.com/specs/oauth>
            if granted.scope.is_none() {
                return Err(Error::ScopeMissing("atproto"));
            }
            require_scopes(spec, &granted)?;
            if granted.token_type != "DPoP" || granted.sub.as_deref() != Some(&subject.did) {
                return Err(Error::Mismatch);
            }
            // Not only did the server name this DID: the DID, too, must name this server.
            let confirmed = discovery::confirm(engine, at, &subject.did).await?;
            if confirmed.issuer != subject.issuer {
                return Err(Error::Mismatch);
            }
            let bound = Bound { dpop_seed: proof.dpop_seed, issuer: subject.issuer.clone(), host: confirmed.host };
            let identity =
                Identity { user_id: confirmed.did, display_name: confirmed.handle.clone(), handle: confirmed.handle };
            Ok((tokens(granted, None, app, Some(bound), now), Some(identity)))
        }
    }
}

/// The next tokens of a grant. The caller holds the grant's lease and stores what comes back before using it.
///
/// # Errors
/// [`Error::Dead`]: connect again. [`Error::NotSent`]: nothing happened. Everything else: the old refresh token may be
/// spent, so re-read what is stored before anything else.
pub async fn refresh(engine: &Engine, site: &Site, old: &Tokens, now: DateTime<Utc>) -> Result<Tokens, Error> {
    let spec = platform::spec(site.platform);
    let refresh_token = old.refresh.as_ref().ok_or_else(|| Error::Dead("no refresh token".into()))?;
    let fields = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.expose().to_owned())];
    let granted = match (&spec.authorization, &old.bound) {
        (Authorization::App { token, .. }, _) => {
            let url = site.url(token);
            Form { url: &url, reach: Reach::Listed, fields, basic: site.app.as_ref(), dpop: None }
                .post(engine, now)
                .await
        }
        (Authorization::AtProtocol, None) => Err(Error::Mismatch),
        (Authorization::AtProtocol, Some(bound)) => {
            bound_form(engine, &bound.issuer, fields, &old.app, &bound.key(), now).await
        }
    };
    let granted: Granted = granted.map_err(|error| match error {
        Error::Refused(code) if spec.dead_grant.contains(&code.as_str()) => Error::Dead(code),
        other => other,
    })?;
    // An answer without a refresh token never overwrites the stored one.
    Ok(tokens(granted, old.refresh.clone(), old.app.clone(), old.bound.clone(), now))
}

async fn bound_form(
    engine: &Engine,
    issuer: &str,
    mut fields: Vec<(&'static str, String)>,
    app: &str,
    key: &dpop::Key,
    now: DateTime<Utc>,
) -> Result<Granted, Error> {
    let server = discovery::server(engine, issuer).await?;
    fields.push(("client_id", app.to_owned()));
    Form { url: &server.token, reach: Reach::Named, fields, basic: None, dpop: Some(key) }.post(engine, now).await
}

/// A server that leaves `scope` out granted what was asked (RFC 6749 §5.1).
fn require_scopes(spec: &Spec, granted: &Granted) -> Result<(), Error> {
    let Some(scope) = &granted.scope else { return Ok(()) };
    let has: Vec<&str> = scope.split([' ', ',']).collect();
    match spec.required_scopes.iter().find(|required| !has.contains(required)) {
        Some(missing) => Err(Error::ScopeMissing(missing)),
        None => Ok(()),
    }
}

fn tokens(
    granted: Granted,
    old_refresh: Option<Secret>,
    app: String,
    bound: Option<Bound>,
    now: DateTime<Utc>,
) -> Tokens {
    Tokens {
        access: Secret::new(granted.access_token),
        refresh: granted.refresh_token.map(Secret::new).or(old_refresh),
        expires_at: granted.expires_in.map(|seconds| now + Duration::seconds(seconds.clamp(0, 10 * 365 * 86_400))),
        app,
        bound,
    }
}
