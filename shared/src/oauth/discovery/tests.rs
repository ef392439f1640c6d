use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::*;
use crate::{
    net::{Request, Response, SendError, Transport},
    site::AtNetwork,
};

const DID: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const RESOLVE: &str = "https://resolver.example.net/xrpc/com.atproto.identity.resolveHandle?handle=";
const DOCUMENT: &str = "https://plc.example.net/did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const RESOURCE: &str = "https://pds.host.com/.well-known/oauth-protected-resource";
const METADATA: &str = "https://auth.host.com/.well-known/oauth-authorization-server";
const ISSUER: &str = "https://auth.host.com";

/// A network of fixed answers; other URLs fail.
#[derive(Default)]
struct World(Mutex<BTreeMap<String, (u16, String)>>);

impl Transport for World {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        let url = request.uri().to_string();
        let ours = url.starts_with("https://resolver.example.net/") || url.starts_with("https://plc.example.net/");
        assert_eq!(reach == Reach::Listed, ours, "{url}");
        let known = self.0.lock().unwrap().get(&url).cloned();
        Box::pin(async move {
            let (status, body) = known.ok_or_else(|| SendError::NotSent("no such host".into()))?;
            Ok(http::Response::builder().status(status).body(body.into()).unwrap())
        })
    }
}

fn network() -> AtNetwork {
    AtNetwork {
        resolver: "https://resolver.example.net".parse().unwrap(),
        plc: "https://plc.example.net".parse().unwrap(),
        keys: None,
    }
}

fn document() -> Value {
    json!({
        "id": DID,
        "alsoKnownAs": [7, "https://ann.com", "at://Ann.com", "at://old.ann.com"],
        "service": [
            "strange",
            { "id": "#other", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://other.com" },
            { "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.host.com" },
        ],
    })
}

fn resource() -> Value {
    json!({ "resource": "https://pds.host.com", "authorization_servers": [ISSUER] })
}

fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://auth.host.com/oauth/authorize",
        "token_endpoint": "https://auth.host.com/oauth/token",
        "pushed_authorization_request_endpoint": "https://auth.host.com/oauth/par",
        "revocation_endpoint": "https://auth.host.com/oauth/revoke",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["atproto", "transition:generic"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": true,
        "client_id_metadata_document_supported": true,
    })
}

/// A network with valid answers, some of them replaced.
fn world(changes: &[(&str, u16, Value)]) -> HttpClient {
    let mut answers = BTreeMap::from([
        (format!("{RESOLVE}ann.com"), (200, json!({ "did": DID }).to_string())),
        (DOCUMENT.into(), (200, document().to_string())),
        (RESOURCE.into(), (200, resource().to_string())),
        (METADATA.into(), (200, metadata().to_string())),
    ]);
    for (url, status, body) in changes {
        answers.insert((*url).to_owned(), (*status, body.to_string()));
    }
    HttpClient::new(World(Mutex::new(answers)), Duration::from_secs(1))
}

fn with(mut base: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = base.pointer_mut(parent).unwrap();
    match value {
        Value::Null => drop(parent.as_object_mut().unwrap().remove(name)),
        value => parent[name] = value,
    }
    base
}

fn ann() -> Subject {
    let host = "https://pds.host.com".parse().unwrap();
    Subject { did: DID.into(), handle: "ann.com".into(), host, issuer: ISSUER.into() }
}

#[tokio::test]
async fn an_account_is_found_however_its_name_is_typed() {
    for typed in [
        "ann.com",
        "@ann.com",
        " Ann.COM\n",
        "＠ann.com",
        "\u{202a}@ann.com\u{202c}",
        "\u{200e}ann\u{ad}.com\u{feff}",
        DID,
        "DID:PLC:EWVI7NXZYOUN6ZHXRHS64OIZ",
    ] {
        assert_eq!(find(&world(&[]), &network(), typed).await, Ok(ann()), "{typed:?}");
    }
    assert_eq!(confirm(&world(&[]), &network(), DID).await, Ok(ann()));
}

#[tokio::test]
async fn an_invalid_name_causes_no_call() {
    // A network without answers: any call would be `Unreachable`.
    let http = HttpClient::new(World::default(), Duration::from_secs(1));
    for typed in [
        "",
        "@",
        "ann",
        "ann@mail.com",
        "ann com.com",
        "ann_x.com",
        "-ann.com",
        "ann.com.",
        ".com",
        "ann..com",
        "ann.1",
        "127.0.0.1",
        "ann.local",
        "ann.localhost",
        "ann.internal",
        "ann.onion",
        "https://ann.com",
        "ann.com/x",
        "did:plc:short",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi1",
        "did:key:zQ3sh",
        "did:web:ann.com:path",
        "did:web:localhost%3A80",
        "did:web:127.0.0.1",
        "did:web:ann.com/x",
        "did:web:xn--a.com",
        "did:",
        "did:plc",
        "did:plc:../../../../xrpc/aaaaaaa",
        &format!("{}.com", "a".repeat(64)),
        &"a.".repeat(200),
    ] {
        assert_eq!(find(&http, &network(), typed).await, Err(AtDiscoveryError::NotAHandle), "{typed:?}");
    }
    for sub in ["", "ann.com", "did:key:x", " did:plc:ewvi7nxzyoun6zhxrhs64oiz"] {
        assert!(matches!(confirm(&http, &network(), sub).await, Err(AtDiscoveryError::Unsupported(_))), "{sub:?}");
    }
}

#[tokio::test]
async fn a_did_on_the_web_is_read_from_its_own_host() {
    let mut document = with(document(), "/id", json!("did:web:ann.com"));
    document["service"][2]["id"] = json!("did:web:ann.com#atproto_pds");
    let changes = [
        (&*format!("{RESOLVE}ann.com"), 200, json!({ "did": "did:web:ann.com" })),
        ("https://ann.com/.well-known/did.json", 200, document),
    ];
    let found = find(&world(&changes), &network(), "ann.com").await;
    assert_eq!(found, Ok(Subject { did: "did:web:ann.com".into(), ..ann() }));
}

/// The kind of a failure.
fn kind<T>(result: Result<T, AtDiscoveryError>) -> &'static str {
    match result {
        Ok(_) => "found",
        Err(AtDiscoveryError::NotAHandle) => "not a handle",
        Err(AtDiscoveryError::NotFound(_)) => "not found",
        Err(AtDiscoveryError::Mismatch(_)) => "mismatch",
        Err(AtDiscoveryError::Unreachable(_)) => "unreachable",
        Err(AtDiscoveryError::Unsupported(_)) => "unsupported",
    }
}

#[tokio::test]
async fn every_step_of_the_discovery_is_verified() {
    let resolve = &*format!("{RESOLVE}ann.com");
    let pds = |endpoint: Value| with(document(), "/service/2/serviceEndpoint", endpoint);
    for (url, status, body, expected) in [
        (resolve, 400, json!({ "error": "HandleNotFound" }), "not found"),
        (resolve, 404, json!(null), "not found"),
        (resolve, 500, json!(null), "unreachable"),
        (resolve, 302, json!(null), "unreachable"),
        (resolve, 200, json!({ "did": "did:key:x" }), "unsupported"),
        (resolve, 200, json!("<html>"), "unsupported"),
        (resolve, 200, json!({ "did": "did:web:evil.com" }), "unreachable"),
        (DOCUMENT, 404, json!(null), "not found"),
        (DOCUMENT, 410, json!(null), "not found"),
        (DOCUMENT, 503, json!(null), "unreachable"),
        (DOCUMENT, 200, with(document(), "/id", json!("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")), "mismatch"),
        (DOCUMENT, 200, with(document(), "/alsoKnownAs", Value::Null), "mismatch"),
        (DOCUMENT, 200, with(document(), "/alsoKnownAs", json!(["at://bob.com", "at://ann.com"])), "mismatch"),
        (DOCUMENT, 200, with(document(), "/alsoKnownAs", json!(["at://"])), "mismatch"),
        (DOCUMENT, 200, with(document(), "/service", json!([])), "not found"),
        (DOCUMENT, 200, with(document(), "/service/2/type", json!("Other")), "not found"),
        (DOCUMENT, 200, pds(json!("https://pds.host.com/path")), "unsupported"),
        (DOCUMENT, 200, pds(json!(format!("https://pds.host.com{}", " ".repeat(2048)))), "unsupported"),
        (DOCUMENT, 200, pds(json!("https://user@pds.host.com")), "unsupported"),
        (DOCUMENT, 200, pds(json!("https://pds.host.com?x")), "unsupported"),
        (DOCUMENT, 200, pds(json!("file:///etc/passwd")), "unsupported"),
        (DOCUMENT, 200, pds(json!({ "uri": "https://pds.host.com" })), "unsupported"),
        (DOCUMENT, 200, pds(json!("https://elsewhere.com")), "unreachable"),
        (RESOURCE, 404, json!(null), "unsupported"),
        (RESOURCE, 500, json!(null), "unreachable"),
        (RESOURCE, 200, with(resource(), "/resource", json!("https://other.com")), "mismatch"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", Value::Null), "unsupported"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!([])), "unsupported"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!([ISSUER, ISSUER])), "unsupported"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!(["https://auth.host.com/"])), "unsupported"),
        (
            RESOURCE,
            200,
            with(resource(), "/authorization_servers", json!(["https://auth.host.com:443"])),
            "unsupported",
        ),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!(["https://AUTH.host.com"])), "unsupported"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!(["https://auth.host.com/x"])), "unsupported"),
        (RESOURCE, 200, with(resource(), "/authorization_servers", json!(["javascript:alert(1)"])), "unsupported"),
    ] {
        let http = world(&[(url, status, body.clone())]);
        assert_eq!(kind(find(&http, &network(), "ann.com").await), expected, "{url} {status} {body}");
    }
}

#[tokio::test]
async fn a_did_that_claims_a_foreign_handle_is_refused() {
    let claims_bob = with(document(), "/alsoKnownAs", json!(["at://bob.com"]));
    let bob = &*format!("{RESOLVE}bob.com");
    for (answer, expected) in [
        ((bob, 200, json!({ "did": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa" })), "mismatch"),
        ((bob, 400, json!({ "error": "HandleNotFound" })), "not found"),
    ] {
        let http = world(&[(DOCUMENT, 200, claims_bob.clone()), answer]);
        assert_eq!(kind(find(&http, &network(), DID).await), expected);
        assert_eq!(kind(confirm(&http, &network(), DID).await), expected);
    }
}

/// An endpoint of the issuer with this many characters.
fn endpoint_of(length: usize) -> String {
    format!("{ISSUER}/{}", "a".repeat(length - ISSUER.len() - 1))
}

#[tokio::test]
async fn a_valid_servers_metadata_is_read() {
    let url = |path: &str| Url::parse(ISSUER).unwrap().join(path).unwrap();
    let expected = AuthorizationServer {
        issuer: ISSUER.into(),
        authorize: url("/oauth/authorize"),
        token: url("/oauth/token"),
        par: url("/oauth/par"),
        revoke: Some(url("/oauth/revoke")),
        scopes: vec!["atproto".into(), "transition:generic".into()],
    };
    assert!(expected.supports(&["transition:generic"]));
    assert!(!expected.supports(&["atproto", "transition:email"]) && !expected.supports(&[]));
    assert_eq!(server(&world(&[]), ISSUER).await, Ok(expected.clone()));
    let longest = with(metadata(), "/revocation_endpoint", json!(endpoint_of(2_048)));
    let found = server(&world(&[(METADATA, 200, longest)]), ISSUER).await;
    assert_eq!(found, Ok(AuthorizationServer { revoke: Some(url(&endpoint_of(2_048))), ..expected.clone() }));
    let without = with(metadata(), "/revocation_endpoint", Value::Null);
    let found = server(&world(&[(METADATA, 200, without)]), ISSUER).await;
    assert_eq!(found, Ok(AuthorizationServer { revoke: None, ..expected }));
}

#[tokio::test]
async fn a_server_that_violates_a_requirement_is_refused() {
    for (pointer, value, expected) in [
        ("/issuer", json!("https://evil.com"), "mismatch"),
        ("/issuer", json!("https://auth.host.com/"), "mismatch"),
        ("/authorization_endpoint", Value::Null, "unsupported"),
        ("/authorization_endpoint", json!("javascript:alert(1)"), "unsupported"),
        ("/authorization_endpoint", json!("https://evil.com/oauth/authorize"), "unsupported"),
        ("/token_endpoint", json!("https://evil.com/oauth/token"), "unsupported"),
        ("/token_endpoint", json!("http://auth.host.com/oauth/token"), "unsupported"),
        ("/token_endpoint", json!("https://auth.host.com:8443/oauth/token"), "unsupported"),
        ("/token_endpoint", json!("https://user@auth.host.com/oauth/token"), "unsupported"),
        ("/token_endpoint", json!(endpoint_of(2_049)), "unsupported"),
        ("/token_endpoint", json!(endpoint_of(65_535)), "unsupported"),
        ("/revocation_endpoint", json!(endpoint_of(2_049)), "unsupported"),
        ("/pushed_authorization_request_endpoint", Value::Null, "unsupported"),
        ("/pushed_authorization_request_endpoint", json!("https://evil.com/par"), "unsupported"),
        ("/revocation_endpoint", json!("https://evil.com/revoke"), "unsupported"),
        ("/response_types_supported", json!(["token"]), "unsupported"),
        ("/grant_types_supported", json!(["authorization_code"]), "unsupported"),
        ("/grant_types_supported", json!(["refresh_token"]), "unsupported"),
        ("/code_challenge_methods_supported", json!(["plain"]), "unsupported"),
        ("/code_challenge_methods_supported", Value::Null, "unsupported"),
        ("/token_endpoint_auth_methods_supported", json!(["none"]), "unsupported"),
        ("/token_endpoint_auth_methods_supported", json!(["private_key_jwt"]), "unsupported"),
        ("/token_endpoint_auth_signing_alg_values_supported", json!(["RS256"]), "unsupported"),
        ("/token_endpoint_auth_signing_alg_values_supported", json!(["ES256", "none"]), "unsupported"),
        ("/dpop_signing_alg_values_supported", json!(["RS256"]), "unsupported"),
        ("/scopes_supported", json!(["openid"]), "unsupported"),
        ("/authorization_response_iss_parameter_supported", Value::Null, "unsupported"),
        ("/require_pushed_authorization_requests", json!(false), "unsupported"),
        ("/client_id_metadata_document_supported", json!(false), "unsupported"),
        ("/require_request_uri_registration", json!(false), "unsupported"),
    ] {
        let http = world(&[(METADATA, 200, with(metadata(), pointer, value.clone()))]);
        assert_eq!(kind(server(&http, ISSUER).await), expected, "{pointer} {value}");
    }
    assert_eq!(kind(server(&world(&[(METADATA, 404, json!(null))]), ISSUER).await), "unsupported");
    assert_eq!(kind(server(&world(&[(METADATA, 302, json!(null))]), ISSUER).await), "unreachable");
    assert_eq!(kind(server(&world(&[]), "https://auth.host.com/path").await), "unsupported");
    assert_eq!(kind(server(&world(&[]), "https://nowhere.com").await), "unreachable");
}

#[tokio::test]
async fn an_error_repeats_nothing_from_a_servers_answer() {
    for (url, status) in [(DOCUMENT, 404), (DOCUMENT, 500), (RESOURCE, 200), (RESOURCE, 403)] {
        let http = world(&[(url, status, json!({ "error": "MARK", "message": "MARK", "resource": "MARK" }))]);
        let failure = find(&http, &network(), "ann.com").await.unwrap_err();
        assert!(!format!("{failure} {failure:?}").contains("MARK"), "{failure}");
    }
}

#[test]
fn a_subject_round_trips_through_json() {
    let stored = serde_json::to_value(ann()).unwrap();
    assert_eq!(stored["host"], "https://pds.host.com/");
    assert_eq!(serde_json::from_value::<Subject>(stored).unwrap(), ann());
}
