//! Calls with a grant's token: `Bearer`, or `DPoP` with a proof if the grant is bound to a key.

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};

use super::{
    Tokens,
    dpop::DpopProof,
    endpoint::{nonce, problem},
};
use crate::net::{HttpClient, Line, Reach, Request, Response, SendError};

/// A client that authenticates with one grant.
pub struct Session<'a> {
    pub http: &'a HttpClient,
    pub tokens: &'a Tokens,
    pub now: DateTime<Utc>,
}

impl Session<'_> {
    /// Sends a request with the grant's credential. A server that requires a nonce refuses before it does anything, so
    /// repeating the request once with the nonce does not execute it twice.
    ///
    /// # Errors
    /// As [`HttpClient::send`].
    pub async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let answer = self.http.send(self.authorized(request, None)?, self.reach()).await?;
        match self.asks_for_nonce(&answer) {
            Some(nonce) => self.http.send(self.authorized(request, nonce.as_deref())?, self.reach()).await,
            None => Ok(answer),
        }
    }

    /// Like [`Self::send`], on a connection that was made for this request, and another one for its repetition.
    ///
    /// # Errors
    /// As [`HttpClient::send_fresh`].
    pub async fn send_over(&self, line: Line<'_>, request: &Request) -> Result<Response, SendError> {
        let answer = line.send(self.authorized(request, None)?).await?;
        match self.asks_for_nonce(&answer) {
            Some(nonce) => self.http.send_fresh(self.authorized(request, nonce.as_deref())?, self.reach()).await,
            None => Ok(answer),
        }
    }

    /// Where the grant's requests may go.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        if self.tokens.bound.is_some() { Reach::Named } else { Reach::Listed }
    }

    /// The nonce to repeat the request with, if the server asks for that.
    fn asks_for_nonce(&self, answer: &Response) -> Option<Option<String>> {
        (self.tokens.bound.is_some() && wants_nonce(answer)).then(|| nonce(answer.headers()))
    }

    /// The request with its credential.
    fn authorized(&self, request: &Request, nonce: Option<&str>) -> Result<Request, SendError> {
        let mut request = request.clone();
        let access = self.tokens.access.expose();
        let scheme = match &self.tokens.bound {
            None => "Bearer",
            Some(bound) => {
                let url = request.uri().to_string().parse().map_err(|_| SendError::NotSent("not a URL".into()))?;
                // The token must not be sent to another origin.
                if !same_origin(&url, &bound.host) {
                    return Err(SendError::NotSent("the grant is for another server".into()));
                }
                let id = crate::id::random::uuid();
                let proof = DpopProof {
                    method: request.method(),
                    url: &url,
                    now: self.now,
                    id: &id,
                    nonce,
                    access_token: Some(access),
                };
                let proof = bound.key().sign(&proof);
                let proof = proof.parse().map_err(|_| SendError::NotSent("the proof is not a header value".into()))?;
                request.headers_mut().insert("dpop", proof);
                "DPoP"
            }
        };
        let mut value = HeaderValue::from_str(&format!("{scheme} {access}"))
            .map_err(|_| SendError::NotSent("the token is not a header value".into()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        Ok(request)
    }
}

fn same_origin(url: &url::Url, host: &url::Url) -> bool {
    url.origin() == host.origin()
}

/// RFC 9449 §9: a resource server says so in `WWW-Authenticate`; some say it in the body.
fn wants_nonce(answer: &Response) -> bool {
    let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST)
        && (challenge.is_some_and(|text| text.contains("use_dpop_nonce")) || problem(answer) == "use_dpop_nonce")
}
