//! The authorization request that the customer is sent to; pushed first (PAR) where the platform requires it.

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use url::Url;

use super::{
    Error,
    client::AtClient,
    discovery::{self, Subject},
    dpop::DpopKey,
    endpoint::{Authentication, Form},
};
use crate::{
    net::{HttpClient, Reach},
    secrets::AttemptSecrets,
    site::Site,
};
use platforms::{
    MAX_ENDPOINT, PlatformId,
    spec::{Authorization, Pkce},
};

pub struct Begin<'a> {
    pub site: &'a Site,
    pub redirect_uri: &'a str,
    /// Sealed, opaque to the platform.
    pub state: &'a str,
    pub secrets: &'a AttemptSecrets,
    /// The account that authorizes. Required where the server is discovered from it.
    pub subject: Option<&'a Subject>,
    /// The client key that the session is bound to from now on: [`Site::client_key`].
    pub client_key: Option<u8>,
    pub now: DateTime<Utc>,
}

/// The callback URL of a platform.
#[must_use]
pub fn redirect_uri(public: &Url, platform: PlatformId) -> String {
    let mut url = public.clone();
    url.set_path(&format!("/connect/{platform}/callback"));
    url.into()
}

/// The URL to send the customer to.
///
/// # Errors
/// If discovery or the server fails. Nothing is stored or used up, so the customer can try again.
pub async fn begin(http: &HttpClient, begin: &Begin<'_>) -> Result<Url, Error> {
    let spec = platforms::spec(begin.site.platform);
    let mut fields = vec![
        ("response_type", "code".to_owned()),
        ("redirect_uri", begin.redirect_uri.to_owned()),
        ("scope", spec.scope()),
        ("state", begin.state.to_owned()),
    ];
    if spec.pkce == Pkce::S256 {
        fields.push(("code_challenge", challenge(begin.secrets)));
        fields.push(("code_challenge_method", "S256".to_owned()));
    }
    match (&spec.authorization, begin.subject) {
        (Authorization::App { authorize, client_id, .. }, _) => {
            let mut url = begin.site.endpoints.url(authorize);
            url.query_pairs_mut().append_pair(client_id, app_id(begin.site)).extend_pairs(&fields);
            Ok(url)
        }
        (Authorization::AtProtocol, None) => Err(discovery::AtDiscoveryError::NotAHandle.into()),
        (Authorization::AtProtocol, Some(subject)) => {
            #[derive(Deserialize)]
            struct Pushed {
                request_uri: String,
            }
            let client = AtClient::at(begin.site, begin.redirect_uri, &spec.any_scope(), begin.client_key)?;
            let server = discovery::server(http, &subject.issuer).await?;
            fields.push(("login_hint", subject.handle.clone()));
            let key = DpopKey::from_seed(&begin.secrets.dpop_seed);
            let authentication = Authentication::Client { client: &client, issuer: &server.issuer };
            let mut form = Form { url: &server.par, reach: Reach::Named, fields, authentication, dpop: Some(&key) };
            let pushed: Pushed = match form.post(http, begin.now).await {
                // Servers cannot list the scopes that they support, because those have parameters. An older one refuses them.
                Err(Error::Refused(code)) if code == "invalid_scope" && server.supports(spec.older_scopes) => {
                    form.fields.retain(|(name, _)| *name != "scope");
                    form.fields.push(("scope", spec.older_scope()));
                    form.post(http, begin.now).await?
                }
                answer => answer?,
            };
            if pushed.request_uri.len() > MAX_ENDPOINT {
                return Err(Error::OutcomeUnknown("the authorization server's request_uri is too long".into()));
            }
            let mut url = server.authorize;
            url.query_pairs_mut().append_pair("client_id", &client.id).append_pair("request_uri", &pushed.request_uri);
            Ok(url)
        }
    }
}

/// Our app's id at a platform with registered credentials; empty without an app.
pub(super) fn app_id(site: &Site) -> &str {
    site.app.as_ref().map_or("", |app| &app.client_id)
}

/// RFC 7636 §4.2, S256.
fn challenge(secrets: &AttemptSecrets) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, secrets.verifier.expose().as_bytes());
    BASE64URL_NOPAD.encode(digest.as_ref())
}
