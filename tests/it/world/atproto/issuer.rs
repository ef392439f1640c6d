//! The authorization server: metadata, PAR, the customer's consent, and the token endpoint with rotation.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::net::Response;
use url::Url;

use super::{
    ISSUER, OLDER_SCOPE, PAR, ParsedRequest, REVOKE, SCOPE, TOKEN,
    client::{AuthenticatedClient, Clients},
    hash, problem,
    proof::Proofs,
    reply,
};

pub(super) type Form = BTreeMap<String, String>;

pub(super) struct AuthorizationServer {
    proofs: Proofs,
    pub(super) clients: Clients,
    pub(super) pushed: Vec<Form>,
    /// By request URI; each is accepted once.
    requests: BTreeMap<String, Pushed>,
    /// By code; each is accepted once.
    codes: BTreeMap<String, Pushed>,
    /// By refresh token; rotation removes the old one.
    refreshes: BTreeMap<String, Session>,
    /// By access token.
    pub(super) sessions: BTreeMap<String, Session>,
    count: u32,
    /// Whether it refuses scopes with parameters.
    pub(super) is_older: bool,
}

#[derive(Clone)]
struct Pushed {
    form: Form,
    caller: Caller,
    did: String,
}

#[derive(Clone)]
pub(super) struct Session {
    pub(super) did: String,
    pub(super) caller: Caller,
    scope: String,
}

/// The client of a request. A session is bound to the client, client key and DPoP key that it began with.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Caller {
    client: AuthenticatedClient,
    pub(super) thumbprint: String,
}

impl AuthorizationServer {
    pub(super) fn new(published: client_metadata::Deps) -> Self {
        Self {
            proofs: Proofs::new("nonce-of-the-issuer"),
            clients: Clients::new(published),
            pushed: Vec::new(),
            requests: BTreeMap::new(),
            codes: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            sessions: BTreeMap::new(),
            count: 0,
            is_older: false,
        }
    }

    pub(super) fn answer(&mut self, request: &ParsedRequest, handles: &BTreeMap<String, String>) -> Response {
        match (request.http.method().as_str(), request.url.path()) {
            ("GET", "/.well-known/oauth-authorization-server") => reply(200, &metadata()),
            ("POST", "/oauth/par") => self.push(request, handles),
            ("POST", "/oauth/token") => self.token(request),
            ("POST", "/oauth/revoke") => self.revoke(request),
            _ => problem(404, "NotFound"),
        }
    }

    /// The form and its client. The client is authenticated first, so its assertion is used up even if the DPoP proof is
    /// refused.
    fn caller(&mut self, request: &ParsedRequest) -> Result<(Form, Caller), Box<Response>> {
        let mut form = request.form().ok_or_else(|| problem(400, "invalid_request"))?;
        let client = self
            .clients
            .authenticate(request, &mut form)
            .map_err(|rule| reply(401, &json!({ "error": "invalid_client", "error_description": rule })))?;
        let thumbprint = self.proofs.check(request, None).map_err(|bad| self.proofs.refuse(&bad))?;
        if client.key.as_ref().is_some_and(|(_, key)| *key == thumbprint) {
            return Err(problem(400, "invalid_request").into());
        }
        Ok((form, Caller { client, thumbprint }))
    }

    fn push(&mut self, request: &ParsedRequest, handles: &BTreeMap<String, String>) -> Response {
        let (form, caller) = match self.caller(request) {
            Ok(known) => known,
            Err(refused) => return *refused,
        };
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let did = handles.get(field("login_hint"));
        let good = field("response_type") == "code"
            && match caller.client.key {
                None => caller.client.id == loopback(field("redirect_uri")),
                Some(_) => self.clients.admits(&caller.client, field("redirect_uri"), request.now),
            }
            && [SCOPE, OLDER_SCOPE].contains(&field("scope"))
            && !field("state").is_empty()
            && field("code_challenge").len() == 43
            && field("code_challenge_method") == "S256"
            && form.len() == 8;
        let Some(did) = did.filter(|_| good).cloned() else { return problem(400, "invalid_request") };
        if self.is_older && field("scope") == SCOPE {
            return problem(400, "invalid_scope");
        }
        let uri = format!("urn:ietf:params:oauth:request_uri:{}", self.fresh("req"));
        self.pushed.push(form.clone());
        self.requests.insert(uri.clone(), Pushed { form, caller, did });
        reply(201, &json!({ "request_uri": uri, "expires_in": 299 }))
    }

    /// # Panics
    /// If the URL has parameters that were not pushed, for which a real server shows an error to the customer.
    pub(super) fn approve(&mut self, url: &Url) -> (String, Vec<(&'static str, String)>) {
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        let [(client, client_id), (request, uri)] = &query[..] else { panic!("{url}") };
        assert_eq!((client.as_str(), request.as_str()), ("client_id", "request_uri"), "{url}");
        assert_eq!(url.as_str().split('?').next(), Some("https://auth.test/oauth/authorize"));
        let pushed = self.requests.remove(uri).unwrap_or_else(|| panic!("{uri} was not pushed, or is used"));
        assert_eq!(*client_id, pushed.form["client_id"]);
        let code = self.fresh("code");
        let (redirect_uri, state) = (pushed.form["redirect_uri"].clone(), pushed.form["state"].clone());
        self.codes.insert(code.clone(), pushed);
        (redirect_uri, vec![("iss", ISSUER.into()), ("state", state), ("code", code)])
    }

    fn token(&mut self, request: &ParsedRequest) -> Response {
        let (form, caller) = match self.caller(request) {
            Ok(known) => known,
            Err(refused) => return *refused,
        };
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let session = match field("grant_type") {
            "authorization_code" => self
                .codes
                .remove(field("code"))
                .filter(|pushed| {
                    hash(field("code_verifier")) == pushed.form["code_challenge"]
                        && field("redirect_uri") == pushed.form["redirect_uri"]
                        && form.len() == 5
                        && caller == pushed.caller
                })
                .map(|pushed| Session { did: pushed.did, caller, scope: pushed.form["scope"].clone() }),
            "refresh_token" => self
                .refreshes
                .remove(field("refresh_token"))
                .filter(|session| form.len() == 3 && caller == session.caller),
            _ => return problem(400, "unsupported_grant_type"),
        };
        let Some(session) = session else { return problem(400, "invalid_grant") };
        let (access, refresh) = (self.fresh("access"), self.fresh("refresh"));
        self.refreshes.insert(refresh.clone(), session.clone());
        let answer = json!({
            "access_token": access,
            "token_type": "DPoP",
            "refresh_token": refresh,
            "expires_in": 3600,
            "scope": session.scope,
            "sub": session.did,
        });
        self.sessions.insert(access, session);
        reply(200, &answer)
    }

    /// Revoking a refresh token ends every token of its DPoP key.
    fn revoke(&mut self, request: &ParsedRequest) -> Response {
        let (form, caller) = match self.caller(request) {
            Ok(known) => known,
            Err(refused) => return *refused,
        };
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let named =
            self.refreshes.get(field("token")).is_some_and(|session| form.len() == 2 && caller == session.caller);
        if named {
            self.refreshes.retain(|_, session| session.caller != caller);
            self.sessions.retain(|_, session| session.caller != caller);
        }
        // RFC 7009 §2.2: an unknown token is no error.
        reply(200, &json!({}))
    }

    /// A unique value that is too long to match anything by chance.
    fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{}-of-the-fake-issuer", self.count)
    }
}

/// The scopes that our client declares.
pub(super) fn declared() -> String {
    format!("{SCOPE} transition:generic")
}

/// The client id of a client without a public URL.
fn loopback(redirect_uri: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", &declared())
        .finish();
    format!("http://localhost?{query}")
}

fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://auth.test/oauth/authorize",
        "token_endpoint": TOKEN,
        "revocation_endpoint": REVOKE,
        "pushed_authorization_request_endpoint": PAR,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["atproto", "transition:generic"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": true,
        "client_id_metadata_document_supported": true,
    })
}
