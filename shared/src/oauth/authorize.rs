//! Where to send the customer: the authorization request, pushed beforehand where the platform wants that.

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use url::Url;

use super::{
    Error,
    discovery::{self, Subject},
    dpop,
    endpoint::Form,
};
use crate::{
    net::{Engine, Reach},
    platform::{
        self, Site, Spec,
        spec::{Authorization, Pkce},
    },
    secrets::Proof,
};

/// An authorization about to begin.
pub struct Begin<'a> {
    pub site: &'a Site,
    pub redirect_uri: &'a str,
    /// Sealed, opaque to the platform.
    pub state: &'a str,
    pub proof: &'a Proof,
    /// Who is to authorize, where the platform is discovered from them.
    pub subject: Option<&'a Subject>,
    pub now: DateTime<Utc>,
}

/// The address to send the customer to.
///
/// # Errors
/// Discovery's and the server's; nothing is stored and nothing spent, so the customer may simply try again.
pub async fn begin(engine: &Engine, begin: &Begin<'_>) -> Result<Url, Error> {
    let spec = platform::spec(begin.site.platform);
    let client_id = client_id(begin.site, begin.redirect_uri);
    let mut fields = vec![
        (client_id_name(spec), client_id.clone()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", begin.redirect_uri.to_owned()),
        ("scope", scope(spec)),
        ("state", begin.state.to_owned()),
    ];
    if spec.pkce == Pkce::S256 {
        fields.push(("code_challenge", challenge(begin.proof)));
        fields.push(("code_challenge_method", "S256".to_owned()));
    }
    match (&spec.authorization, begin.subject) {
        (Authorization::App { authorize, .. }, _) => {
            let mut url = begin.site.url(authorize);
            url.query_pairs_mut().extend_pairs(&fields);
            Ok(url)
        }
        (Authorization::AtProtocol, None) => Err(discovery::Undiscovered::NotAHandle.into()),
        (Authorization::AtProtocol, Some(subject)) => {
            #[derive(Deserialize)]
            struct Pushed {
                request_uri: String,
            }
            let server = discovery::server(engine, &subject.issuer).await?;
            fields.push(("login_hint", subject.handle.clone()));
            let key = dpop::Key::from_seed(&begin.proof.dpop_seed);
            let form = Form { url: &server.par, reach: Reach::Named, fields, basic: None, dpop: Some(&key) };
            let pushed: Pushed = form.post(engine, begin.now).await?;
            let mut url = server.authorize;
            url.query_pairs_mut().append_pair("client_id", &client_id).append_pair("request_uri", &pushed.request_uri);
            Ok(url)
        }
    }
}

/// Our app's id at this platform. The AT Protocol knows an app by the address of its document; on loopback, by the
/// redirect URI itself.
pub(super) fn client_id(site: &Site, redirect_uri: &str) -> String {
    match &site.app {
        Some(app) => app.client_id.clone(),
        None => discovery::loopback_client_id(redirect_uri, &scope(platform::spec(site.platform))),
    }
}

/// What this platform calls `client_id`.
const fn client_id_name(spec: &Spec) -> &'static str {
    match spec.authorization {
        Authorization::App { client_id, .. } => client_id,
        Authorization::AtProtocol => "client_id",
    }
}

fn scope(spec: &Spec) -> String {
    spec.scopes.join(&spec.scope_separator.to_string())
}

/// RFC 7636 §4.2, S256.
fn challenge(proof: &Proof) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, proof.verifier.expose().as_bytes());
    BASE64URL_NOPAD.encode(digest.as_ref())
}
