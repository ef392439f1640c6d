//! Resolves a handle or DID to an account and its server. Every step is verified in the opposite direction.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{
    AtDiscoveryError, Found, at_path, get,
    named::{Did, Named, is_handle},
    origin,
};
use crate::{
    net::{HttpClient, Reach},
    site::AtNetwork,
};

/// An AT Protocol account and the servers responsible for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The account's immutable DID.
    pub did: String,
    /// Without `@`, in lower case.
    pub handle: String,
    /// The PDS, as an origin.
    pub host: Url,
    /// The authorization server that the PDS names, exactly as spelled there.
    pub issuer: String,
}

/// Finds the account that a customer named by handle or DID. The handle is verified both ways: it resolves to the DID,
/// and the DID's document claims it.
pub async fn find(http: &HttpClient, network: &AtNetwork, named: &str) -> Result<Subject, AtDiscoveryError> {
    match Named::parse(named)? {
        Named::Handle(handle) => {
            let did = resolve(http, network, &handle).await?;
            let document = document(http, network, &did).await?;
            if document.handle()? != handle {
                return Err(AtDiscoveryError::Mismatch("the DID document claims another handle"));
            }
            subject(http, did, handle, &document).await
        }
        Named::Did(did) => from_did(http, network, did).await,
    }
}

/// Finds the account of a DID that a token answer named. It is resolved again, because the result from before the
/// authorization may be outdated, and the token server may have lied.
pub async fn confirm(http: &HttpClient, network: &AtNetwork, did: &str) -> Result<Subject, AtDiscoveryError> {
    let did = Did::parse(did).ok_or(AtDiscoveryError::Unsupported("a subject that is not a DID of a known method"))?;
    from_did(http, network, did).await
}

async fn from_did(http: &HttpClient, network: &AtNetwork, did: Did) -> Result<Subject, AtDiscoveryError> {
    let document = document(http, network, &did).await?;
    let handle = document.handle()?;
    if resolve(http, network, &handle).await? != did {
        return Err(AtDiscoveryError::Mismatch("the claimed handle resolves to another DID"));
    }
    subject(http, did, handle, &document).await
}

async fn subject(
    http: &HttpClient,
    did: Did,
    handle: String,
    document: &Document,
) -> Result<Subject, AtDiscoveryError> {
    let host = document.host()?;
    let issuer = issuer(http, &host).await?;
    Ok(Subject { did: did.as_str().to_owned(), handle, host, issuer })
}

/// Resolves a handle through a configured server, which also avoids a DNS client.
async fn resolve(http: &HttpClient, network: &AtNetwork, handle: &str) -> Result<Did, AtDiscoveryError> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    let mut url = at_path(&network.resolver, "/xrpc/com.atproto.identity.resolveHandle");
    url.query_pairs_mut().append_pair("handle", handle);
    match get::<Resolved>(http, &url, Reach::Listed).await? {
        Found::Nothing => Err(AtDiscoveryError::NotFound("the handle does not resolve")),
        Found::Document(Resolved { did }) => {
            Did::parse(&did).ok_or(AtDiscoveryError::Unsupported("a handle of a DID with an unknown method"))
        }
    }
}

async fn document(http: &HttpClient, network: &AtNetwork, did: &Did) -> Result<Document, AtDiscoveryError> {
    let (url, listed) = did.document(network)?;
    let reach = if listed { Reach::Listed } else { Reach::Named };
    match get::<Document>(http, &url, reach).await? {
        Found::Nothing => Err(AtDiscoveryError::NotFound("the DID has no document")),
        Found::Document(document) if document.id == did.as_str() => Ok(document),
        Found::Document(_) => Err(AtDiscoveryError::Mismatch("the DID document is of another DID")),
    }
}

/// A DID document, reduced to what is read. Other entries of its lists may have any form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    id: String,
    #[serde(default)]
    also_known_as: Vec<Value>,
    #[serde(default)]
    service: Vec<Value>,
}

impl Document {
    /// The handle is the first `at://` name; later ones are ignored. <https://atproto.com/specs/did#did-documents>
    fn handle(&self) -> Result<String, AtDiscoveryError> {
        let first = self.also_known_as.iter().filter_map(Value::as_str).find_map(|name| name.strip_prefix("at://"));
        let handle = first.map(str::to_ascii_lowercase).filter(|handle| is_handle(handle));
        handle.ok_or(AtDiscoveryError::Mismatch("the DID document claims no valid handle"))
    }

    /// The server in the first PDS entry.
    fn host(&self) -> Result<Url, AtDiscoveryError> {
        let absolute = format!("{}#atproto_pds", self.id);
        let entry = self.service.iter().find(|entry| {
            entry["type"] == "AtprotoPersonalDataServer" && (entry["id"] == "#atproto_pds" || entry["id"] == *absolute)
        });
        let entry = entry.ok_or(AtDiscoveryError::NotFound("the DID document names no PDS"))?;
        let endpoint = entry["serviceEndpoint"].as_str().and_then(origin);
        endpoint.ok_or(AtDiscoveryError::Unsupported("a PDS address that is not an origin"))
    }
}

/// The authorization server of a PDS (RFC 9728; the AT Protocol allows exactly one).
async fn issuer(http: &HttpClient, host: &Url) -> Result<String, AtDiscoveryError> {
    #[derive(Deserialize)]
    struct Resource {
        resource: Option<String>,
        #[serde(default)]
        authorization_servers: Vec<String>,
    }
    let url = at_path(host, "/.well-known/oauth-protected-resource");
    let Found::Document(metadata) = get::<Resource>(http, &url, Reach::Named).await? else {
        return Err(AtDiscoveryError::Unsupported("a PDS without OAuth"));
    };
    if metadata.resource.is_some_and(|resource| origin(&resource).as_ref() != Some(host)) {
        return Err(AtDiscoveryError::Mismatch("the metadata is of another PDS"));
    }
    let [issuer] = &metadata.authorization_servers[..] else {
        return Err(AtDiscoveryError::Unsupported("a PDS that does not name exactly one authorization server"));
    };
    // Issuers are compared as text. An origin has no trailing slash.
    match origin(issuer) {
        Some(url) if url.origin().ascii_serialization() == *issuer => Ok(issuer.clone()),
        _ => Err(AtDiscoveryError::Unsupported("an authorization server that is not an origin")),
    }
}
