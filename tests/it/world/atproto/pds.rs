//! The PDS: it checks access tokens and stores the records of its accounts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::net::Response;

use super::{
    ISSUER, PDS, ParsedRequest, hash,
    issuer::{AuthorizationServer, Session},
    problem,
    proof::{Bad, Proofs},
    reply,
};

pub(super) struct Pds {
    proofs: Proofs,
    pub(super) records: BTreeMap<String, Value>,
}

impl Default for Pds {
    fn default() -> Self {
        Self { proofs: Proofs::new("nonce-of-the-pds"), records: BTreeMap::new() }
    }
}

impl Pds {
    pub(super) fn answer(&mut self, request: &ParsedRequest, issuer: &AuthorizationServer) -> Response {
        match (request.http.method().as_str(), request.url.path()) {
            ("GET", "/.well-known/oauth-protected-resource") => {
                reply(200, &json!({ "resource": PDS, "authorization_servers": [ISSUER] }))
            }
            ("POST", "/xrpc/com.atproto.repo.putRecord") => match self.session(request, issuer) {
                Ok(session) => self.put(request, &session),
                Err(answer) => *answer,
            },
            ("GET", "/xrpc/com.atproto.repo.getRecord") => match self.session(request, issuer) {
                Ok(_) => self.get(request),
                Err(answer) => *answer,
            },
            _ => problem(404, "NotFound"),
        }
    }

    fn session(&mut self, request: &ParsedRequest, issuer: &AuthorizationServer) -> Result<Session, Box<Response>> {
        let token = request.header("authorization").and_then(|it| it.strip_prefix("DPoP "));
        let session = token.and_then(|token| issuer.sessions.get(token)).cloned();
        let session = session.ok_or_else(|| Box::new(problem(401, "InvalidToken")))?;
        let thumbprint = self.proofs.check(request, token).map_err(|bad| {
            let mut answer = self.proofs.refuse(&bad);
            if bad == Bad::NoNonce {
                *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
                answer.headers_mut().insert("www-authenticate", "DPoP error=\"use_dpop_nonce\"".parse().unwrap());
            }
            Box::new(answer)
        })?;
        if thumbprint == session.caller.thumbprint { Ok(session) } else { Err(Box::new(problem(401, "InvalidToken"))) }
    }

    /// Writes a record. An equal record is not written again; a different one is replaced only if `swapRecord` matches it.
    fn put(&mut self, request: &ParsedRequest, session: &Session) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(request.http.body()) else {
            return problem(400, "InvalidRequest");
        };
        let (repo, collection, key) = (&body["repo"], &body["collection"], &body["rkey"]);
        let record = &body["record"];
        let known = *repo == *session.did
            && collection == "app.bsky.feed.post"
            && record["$type"] == *collection
            && key.as_str().is_some_and(|key| key.len() == 13)
            && record["text"].is_string()
            && record["createdAt"].is_string();
        if !known {
            return problem(400, "InvalidRequest");
        }
        let address = format!("at://{}/app.bsky.feed.post/{}", session.did, key.as_str().unwrap_or_default());
        match self.records.get(&address) {
            Some(current) if current == record => {}
            Some(_) if body.get("swapRecord") == Some(&Value::Null) => return problem(400, "InvalidSwap"),
            _ => drop(self.records.insert(address.clone(), record.clone())),
        }
        reply(200, &json!({ "uri": address, "cid": hash(&record.to_string()), "validationStatus": "valid" }))
    }

    fn get(&self, request: &ParsedRequest) -> Response {
        let part = |name: &str| request.query(name).unwrap_or_default();
        let address = format!("at://{}/{}/{}", part("repo"), part("collection"), part("rkey"));
        match self.records.get(&address) {
            Some(record) => reply(200, &json!({ "uri": address, "cid": hash(&record.to_string()), "value": record })),
            None => problem(400, "RecordNotFound"),
        }
    }
}
