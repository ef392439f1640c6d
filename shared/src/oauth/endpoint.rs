//! One call to an authorization server: a form, our app's authentication, a DPoP proof if the grant is bound, and the
//! answer or the server's error code.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{self, InvalidHeaderValue},
};
use serde::de::DeserializeOwned;
use url::{Url, form_urlencoded};

use super::{
    Error,
    client::AtClient,
    dpop::{DpopKey, DpopProof},
};
use crate::{
    net::{HttpClient, Reach, Request, Response},
    secret::Secret,
    site::{App, Site},
};
use platforms::{
    Adapter, TokenResponse,
    spec::{Authorization, ClientAuthentication},
    token_response,
};

/// A form to post. Values may be secrets: it has no `Debug`.
pub(super) struct Form<'a> {
    pub(super) url: &'a Url,
    pub(super) reach: Reach,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) authentication: Authentication<'a>,
    pub(super) dpop: Option<&'a DpopKey>,
}

/// How our app authenticates, apart from fields of the form.
pub(super) enum Authentication<'a> {
    None,
    /// HTTP Basic (RFC 6749 §2.3.1).
    Basic(&'a App),
    /// As a client of the AT Protocol, to this issuer (RFC 7523).
    Client {
        client: &'a AtClient,
        issuer: &'a str,
    },
}

impl<'a> Form<'a> {
    /// A form to a platform's own endpoint, authenticated as our app in the platform's way.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a platform without registered apps.
    pub(super) fn of_app(site: &'a Site, url: &'a Url, mut fields: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let Authorization::App { client_id, client, .. } = &platforms::spec(site.platform).authorization else {
            return Err(Error::Mismatch);
        };
        let authentication = match (client, &site.app) {
            (ClientAuthentication::Form, Some(app)) => {
                fields.push((client_id, app.client_id.clone()));
                fields.push(("client_secret", app.client_secret.expose().to_owned()));
                Authentication::None
            }
            (ClientAuthentication::Basic, Some(app)) => Authentication::Basic(app),
            (_, None) => Authentication::None,
        };
        Ok(Self { url, reach: Reach::Listed, fields, authentication, dpop: None })
    }

    /// Posts the form and reads a JSON response.
    pub(super) async fn post<T: DeserializeOwned>(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<T, Error> {
        let answer = self.send(http, now).await?;
        read(&answer, |body| serde_json::from_slice(body), problem)
    }

    /// Posts the form to a token endpoint.
    pub(super) async fn post_for_tokens(
        &self,
        http: &HttpClient,
        adapter: &dyn Adapter,
        now: DateTime<Utc>,
    ) -> Result<TokenResponse, Error> {
        read_tokens(&self.send(http, now).await?, adapter)
    }

    /// Posts the form where the answer has no content of interest.
    pub(super) async fn tell(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<(), Error> {
        let answer = self.send(http, now).await?;
        let yes = answer.status().is_success() && problem(&answer).is_empty();
        if yes { Ok(()) } else { Err(refusal(&answer, &problem(&answer))) }
    }

    /// A server that requires a nonce refuses the first request before anything is used up; it is repeated once with
    /// the nonce.
    async fn send(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<Response, Error> {
        let mut answer = http.send(self.request(now, None)?, self.reach).await?;
        if self.dpop.is_some() && problem(&answer) == "use_dpop_nonce" {
            let nonce = nonce(answer.headers());
            answer = http.send(self.request(now, nonce.as_deref())?, self.reach).await?;
        }
        Ok(answer)
    }

    fn request(&self, now: DateTime<Utc>, nonce: Option<&str>) -> Result<Request, Error> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.fields);
        if let Authentication::Client { client, issuer } = self.authentication {
            body.append_pair("client_id", &client.id).extend_pairs(client.proof(issuer, now));
        }
        let mut request = Request::new(Bytes::from(body.finish()));
        *request.method_mut() = Method::POST;
        let not_sent =
            |what: &'static str| move |_: InvalidHeaderValue| Error::NotSent(format!("{what} cannot be sent"));
        *request.uri_mut() =
            self.url.as_str().parse().map_err(|_| Error::NotSent("the endpoint is not a URI".into()))?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Authentication::Basic(app) = self.authentication {
            headers
                .insert(header::AUTHORIZATION, basic(&app.client_id, &app.client_secret).map_err(not_sent("our app"))?);
        }
        if let Some(key) = self.dpop {
            let id = crate::id::random::uuid();
            let proof = DpopProof { method: &Method::POST, url: self.url, now, id: &id, nonce, access_token: None };
            headers.insert("dpop", key.sign(&proof).parse().map_err(not_sent("the proof"))?);
        }
        Ok(request)
    }
}

/// RFC 6749 §2.3.1: both parts form-encoded, then Basic.
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = BASE64.encode(format!("{}:{}", encode(id), encode(secret.expose())).as_bytes());
    let mut value = HeaderValue::from_str(&format!("Basic {pair}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Gets tokens by a request without a form. Its query may contain the client secret.
pub(super) async fn get_tokens(http: &HttpClient, adapter: &dyn Adapter, url: &Url) -> Result<TokenResponse, Error> {
    let request = http::Request::get(url.as_str()).body(Bytes::new());
    let request = request.map_err(|_| Error::NotSent("the token is too long for a URL".into()))?;
    read_tokens(&http.send(request, Reach::Listed).await?, adapter)
}

fn read_tokens(answer: &Response, adapter: &dyn Adapter) -> Result<TokenResponse, Error> {
    let problem = |answer: &Response| adapter.token_error(answer.body()).unwrap_or_default();
    read(answer, |body| adapter.token_response(body), problem)
}

fn read<T>(
    answer: &Response,
    parse: impl FnOnce(&[u8]) -> serde_json::Result<T>,
    problem: impl FnOnce(&Response) -> String,
) -> Result<T, Error> {
    if !answer.status().is_success() {
        return Err(refusal(answer, &problem(answer)));
    }
    parse(answer.body()).map_err(|_| match problem(answer) {
        none if none.is_empty() => {
            Error::OutcomeUnknown("the authorization server's answer has an unknown shape".into())
        }
        problem => refusal(answer, &problem),
    })
}

/// The error of a response with this error code. Some servers refuse with a status of success.
fn refusal(answer: &Response, problem: &str) -> Error {
    let status = answer.status();
    if status.is_success() || status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        Error::Refused(code(status, problem))
    } else {
        Error::OutcomeUnknown(format!("the authorization server answered {status}"))
    }
}

/// The server's error code by RFC 6749 §5.2; empty if there is none.
pub(super) fn problem(answer: &Response) -> String {
    token_response::error_code(answer.body()).unwrap_or_default()
}

/// The nonce for the next proof (RFC 9449 §8).
pub(super) fn nonce(headers: &HeaderMap) -> Option<String> {
    headers.get("dpop-nonce")?.to_str().ok().map(ToOwned::to_owned)
}

/// The error code if it is safe to log, otherwise the status: a server can send arbitrary text.
fn code(status: StatusCode, error: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let known = !error.is_empty() && error.len() <= 64 && error.bytes().all(plain);
    if known { error.to_owned() } else { status.as_u16().to_string() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::net::Wire;

    /// A URL can be longer than a URI, and endpoints come from servers that a customer named.
    #[tokio::test]
    async fn an_endpoint_that_is_no_uri_is_an_error() {
        let url = format!("https://auth.example/{}", "a".repeat(65_535)).parse().unwrap();
        let (reach, authentication) = (Reach::Named, Authentication::None);
        let form = Form { url: &url, reach, fields: vec![], authentication, dpop: None };
        let http = HttpClient::new(Wire::new(false), Duration::from_secs(1));
        let told = form.tell(&http, DateTime::UNIX_EPOCH).await;
        assert_eq!(told, Err(Error::NotSent("the endpoint is not a URI".into())));
    }
}
