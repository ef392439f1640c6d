//! A network of the AT Protocol in this process: resolver, PLC directory, one authorization server and one PDS. It is as
//! strict as the specification lets a real one be, and a test may bend whatever it answers.
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
    net::{Failure, Request, Response},
};
use url::Url;

use super::{URL, World, network::Hook};
use issuer::Issuer;
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

/// What it knows us by.
pub(crate) const CLIENT: &str = "https://api.test/oauth/client-metadata.json";

/// The one scope besides `atproto` that this network knows.
const SCOPE: &str = "atproto repo:app.bsky.feed.post?action=create&action=update";

/// Ann, and what she is called.
pub(crate) const ANN: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
pub(crate) const ANN_HANDLE: &str = "ann.test";
/// Somebody else.
pub(crate) const BOB: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const BOB_HANDLE: &str = "bob.test";

/// A change to a good answer.
type Bend = Arc<dyn Fn(&mut Value) + Send + Sync>;

#[derive(Clone)]
pub(crate) struct AtProtocol(Arc<Inner>);

struct Inner {
    clock: Clock,
    servers: Mutex<Servers>,
    bends: Mutex<BTreeMap<String, Bend>>,
    script: Mutex<Option<Hook>>,
}

/// What a request is, once parsed.
struct Asked<'a> {
    request: &'a Request,
    url: Url,
    now: DateTime<Utc>,
}

struct Servers {
    handles: BTreeMap<String, String>,
    issuer: Issuer,
    pds: Pds,
}

impl AtProtocol {
    /// Answers for its hosts from now on; everybody else is answered as before.
    pub(crate) fn install(world: &World) -> Self {
        let handles = [(ANN_HANDLE, ANN), (BOB_HANDLE, BOB)].map(|(handle, did)| (handle.into(), did.into()));
        let network = Self(Arc::new(Inner {
            clock: world.clock.clock(),
            servers: Mutex::new(Servers {
                handles: handles.into(),
                issuer: Issuer::new(world.functions.client_metadata.clone()),
                pds: Pds::default(),
            }),
            bends: Mutex::default(),
            script: Mutex::default(),
        }));
        let answering = network.clone();
        world.network.hook(move |request| {
            let script = answering.0.script.lock().unwrap().clone();
            script.and_then(|script| script(request)).or_else(|| answering.answer(request).map(Ok))
        });
        network
    }

    /// From now on, the good answers of this address (without its query) are changed.
    pub(crate) fn bend(&self, address: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.0.bends.lock().unwrap().insert(address.into(), Arc::new(change));
    }

    pub(crate) fn straighten(&self) {
        self.0.bends.lock().unwrap().clear();
    }

    /// From now on this is asked first; it may ask the network itself.
    pub(crate) fn script(
        &self,
        script: impl Fn(&Request) -> Option<Result<Response, Failure>> + Send + Sync + 'static,
    ) {
        *self.0.script.lock().unwrap() = Some(Arc::new(script));
    }

    /// The customer says yes: the way back, with the code.
    pub(crate) fn approve(&self, url: &Url) -> String {
        let (redirect_uri, query) = self.0.servers.lock().unwrap().issuer.approve(url);
        let mut back: Url = redirect_uri.parse().unwrap();
        back.query_pairs_mut().extend_pairs(query);
        back.as_str().replace(URL, "")
    }

    /// From now on our document is served by these; whoever has fetched it keeps what they have for a while.
    pub(crate) fn publish(&self, document: &client_metadata::Deps) {
        self.0.servers.lock().unwrap().issuer.clients.published = document.clone();
    }

    /// What was pushed to the authorization server, in order.
    pub(crate) fn pushed(&self) -> Vec<BTreeMap<String, String>> {
        self.0.servers.lock().unwrap().issuer.pushed.clone()
    }

    /// Whether the server still takes this access token.
    pub(crate) fn knows(&self, access: &str) -> bool {
        self.0.servers.lock().unwrap().issuer.sessions.contains_key(access)
    }

    /// The records on the PDS, by their `at://` addresses.
    pub(crate) fn records(&self) -> BTreeMap<String, Value> {
        self.0.servers.lock().unwrap().pds.records.clone()
    }

    /// Puts something in a record's place.
    pub(crate) fn place(&self, address: &str, record: Value) {
        self.0.servers.lock().unwrap().pds.records.insert(address.into(), record);
    }

    /// The answer to a request to one of its hosts.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        let url: Url = request.uri().to_string().parse().unwrap();
        let host = url.host_str().unwrap().to_owned();
        let address = url.as_str().split('?').next().unwrap_or_default().to_owned();
        let asked = Asked { request, url, now: self.0.clock.now() };
        let servers = &mut *self.0.servers.lock().unwrap();
        let mut answer = match host.as_str() {
            "resolver.test" => servers.resolve(&asked),
            "plc.test" => servers.document(&asked),
            "auth.test" => servers.issuer.answer(&asked, &servers.handles),
            "pds.test" => servers.pds.answer(&asked, &servers.issuer),
            _ => return None,
        };
        let bend = self.0.bends.lock().unwrap().get(&address).cloned();
        if let Some(bend) = bend.filter(|_| answer.status().is_success()) {
            let mut body = serde_json::from_slice(answer.body()).unwrap();
            bend(&mut body);
            *answer.body_mut() = Bytes::from(body.to_string());
        }
        Some(answer)
    }
}

impl Servers {
    fn resolve(&self, asked: &Asked) -> Response {
        match asked.query("handle").and_then(|handle| self.handles.get(&handle)) {
            Some(did) => reply(200, &json!({ "did": did })),
            None => problem(400, "HandleNotFound"),
        }
    }

    fn document(&self, asked: &Asked) -> Response {
        let wanted = asked.url.path().trim_start_matches('/');
        let Some((handle, did)) = self.handles.iter().find(|(_, did)| *did == wanted) else {
            return problem(404, "NotFound");
        };
        let service = json!({ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS });
        reply(200, &json!({ "id": did, "alsoKnownAs": [format!("at://{handle}")], "service": [service] }))
    }
}

impl Asked<'_> {
    fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The form in the body; nothing if it is none or names a field twice.
    fn form(&self) -> Option<BTreeMap<String, String>> {
        self.header("content-type").filter(|it| *it == "application/x-www-form-urlencoded")?;
        let (mut form, mut seen) = (BTreeMap::new(), HashSet::new());
        for (name, value) in url::form_urlencoded::parse(self.request.body()) {
            if !seen.insert(name.clone()) {
                return None;
            }
            form.insert(name.into_owned(), value.into_owned());
        }
        Some(form)
    }
}

/// A JSON answer.
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
