//! Authentication. A credential names its tenant before it is verified, so a read can run in parallel with the gate. The
//! result of that read is released only with a [`Caller`], which only the gate creates.

use std::{
    future::{Future, ready},
    sync::OnceLock,
};

use chrono::{DateTime, Utc};
use http::{Method, header};

use super::{Code, Error, Request};
use crate::{
    event::{Actor, By},
    id::ClientId,
    key::ApiKey,
    scope::Scope,
    store::{AgencyKeys, Credential, Denied, Gate, RateLimit, Use},
    tenant::Tenant,
    tokens::{AccessToken, Issuer, Unverified},
};

/// An admitted caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub tenant: Tenant,
    /// The client that the credential is bound to.
    pub client: Option<ClientId>,
    /// For events.
    pub actor: Actor,
}

impl Caller {
    /// This caller as the one who changes something at `at`.
    #[must_use]
    pub const fn at(&self, at: DateTime<Utc>) -> By {
        By { actor: self.actor, at }
    }

    /// # Errors
    /// 404 if the credential is bound to another client, exactly as if the requested client did not exist.
    pub fn require_client(&self, client: ClientId, what: &str) -> Result<(), Error> {
        match self.client {
            Some(bound) if bound != client => Err(Error::not_found(what)),
            _ => Ok(()),
        }
    }
}

/// A request with a well-formed credential that is not verified yet.
pub struct Asking<'a> {
    gate: &'a Gate,
    request: &'a Request,
    claim: Claim,
}

enum Claim {
    Key(ApiKey),
    Token(Box<Unverified>, Issuer),
}

impl Asking<'_> {
    /// The tenant that the credential claims. It may select what to read, but never decides what to answer.
    #[must_use]
    pub const fn claimed_tenant(&self) -> Tenant {
        match &self.claim {
            Claim::Key(key) => key.tenant,
            Claim::Token(token, _) => token.claims().tenant,
        }
    }

    /// Passes the gate while `read` runs in parallel. An access token is verified, and an unknown key refused, before either
    /// begins. A refusal is returned at once and drops the read; the result is returned only for an admitted caller. With
    /// `None` as the scope, any valid credential is admitted.
    ///
    /// # Errors
    /// 401, 403, 429, 503 if the issuer's keys cannot be read, and the errors of the store.
    pub async fn admit<T>(
        &self,
        scope: impl Into<Option<Scope>>,
        now: DateTime<Utc>,
        read: impl Future<Output = T>,
    ) -> Result<(Caller, T), Error> {
        let (caller, _, read) = self.admit_with_keys(scope, now, read).await?;
        Ok((caller, read))
    }

    /// Like [`Self::admit`], for a function that manages keys: also returns all keys of the gate. They cost no extra call,
    /// because the gate's write returns them.
    ///
    /// # Errors
    /// 401, 403, 429, and the errors of the store.
    pub async fn admit_with_keys<T>(
        &self,
        scope: impl Into<Option<Scope>>,
        now: DateTime<Utc>,
        read: impl Future<Output = T>,
    ) -> Result<(Caller, AgencyKeys, T), Error> {
        let usage = if self.request.method() == Method::GET { Use::Read } else { Use::Write };
        let scope = scope.into();
        let token = self.token(now).await?;
        let credential = match (&self.claim, &token) {
            (Claim::Key(key), _) => Credential::Key(key),
            (_, Some(token)) => Credential::Token(token),
            (Claim::Token(..), None) => return Err(unauthenticated()),
        };
        let screened = match self.gate.screen(credential, now).await? {
            Ok(screened) => screened,
            Err(denied) => return Err(refusal(denied, self.request, usage)),
        };
        let admitted = async {
            let verdict = self.gate.admit(screened, scope, usage, now).await?;
            let admitted = verdict.map_err(|denied| refusal(denied, self.request, usage))?;
            note(self.request, admitted.rate);
            Ok::<_, Error>(admitted)
        };
        let (admitted, read) = tokio::try_join!(admitted, async { Ok(read.await) })?;
        log_caller(credential);
        Ok((
            Caller { tenant: credential.tenant(), client: admitted.client, actor: actor(credential) },
            admitted.keys,
            read,
        ))
    }

    /// The verified token; `None` for a key, which the gate checks.
    async fn token(&self, now: DateTime<Utc>) -> Result<Option<AccessToken>, Error> {
        match &self.claim {
            Claim::Key(_) => Ok(None),
            Claim::Token(token, issuer) => Ok(Some(issuer.verify(token, now).await?)),
        }
    }
}

const fn actor(credential: Credential<'_>) -> Actor {
    match credential {
        Credential::Key(key) => Actor::Key { id: key.id },
        Credential::Token(token) => Actor::Token { id: token.claims().subject },
    }
}

/// Request extension in which the edge finds the [`RateLimit`] of a valid credential. The edge writes it into every
/// response.
pub type RateLimitCell = std::sync::Arc<OnceLock<RateLimit>>;

/// Reads the credential: `Authorization: Bearer` or `X-API-KEY`. A text that is neither a well-formed key nor an access
/// token for this API is refused here, without a call.
///
/// # Errors
/// 401; 400 if two different credentials are sent.
pub fn asking<'a>(gate: &'a Gate, request: &'a Request) -> Result<Asking<'a>, Error> {
    let text = credential(request)?;
    let claim = match ApiKey::parse(text) {
        Some(key) => Claim::Key(key),
        None => {
            let issuer = gate.issuer().ok_or_else(unauthenticated)?;
            Claim::Token(Box::new(issuer.read(text)?), issuer.clone())
        }
    };
    Ok(Asking { gate, request, claim })
}

/// Passes the gate, for a function that reads nothing in parallel.
///
/// # Errors
/// Those of [`asking`] and [`Asking::admit`].
pub async fn admit(
    gate: &Gate,
    request: &Request,
    scope: impl Into<Option<Scope>>,
    now: DateTime<Utc>,
) -> Result<Caller, Error> {
    let (caller, ()) = asking(gate, request)?.admit(scope, now, ready(())).await?;
    Ok(caller)
}

/// Like [`admit`], with all keys of the gate.
///
/// # Errors
/// Those of [`asking`] and [`Asking::admit_with_keys`].
pub async fn admit_with_keys(
    gate: &Gate,
    request: &Request,
    scope: impl Into<Option<Scope>>,
    now: DateTime<Utc>,
) -> Result<(Caller, AgencyKeys), Error> {
    let (caller, keys, ()) = asking(gate, request)?.admit_with_keys(scope, now, ready(())).await?;
    Ok((caller, keys))
}

/// Adds the caller to the lines of the request's log that follow.
fn log_caller(credential: Credential) {
    let (span, tenant) = (tracing::Span::current(), credential.tenant());
    span.record("agency", tracing::field::display(tenant.agency)).record("mode", tenant.mode.as_str());
    if let Credential::Key(key) = credential {
        span.record("key", tracing::field::display(key.id));
    }
}

/// The credential's text, from either header.
fn credential(request: &Request) -> Result<&str, Error> {
    let bearer = credentials(request, header::AUTHORIZATION.as_str()).map(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let api_key = credentials(request, "x-api-key").map(|text| Some(text.trim()));
    let sent = bearer.chain(api_key).map(|text| text.filter(|text| !text.is_empty()));
    let mut sent: Vec<Option<&str>> = sent.collect();
    sent.dedup();
    match sent[..] {
        [Some(text)] => Ok(text),
        [] | [None] => Err(Error { anonymous: true, ..unauthenticated() }),
        _ => Err(Error::new(Code::AmbiguousCredentials, "The request carries two different credentials.")),
    }
}

fn credentials<'a>(request: &'a Request, name: &str) -> impl Iterator<Item = &'a str> {
    request.headers().get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default())
}

fn refusal(denied: Denied, request: &Request, usage: Use) -> Error {
    match denied {
        Denied::Unauthenticated => {
            let cause =
                "unknown, revoked or expired key; or a token that its agency has ended, or of an unknown agency";
            Error { cause: Some(cause.into()), ..unauthenticated() }
        }
        Denied::TooManyUnknownKeys => {
            let detail =
                "Too many unknown keys of this agency are being tried. A valid key is accepted within seconds.";
            Error { retry_after: Some(1), ..Error::new(Code::RateLimited, detail) }
        }
        Denied::InsufficientScope(scope, rate) => {
            note(request, rate);
            Error::new(Code::InsufficientScope, format!("The credential lacks the scope {}.", scope.as_str()))
        }
        Denied::Limited(rate) => {
            note(request, rate);
            let counted = match usage {
                Use::Read => "reads",
                Use::Write => "writes",
            };
            Error {
                retry_after: Some(rate.reset),
                ..Error::new(Code::RateLimited, format!("All {} {counted} of this hour are used.", rate.limit))
            }
        }
    }
}

fn note(request: &Request, rate: RateLimit) {
    if let Some(cell) = request.extensions().get::<RateLimitCell>() {
        // A request passes the gate once, so this is set at most once.
        let _ = cell.set(rate);
    }
}

/// The body is the same for every reason, so that a caller learns nothing about a credential by trying it.
#[must_use]
pub fn unauthenticated() -> Error {
    Error::new(Code::Unauthenticated, "The request carries no valid credential.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(headers: &[(&str, &str)]) -> Result<String, Code> {
        let mut request = http::Request::get("https://api.test/v1/clients");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(lambda_http::Body::Empty).unwrap();
        credential(&request).map(ToOwned::to_owned).map_err(|error| error.code)
    }

    #[test]
    fn a_credential_is_read_from_either_header() {
        let credential = Ok("obh_live_0000".to_owned());
        assert_eq!(ask(&[("authorization", "bearer obh_live_0000")]), credential);
        assert_eq!(ask(&[("X-Api-Key", "obh_live_0000")]), credential);
        assert_eq!(ask(&[("authorization", "Bearer obh_live_0000"), ("x-api-key", " obh_live_0000 ")]), credential);
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(ask(&[]), Err(Code::Unauthenticated));
        assert_eq!(ask(&[("authorization", "Basic abc")]), Err(Code::Unauthenticated));
        assert_eq!(ask(&[("authorization", "Bearer")]), Err(Code::Unauthenticated));
        assert_eq!(ask(&[("authorization", "Bearer a"), ("x-api-key", "b")]), Err(Code::AmbiguousCredentials));
        assert_eq!(ask(&[("x-api-key", "a"), ("x-api-key", "b")]), Err(Code::AmbiguousCredentials));
    }
}
