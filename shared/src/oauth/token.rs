//! The token endpoint: exchanges a code once, and refreshes tokens.

use chrono::{DateTime, Duration, Utc};

use super::{
    Error, Tokens,
    authorize::app_id,
    client::AtClient,
    discovery::{self, Subject},
    dpop::DpopKey,
    endpoint::{self, Authentication, Form},
    tokens::Bound,
};
use crate::{
    net::{HttpClient, Reach},
    secret::Secret,
    secrets::AttemptSecrets,
    site::{AtNetwork, Site},
};
use platforms::{
    Identity, Spec, TokenResponse,
    spec::{Authorization, LongLived, Pkce, Renewal},
};

/// A code to exchange. It can be used once; the caller has recorded the attempt before.
pub struct Exchange<'a> {
    pub site: &'a Site,
    pub redirect_uri: &'a str,
    pub code: &'a str,
    pub secrets: &'a AttemptSecrets,
    pub subject: Option<&'a Subject>,
    /// The client key that the authorization began with.
    pub client_key: Option<u8>,
    pub now: DateTime<Utc>,
}

/// The result of an exchange.
pub struct Granted {
    pub tokens: Tokens,
    /// The granted scopes; the requested ones if the server does not say.
    pub scopes: Vec<String>,
    /// The account, if the answer identifies it (AT Protocol).
    pub identity: Option<Identity>,
}

/// A refused exchange.
pub struct Refused {
    pub error: Error,
    /// Tokens that the server had issued before. They are live and not stored anywhere: revoke them.
    pub issued: Option<Box<Tokens>>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, issued: None }
    }
}

/// Exchanges a code, and then the short-lived token for a long-lived one if the platform has them.
///
/// # Errors
/// Any [`Error`]; except for [`Error::NotSent`] the code has been used up.
pub async fn exchange(http: &HttpClient, exchange: &Exchange<'_>) -> Result<Granted, Refused> {
    let Exchange { site, redirect_uri, code, secrets, now, .. } = *exchange;
    let spec = platforms::spec(site.platform);
    let mut fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.strip_suffix(spec.code_suffix).unwrap_or(code).to_owned()),
        ("redirect_uri", redirect_uri.to_owned()),
    ];
    if spec.pkce == Pkce::S256 {
        fields.push(("code_verifier", secrets.verifier.expose().to_owned()));
    }
    match (&spec.authorization, exchange.subject) {
        (Authorization::App { .. }, _) => {
            let answer = app_form(http, site, fields, now).await?;
            let scopes = granted_scopes(spec, &answer);
            let issued = tokens(spec, answer, None, app_id(site).to_owned(), None, now);
            let checked = async {
                let scopes = scopes?;
                Ok((long_lived(http, site, &issued, now).await?, scopes))
            };
            match checked.await {
                Ok((lasting, scopes)) => Ok(Granted { tokens: lasting.unwrap_or(issued), scopes, identity: None }),
                Err(error) => Err(Refused { error, issued: Some(Box::new(issued)) }),
            }
        }
        (Authorization::AtProtocol, None) => Err(Error::Mismatch.into()),
        (Authorization::AtProtocol, Some(subject)) => {
            let at = site.at.as_ref().ok_or(Error::Mismatch)?;
            let client = AtClient::at(site, redirect_uri, &spec.any_scope(), exchange.client_key)?;
            let key = DpopKey::from_seed(&secrets.dpop_seed);
            let answer = bound_form(http, site, &subject.issuer, fields, &client, &key, now).await?;
            let accepted = accepted_by(spec, &answer, subject);
            let bound = Bound {
                dpop_seed: secrets.dpop_seed,
                issuer: subject.issuer.clone(),
                host: subject.host.clone(),
                client_key: exchange.client_key,
            };
            let mut issued = tokens(spec, answer, None, client.id, Some(bound), now);
            match confirmed(http, at, subject, accepted).await {
                Ok((scopes, confirmed)) => {
                    issued.bound = issued.bound.map(|bound| Bound { host: confirmed.host, ..bound });
                    let (user_id, handle) = (confirmed.did, confirmed.handle);
                    let identity = Some(Identity {
                        user_id,
                        display_name: handle.clone(),
                        handle,
                        app_user_id: None,
                        max_text: None,
                    });
                    Ok(Granted { tokens: issued, scopes, identity })
                }
                Err(error) => Err(Refused { error, issued: Some(Box::new(issued)) }),
            }
        }
    }
}

/// Exchanges a short-lived token, where the platform has long-lived ones.
async fn long_lived(
    http: &HttpClient,
    site: &Site,
    issued: &Tokens,
    now: DateTime<Utc>,
) -> Result<Option<Tokens>, Error> {
    let spec = platforms::spec(site.platform);
    let Some(LongLived { url, grant_type }) = spec.long_lived else { return Ok(None) };
    let mut url = site.endpoints.url(url);
    let secret = site.app.as_ref().map_or("", |app| app.client_secret.expose());
    url.query_pairs_mut().append_pair("grant_type", grant_type).append_pair("client_secret", secret);
    url.query_pairs_mut().append_pair("access_token", issued.access.expose());
    let answer = endpoint::get_tokens(http, platforms::adapter(site.platform), &url).await?;
    Ok(Some(tokens(spec, answer, None, issued.app.clone(), None, now)))
}

/// The scopes in an AT Protocol server's answer, if it is for this subject.
fn accepted_by(spec: &Spec, answer: &TokenResponse, subject: &Subject) -> Result<Vec<String>, Error> {
    // AT Protocol servers must report the granted scopes. <https://atproto.com/specs/oauth>
    if answer.scope.is_none() {
        return Err(Error::ScopeMissing("atproto"));
    }
    let scopes = granted_scopes(spec, answer)?;
    let is_bound = answer.token_type.as_deref() == Some("DPoP");
    if is_bound && answer.subject.as_deref() == Some(&subject.did) { Ok(scopes) } else { Err(Error::Mismatch) }
}

/// The scopes, and the account as it is now. The server named its DID; the DID must name the server, too.
async fn confirmed(
    http: &HttpClient,
    at: &AtNetwork,
    subject: &Subject,
    accepted: Result<Vec<String>, Error>,
) -> Result<(Vec<String>, Subject), Error> {
    let scopes = accepted?;
    let confirmed = discovery::confirm(http, at, &subject.did).await?;
    if confirmed.issuer == subject.issuer { Ok((scopes, confirmed)) } else { Err(Error::Mismatch) }
}

/// Refreshes a grant's tokens. The caller holds the grant's lease and stores the result before using it.
///
/// # Errors
/// [`Error::Dead`]: the customer must reconnect. [`Error::NotSent`]: nothing happened. All others: the old refresh
/// token may be used up, so read the stored grant again first.
pub async fn refresh(http: &HttpClient, site: &Site, old: &Tokens, now: DateTime<Utc>) -> Result<Tokens, Error> {
    let spec = platforms::spec(site.platform);
    let answer = match (spec.renewal, &spec.authorization, &old.bound) {
        (Renewal::AccessToken { url, grant_type }, ..) => {
            let mut url = site.endpoints.url(url);
            url.query_pairs_mut().append_pair("grant_type", grant_type);
            url.query_pairs_mut().append_pair("access_token", old.access.expose());
            endpoint::get_tokens(http, platforms::adapter(site.platform), &url).await
        }
        (Renewal::RefreshToken, authorization, bound) => {
            let refresh_token = old.refresh.as_ref().ok_or_else(|| Error::Dead("no refresh token".into()))?;
            let fields =
                vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.expose().to_owned())];
            match (authorization, bound) {
                (Authorization::App { .. }, _) => app_form(http, site, fields, now).await,
                (Authorization::AtProtocol, None) => Err(Error::Mismatch),
                (Authorization::AtProtocol, Some(bound)) => {
                    let client = AtClient::known(site, old.app.clone(), bound.client_key)?;
                    bound_form(http, site, &bound.issuer, fields, &client, &bound.key(), now).await
                }
            }
        }
    };
    let answer = answer.map_err(|error| match error {
        Error::Refused(code) if spec.dead_grant.contains(&code.as_str()) => Error::Dead(code),
        other => other,
    })?;
    Ok(tokens(spec, answer, Some(old), old.app.clone(), old.bound.clone(), now))
}

/// Posts a form to the token endpoint as our app.
async fn app_form(
    http: &HttpClient,
    site: &Site,
    fields: Vec<(&'static str, String)>,
    now: DateTime<Utc>,
) -> Result<TokenResponse, Error> {
    let Authorization::App { token, .. } = &platforms::spec(site.platform).authorization else {
        return Err(Error::Mismatch);
    };
    let form_url = site.endpoints.url(token);
    Form::of_app(site, &form_url, fields)?.post_for_tokens(http, platforms::adapter(site.platform), now).await
}

async fn bound_form(
    http: &HttpClient,
    site: &Site,
    issuer: &str,
    fields: Vec<(&'static str, String)>,
    client: &AtClient,
    key: &DpopKey,
    now: DateTime<Utc>,
) -> Result<TokenResponse, Error> {
    let server = discovery::server(http, issuer).await?;
    let authentication = Authentication::Client { client, issuer: &server.issuer };
    let form = Form { url: &server.token, reach: Reach::Named, fields, authentication, dpop: Some(key) };
    form.post_for_tokens(http, platforms::adapter(site.platform), now).await
}

/// The granted scopes. A server that omits `scope` granted what was requested (RFC 6749 §5.1).
fn granted_scopes(spec: &Spec, answer: &TokenResponse) -> Result<Vec<String>, Error> {
    let Some(scope) = &answer.scope else { return Ok(spec.scopes.iter().map(ToString::to_string).collect()) };
    let has: Vec<String> = scope.split([' ', ',']).map(ToOwned::to_owned).collect();
    match spec.missing(spec.required_scopes, &has).first() {
        Some(missing) => Err(Error::ScopeMissing(missing)),
        None => Ok(has),
    }
}

fn tokens(
    spec: &Spec,
    granted: TokenResponse,
    old: Option<&Tokens>,
    app: String,
    bound: Option<Bound>,
    now: DateTime<Utc>,
) -> Tokens {
    let end = |seconds: i64| now + Duration::seconds(seconds.clamp(0, 10 * 365 * 86_400));
    let expires_at = granted.expires_in.map(end);
    let (refresh, refresh_ends) = match granted.refresh_token {
        Some(token) => (Some(Secret::new(token)), granted.refresh_expires_in.map(end)),
        // An answer without a refresh token keeps the stored one.
        None => (old.and_then(|old| old.refresh.clone()), old.and_then(|old| old.grant_ends)),
    };
    let grant_ends = match spec.renewal {
        Renewal::AccessToken { .. } => expires_at,
        Renewal::RefreshToken => refresh_ends,
    };
    Tokens { access: Secret::new(granted.access_token), refresh, expires_at, grant_ends, app, bound }
}
