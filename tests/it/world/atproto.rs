//! An AT Protocol network in this process: resolver, PLC directory, one authorization server and one PDS. It is as strict as
//! the specification allows, and a test can change any of its answers.
//! <https://atproto.com/specs/oauth>

mod client;
mod issuer;
mod pds;
mod proof;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::{
    clock::Clock,
    net::{Request, Response, SendError},
};
use url::Url;

use super::{URL, World, network::Hook};
use issuer::AuthorizationServer;
use pds::Pds;

pub(crate) const RESOLVE: &str = "https://resolver.test/xrpc/com.atproto.identity.resolveHandle";
pub(crate) const PDS: &str = "https://pds.test";
pub(crate) const RESOURCE: &str = "https://pds.test/.well-known/oauth-protected-resource";
pub(crate) const PUT: &str = "https://pds.test/xrpc/com.atproto.repo.putRecord";
pub(crate) const GET: &str = "https://pds.test/xrpc/com.atproto.repo.getRecord";
pub(crate) const ISSUER: &str = "https://auth.test";
pub(crate) const METADATA: &str = "https://auth.test/.well-known/oauth-authorization-server";
pub(crate) const PAR: &str = "https://auth.test/oauth/par";
pub(crate) const TOKEN: &str = "https://auth.test/oauth/token";
pub(crate) const REVOKE: &str = "https://auth.test/oauth/revoke";

/// Our client id.
pub(crate) const CLIENT: &str = "https://api.test/oauth/client-metadata.json";

/// The scopes that this network supports.
pub(crate) const SCOPE: &str = "atproto repo:app.bsky.feed.post?action=create&action=update \
                                repo:app.bsky.feed.threadgate?action=create&action=update blob:*/* \
                                rpc:com.atproto.repo.uploadBlob?aud=*";
/// The scopes of an older server.
pub(crate) const OLDER_SCOPE: &str = "atproto transition:generic";

/// The DID and handle of Ann, an account of this network.
pub(crate) const ANN: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
pub(crate) const ANN_HANDLE: &str = "ann.test";
/// The DID and handle of Bob, another account.
pub(crate) const BOB: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const BOB_HANDLE: &str = "bob.test";

/// A change to a good answer.
type Change = Arc<dyn Fn(&mut Value) + Send + Sync>;

#[derive(Clone)]
pub(crate) struct AtProtocol(Arc<Inner>);

struct Inner {
    clock: Clock,
    servers: Mutex<Servers>,
    changes: Mutex<BTreeMap<String, Change>>,
    script: Mutex<Option<Hook>>,
}

/// A parsed request.
struct ParsedRequest<'a> {
    http: &'a Request,
    url: Url,
    now: DateTime<Utc>,
}

struct Servers {
    handles: BTreeMap<String, String>,
    issuer: AuthorizationServer,
    pds: Pds,
}

impl AtProtocol {
    /// Installs the network as the world's hook: it answers requests to its hosts, and leaves others to the sandbox.
    pub(crate) fn install(world: &World) -> Self {
        let handles = [(ANN_HANDLE, ANN), (BOB_HANDLE, BOB)].map(|(handle, did)| (handle.into(), did.into()));
        let network = Self(Arc::new(Inner {
            clock: world.clock.clock(),
            servers: Mutex::new(Servers {
                handles: handles.into(),
                issuer: AuthorizationServer::new(world.functions.client_metadata.clone()),
                pds: Pds::default(),
            }),
            changes: Mutex::default(),
            script: Mutex::default(),
        }));
        let answering = network.clone();
        world.network.hook(move |request| {
            let script = answering.0.script.lock().unwrap().clone();
            script.and_then(|script| script(request)).or_else(|| answering.answer(request).map(Ok))
        });
        network
    }

    /// Changes the successful answers of this URL, whose query is ignored, from now on.
    pub(crate) fn change_answer(&self, address: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.0.changes.lock().unwrap().insert(address.into(), Arc::new(change));
    }

    pub(crate) fn reset_changes(&self) {
        self.0.changes.lock().unwrap().clear();
    }

    /// Installs a script that answers before the network does. It may call the network's `answer`.
    pub(crate) fn script(
        &self,
        script: impl Fn(&Request) -> Option<Result<Response, SendError>> + Send + Sync + 'static,
    ) {
        *self.0.script.lock().unwrap() = Some(Arc::new(script));
    }

    /// The customer consents: the callback with the code.
    pub(crate) fn approve(&self, url: &Url) -> String {
        let (redirect_uri, query) = self.0.servers.lock().unwrap().issuer.approve(url);
        let mut back: Url = redirect_uri.parse().unwrap();
        back.query_pairs_mut().extend_pairs(query);
        back.as_str().replace(URL, "")
    }

    /// Serves our metadata document by this function from now on. The server caches what it fetched before.
    pub(crate) fn publish(&self, document: &client_metadata::Deps) {
        self.0.servers.lock().unwrap().issuer.clients.published = document.clone();
    }

    /// Makes the authorization server one that refuses scopes with parameters.
    pub(crate) fn make_older(&self) {
        self.0.servers.lock().unwrap().issuer.is_older = true;
    }

    /// The forms of the pushed authorization requests, in order.
    pub(crate) fn pushed(&self) -> Vec<BTreeMap<String, String>> {
        self.0.servers.lock().unwrap().issuer.pushed.clone()
    }

    /// Whether the server still accepts this access token.
    pub(crate) fn knows(&self, access: &str) -> bool {
        self.0.servers.lock().unwrap().issuer.sessions.contains_key(access)
    }

    /// The records on the PDS by their `at://` URIs.
    pub(crate) fn records(&self) -> BTreeMap<String, Value> {
        self.0.servers.lock().unwrap().pds.records.clone()
    }

    /// Replaces a record.
    pub(crate) fn place(&self, address: &str, record: Value) {
        self.0.servers.lock().unwrap().pds.records.insert(address.into(), record);
    }

    /// The answer to a request to one of its hosts; `None` for other hosts.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        let url: Url = request.uri().to_string().parse().unwrap();
        let host = url.host_str().unwrap().to_owned();
        let address = url.as_str().split('?').next().unwrap_or_default().to_owned();
        let request = ParsedRequest { http: request, url, now: self.0.clock.now() };
        let servers = &mut *self.0.servers.lock().unwrap();
        let mut answer = match host.as_str() {
            "resolver.test" => servers.resolve(&request),
            "plc.test" => servers.document(&request),
            "auth.test" => servers.issuer.answer(&request, &servers.handles),
            "pds.test" => servers.pds.answer(&request, &servers.issuer),
            _ => return None,
        };
        let change = self.0.changes.lock().unwrap().get(&address).cloned();
        if let Some(change) = change.filter(|_| answer.status().is_success()) {
            let mut body = serde_json::from_slice(answer.body()).unwrap();
            change(&mut body);
            *answer.body_mut() = Bytes::from(body.to_string());
        }
        Some(answer)
    }
}

impl Servers {
    fn resolve(&self, request: &ParsedRequest) -> Response {
        match request.query("handle").and_then(|handle| self.handles.get(&handle)) {
            Some(did) => reply(200, &json!({ "did": did })),
            None => problem(400, "HandleNotFound"),
        }
    }

    fn document(&self, request: &ParsedRequest) -> Response {
        let wanted = request.url.path().trim_start_matches('/');
        let Some((handle, did)) = self.handles.iter().find(|(_, did)| *did == wanted) else {
            return problem(404, "NotFound");
        };
        let service = json!({ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS });
        reply(200, &json!({ "id": did, "alsoKnownAs": [format!("at://{handle}")], "service": [service] }))
    }
}

impl ParsedRequest<'_> {
    fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.http.headers().get(name)?.to_str().ok()
    }

    /// The form in the body; `None` if it is not a form or repeats a field.
    fn form(&self) -> Option<BTreeMap<String, String>> {
        self.header("content-type").filter(|it| *it == "application/x-www-form-urlencoded")?;
        let (mut form, mut seen) = (BTreeMap::new(), HashSet::new());
        for (name, value) in url::form_urlencoded::parse(self.http.body()) {
            if !seen.insert(name.clone()) {
                return None;
            }
            form.insert(name.into_owned(), value.into_owned());
        }
        Some(form)
    }
}

/// An answer with a JSON body.
pub(crate) fn reply(status: u16, body: &Value) -> Response {
    let answer = http::Response::builder().status(status).header("content-type", "application/json");
    answer.body(Bytes::from(body.to_string())).unwrap()
}

fn problem(status: u16, error: &str) -> Response {
    reply(status, &json!({ "error": error, "message": format!("this network says {error}") }))
}

fn hash(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    data_encoding::BASE64URL_NOPAD.encode(digest.as_ref())
}
