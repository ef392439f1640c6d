//! Calls with a grant's token: `Bearer`, or `DPoP` with a proof if the grant is bound to a key.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    Tokens,
    dpop::DpopProof,
    endpoint::{nonce, problem},
};
use crate::{
    clock::Clock,
    net::{HttpClient, Line, Reach, Request, Response, SendError, media::Piece},
    secret::Secret,
};

/// How long a token for another service is good. A server gives at most an hour for one method.
const SERVICE_TOKEN_SECONDS: i64 = 30 * 60;

/// A client that authenticates with one grant.
pub struct Session<'a> {
    pub http: &'a HttpClient,
    pub tokens: &'a Tokens,
    /// A request is sent twice if the server wants a nonce, and an upload takes long: each proof has its own time.
    pub clock: &'a Clock,
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

    /// Like [`Self::send`], with a piece of a file as the body. For a repetition the file is read again.
    ///
    /// # Errors
    /// As [`HttpClient::relay`].
    pub async fn relay(&self, request: &Request, piece: &Piece<'_>) -> Result<Response, SendError> {
        let relay = |request: Request| self.http.relay(request.into_parts().0, piece, self.reach());
        let answer = relay(self.authorized(request, None)?).await?;
        match self.asks_for_nonce(&answer) {
            Some(nonce) => relay(self.authorized(request, nonce.as_deref())?).await,
            None => Ok(answer),
        }
    }

    /// A token of the account's server for one method of the service `audience`.
    /// <https://docs.bsky.app/docs/api/com-atproto-server-get-service-auth>
    ///
    /// # Errors
    /// As [`Self::send`]. A refusal by the server is `Ok(Err(…))`.
    pub async fn service_token(&self, audience: &str, method: &str) -> Result<Result<Secret, Response>, SendError> {
        #[derive(Deserialize)]
        struct Issued {
            token: String,
        }
        let no_host = || SendError::NotSent("the grant names no server that issues such tokens".into());
        let mut url = self.tokens.bound.as_ref().ok_or_else(no_host)?.host.clone();
        url.set_path("/xrpc/com.atproto.server.getServiceAuth");
        let ends = (self.clock.now().timestamp() + SERVICE_TOKEN_SECONDS).to_string();
        url.query_pairs_mut().append_pair("aud", audience).append_pair("lxm", method).append_pair("exp", &ends);
        let request = http::Request::get(url.as_str()).body(Bytes::new()).map_err(|_| no_host())?;
        let answer = self.send(&request).await?;
        if answer.status() != StatusCode::OK {
            return Ok(Err(answer));
        }
        let issued: Issued = serde_json::from_slice(answer.body())
            .map_err(|_| SendError::NotSent("the server's answer has no token for the service".into()))?;
        Ok(Ok(Secret::new(issued.token)))
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
                    now: self.clock.now(),
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
        request.headers_mut().insert(header::AUTHORIZATION, authorization(scheme, access)?);
        Ok(request)
    }
}

/// # Errors
/// The token has characters that a header cannot carry.
pub fn authorization(scheme: &str, token: &str) -> Result<HeaderValue, SendError> {
    let mut value = HeaderValue::from_str(&format!("{scheme} {token}"))
        .map_err(|_| SendError::NotSent("the token is not a header value".into()))?;
    value.set_sensitive(true);
    Ok(value)
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

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc, Mutex,
            atomic::{AtomicI64, Ordering},
        },
        time::Duration,
    };

    use chrono::{DateTime, Utc};
    use data_encoding::BASE64URL_NOPAD;
    use futures_util::future::BoxFuture;
    use serde_json::Value;

    use super::*;
    use crate::{clock::Time, net::Transport, oauth::tokens::Bound};

    /// Takes 15 s to ask for a nonce, as it does behind a large body. Keeps the times of the proofs.
    #[derive(Clone, Default)]
    struct Slow {
        seconds: Arc<AtomicI64>,
        proofs: Arc<Mutex<Vec<i64>>>,
    }

    impl Time for Slow {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(self.seconds.load(Ordering::SeqCst), 0).unwrap()
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            unreachable!()
        }
    }

    impl Transport for Slow {
        fn send(&self, request: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
            let proof = request.headers()["dpop"].to_str().unwrap();
            let claims = BASE64URL_NOPAD.decode(proof.split('.').nth(1).unwrap().as_bytes()).unwrap();
            let claims: Value = serde_json::from_slice(&claims).unwrap();
            self.proofs.lock().unwrap().push(claims["iat"].as_i64().unwrap());
            let answer = http::Response::builder().header("dpop-nonce", "n-1");
            let answer = if claims["nonce"].is_null() {
                self.seconds.fetch_add(15, Ordering::SeqCst);
                answer.status(401).header("www-authenticate", "DPoP error=\"use_dpop_nonce\"")
            } else {
                answer
            };
            Box::pin(async { Ok(answer.body(Bytes::new()).unwrap()) })
        }
    }

    #[tokio::test]
    async fn a_request_that_is_sent_again_has_a_proof_of_that_time() {
        let server = Slow::default();
        let http = HttpClient::new(server.clone(), Duration::from_secs(20));
        let host: url::Url = "https://pds.test/".parse().unwrap();
        let bound = Bound { dpop_seed: [7; 32], issuer: host.to_string(), host, client_key: None };
        let tokens = Tokens {
            access: Secret::new("access"),
            refresh: None,
            expires_at: None,
            grant_ends: None,
            app: "app".into(),
            bound: Some(bound),
        };
        let session = Session { http: &http, tokens: &tokens, clock: &Clock::new(server.clone()) };
        let request = http::Request::post("https://pds.test/xrpc/a.b").body(Bytes::new()).unwrap();
        assert_eq!(session.send(&request).await.unwrap().status(), 200);
        let proofs = server.proofs.lock().unwrap();
        assert_eq!(proofs[1] - proofs[0], 15);
    }
}
