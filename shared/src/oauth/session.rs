//! Calls with a grant's token: `Bearer`, or `DPoP` with a proof if the grant is bound to a key.

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};

use super::{
    Tokens,
    dpop::DpopProof,
    endpoint::{nonce, problem},
};
use crate::net::{HttpClient, Reach, Request, Response, SendError};

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
        let answer = self.send_once(request, None).await?;
        if self.tokens.bound.is_some() && wants_nonce(&answer) {
            let nonce = nonce(answer.headers());
            return self.send_once(request, nonce.as_deref()).await;
        }
        Ok(answer)
    }

    async fn send_once(&self, request: &Request, nonce: Option<&str>) -> Result<Response, SendError> {
        let mut request = request.clone();
        let access = self.tokens.access.expose();
        let (scheme, reach) = match &self.tokens.bound {
            None => ("Bearer", Reach::Listed),
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
                request.headers_mut().insert("dpop", proof.parse().expect("a JWT is a header value"));
                ("DPoP", Reach::Named)
            }
        };
        let mut value = HeaderValue::from_str(&format!("{scheme} {access}"))
            .map_err(|_| SendError::NotSent("the token is not a header value".into()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        self.http.send(request, reach).await
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
