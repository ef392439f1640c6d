//! One call to an authorization server: a form, our app's authentication, a DPoP proof if the grant is bound, and the
//! answer or the server's error code.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
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
use platforms::spec::{Authorization, ClientAuthentication};

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

/// RFC 6749 §5.2. Meta's Graph API sends an object with a number instead of a string.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    error: Value,
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

    /// Posts the form and reads the answer.
    pub(super) async fn post<T: DeserializeOwned>(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<T, Error> {
        read(&self.send(http, now).await?)
    }

    /// Posts the form where the answer has no content of interest.
    pub(super) async fn tell(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<(), Error> {
        let answer = self.send(http, now).await?;
        let yes = answer.status().is_success() && problem(&answer).is_empty();
        if yes { Ok(()) } else { Err(refusal(&answer)) }
    }

    /// A server that requires a nonce refuses the first request before anything is used up; it is repeated once with
    /// the nonce.
    async fn send(&self, http: &HttpClient, now: DateTime<Utc>) -> Result<Response, Error> {
        let mut answer = http.send(self.request(now, None), self.reach).await?;
        if self.dpop.is_some() && problem(&answer) == "use_dpop_nonce" {
            let nonce = nonce(answer.headers());
            answer = http.send(self.request(now, nonce.as_deref()), self.reach).await?;
        }
        Ok(answer)
    }

    fn request(&self, now: DateTime<Utc>, nonce: Option<&str>) -> Request {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.fields);
        if let Authentication::Client { client, issuer } = self.authentication {
            body.append_pair("client_id", &client.id).extend_pairs(client.proof(issuer, now));
        }
        let mut request = Request::new(Bytes::from(body.finish()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.as_str().parse().expect("a URL is a URI");
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Authentication::Basic(app) = self.authentication {
            headers.insert(header::AUTHORIZATION, basic(&app.client_id, &app.client_secret));
        }
        if let Some(key) = self.dpop {
            let id = uuid::Uuid::new_v4().to_string();
            let proof = DpopProof { method: &Method::POST, url: self.url, now, id: &id, nonce, access_token: None };
            headers.insert("dpop", key.sign(&proof).parse().expect("a JWT is a header value"));
        }
        request
    }
}

/// RFC 6749 §2.3.1: both parts form-encoded, then Basic.
fn basic(id: &str, secret: &Secret) -> HeaderValue {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = BASE64.encode(format!("{}:{}", encode(id), encode(secret.expose())).as_bytes());
    let mut value = HeaderValue::from_str(&format!("Basic {pair}")).expect("base64 is a header value");
    value.set_sensitive(true);
    value
}

/// A GET whose parameters are in its query; the query can contain our client secret.
pub(super) async fn get<T: DeserializeOwned>(http: &HttpClient, url: &Url) -> Result<T, Error> {
    let request = http::Request::get(url.as_str()).body(Bytes::new()).expect("a URL makes a request");
    read(&http.send(request, Reach::Listed).await?)
}

fn read<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    if !answer.status().is_success() {
        return Err(refusal(answer));
    }
    serde_json::from_slice(answer.body()).map_err(|_| match problem(answer) {
        unread if unread.is_empty() => {
            Error::OutcomeUnknown("the authorization server's answer has an unknown shape".into())
        }
        _ => refusal(answer),
    })
}

/// The error of a failed answer. Some servers refuse with a success status.
fn refusal(answer: &Response) -> Error {
    let status = answer.status();
    if status.is_success() || status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        Error::Refused(code(answer))
    } else {
        Error::OutcomeUnknown(format!("the authorization server answered {status}"))
    }
}

/// The server's error code; empty without one.
pub(super) fn problem(answer: &Response) -> String {
    let problem: Problem = serde_json::from_slice(answer.body()).unwrap_or_default();
    match &problem.error {
        Value::String(code) => code.clone(),
        Value::Object(error) => error.get("code").map(ToString::to_string).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The nonce for the next proof (RFC 9449 §8).
pub(super) fn nonce(headers: &HeaderMap) -> Option<String> {
    headers.get("dpop-nonce")?.to_str().ok().map(ToOwned::to_owned)
}

/// The error code if it is safe to log, otherwise the status: a server can send arbitrary text.
fn code(answer: &Response) -> String {
    let error = problem(answer);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let known = !error.is_empty() && error.len() <= 64 && error.bytes().all(plain);
    if known { error } else { answer.status().as_u16().to_string() }
}
