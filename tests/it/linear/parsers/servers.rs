//! What foreign servers answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use futures_util::future::BoxFuture;
use platforms::{Content, Draft, Endpoints, Options, PlatformId, Task};
use serde_json::{Value, json};
use shared::{
    net::{HttpClient, Reach, Request, Response, SendError, Transport},
    oauth::discovery,
    site::{AtNetwork, PLC, RESOLVER},
    tokens::{Issuer, Trust},
};

use super::Parser;

pub(super) const LIST: &[Parser] = &[
    Parser {
        name: "an account's profile",
        own: &["{", "}", "\"data\":", "\"user\":", "\"id\":", "\"username\":", "[", "1", "\"a\"", ","],
        valid: "{\"data\":{\"id\":\"1\",\"username\":\"a\",\"name\":\"A\"}}",
        parse: |text| {
            for platform in PlatformId::ALL {
                let body =
                    json!({ "user_id": "1", "username": text, "data": { "id": text, "user": { "open_id": text } } });
                for body in [text.to_owned(), body.to_string()] {
                    let answer = http::Response::new(body.into());
                    let _ = platforms::adapter(platform).identity(&answer);
                }
            }
        },
    },
    Parser {
        name: "a token response",
        own: &["{", "}", "\"access_token\":", "\"scope\":", "\"expires_in\":", "\"error\":", "1", "\"a\"", ",", " "],
        valid: "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":7200,\"scope\":\"tweet.write users.read\"}",
        parse: |text| {
            for platform in PlatformId::ALL {
                let body = json!({ "access_token": text, "scope": text, "error": text }).to_string();
                let _ = platforms::adapter(platform).token_response(body.as_bytes());
                let _ = platforms::adapter(platform).token_error(text.as_bytes());
            }
        },
    },
    Parser {
        name: "an answer to a post",
        own: &[
            "{",
            "}",
            "\"error\":",
            "\"message\":",
            "\"code\":",
            "\"data\":",
            "\"id\":",
            "\"errors\":",
            "[",
            "]",
            "1",
            "\"a\"",
            ",",
            "-5",
            "Thu, ",
        ],
        valid: "{\"error\":{\"code\":190,\"message\":\"a\",\"error_subcode\":2207001},\"data\":{\"publish_id\":\"1\"}}",
        parse: |text| {
            for platform in PlatformId::ALL {
                answer_a_post(platform, text);
            }
        },
    },
    Parser {
        name: "a handle and a DID, and the documents of a server",
        own: &[
            "did:",
            "plc:",
            "web:",
            "a.example",
            ".",
            "-",
            "{",
            "}",
            "\"id\":",
            "\"service\":",
            "[",
            "]",
            "https://",
            "\"issuer\":",
            ",",
        ],
        valid: "{\"id\":\"did:web:a.example\",\"alsoKnownAs\":[\"at://a.example\"],\"service\":[{\"id\":\"#atproto_pds\",\
                \"type\":\"AtprotoPersonalDataServer\",\"serviceEndpoint\":\"https://a.example\"}]}",
        parse: |text| {
            let network = AtNetwork { resolver: RESOLVER.parse().unwrap(), plc: PLC.parse().unwrap(), keys: None };
            let service = json!({ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": text });
            let document =
                json!({ "id": "did:web:a.example", "alsoKnownAs": [text, "at://a.example"], "service": [service] });
            for answer in ["", text, &document.to_string(), &json!({ "did": text }).to_string()] {
                let http = HttpClient::new(Says(answer.to_owned()), Duration::from_secs(1));
                for named in
                    ["a.example", "did:web:a.example", text, &format!("did:web:{text}"), &format!("did:plc:{text}")]
                {
                    let _ = run(discovery::find(&http, &network, named));
                }
                let _ = run(discovery::server(&http, "https://a.example"));
            }
        },
    },
    Parser {
        name: "the page of a link",
        own: &[
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "<title>",
            "</title>",
            "<script>",
            "<meta property=",
            "\"og:title\"",
            " content=",
            "\"",
            "&amp;",
            "&#x41",
            "a=a ",
            "/",
        ],
        valid: "<title>A</title><meta property=\"og:title\" content=\"A &amp; B\"><meta property=og:image content=/a.jpg>",
        parse: read_a_page,
    },
    Parser {
        name: "an issuer's keys",
        own: &[
            "{",
            "}",
            "\"keys\":",
            "\"kty\":",
            "\"RSA\"",
            "\"n\":",
            "\"e\":",
            "\"AQAB\"",
            "[",
            "]",
            ",",
            "\"kid\":",
            "\"a\"",
        ],
        valid: "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"alg\":\"RS256\"}]}",
        parse: |text| {
            let key = |n: &str| json!({ "kty": "RSA", "kid": n, "n": n, "e": "AQAB", "x": n, "y": n, "alg": "RS256" });
            let many: Vec<Value> =
                (0..text.len() / 32).map(|n| key(text.get(n * 32..n * 32 + 32).unwrap_or("a"))).collect();
            for keys in
                [text.to_owned(), json!({ "keys": [key(text)] }).to_string(), json!({ "keys": many }).to_string()]
            {
                verify(&keys);
            }
        },
    },
];

fn answer_a_post(platform: PlatformId, text: &str) {
    let adapter = platforms::adapter(platform);
    let state =
        adapter.plan(&Draft { content: Content::plain("a", &[]), identity: [0; 32], now: DateTime::UNIX_EPOCH });
    let (endpoints, options) = (Endpoints::real(), Options::new());
    let host = "https://a.example".parse().unwrap();
    let task = Task {
        endpoints: &endpoints,
        host: Some(&host),
        content: "a",
        media: &[],
        options: &options,
        user_id: "did:plc:a",
        handle: "a.example",
        state: &state,
        sent_at: Some(DateTime::UNIX_EPOCH),
    };
    let in_fields = json!({
        "error": { "message": text, "code": text, "error_user_msg": text }, "message": text, "detail": text,
        "errors": [{ "message": text }], "data": [{ "id": text, "text": text, "caption": text }], "uri": text, "cid": text,
    });
    for status in [200, 400, 401, 403, 404, 429, 500] {
        for body in [text, &in_fields.to_string()] {
            let mut answer = http::Response::builder().status(status);
            if let Ok(value) = http::HeaderValue::from_bytes(text.as_bytes()) {
                for name in ["retry-after", "ratelimit-reset", "date", "x-rate-limit-reset"] {
                    answer = answer.header(name, value.clone());
                }
            }
            let answer = answer.body(bytes::Bytes::from(body.to_owned())).unwrap();
            let _ = adapter.read(&task, &answer);
            let _ = adapter.find(&task, &answer);
        }
    }
}

/// Reads the page of a link, where Bluesky shows a card of it, and where a redirect of the page leads.
fn read_a_page(text: &str) {
    let adapter = platforms::adapter(PlatformId::Bluesky);
    let (endpoints, options) = (Endpoints::real(), Options::new());
    let content = "https://a.example";
    let draft = Draft { content: Content::plain(content, &[]), identity: [0; 32], now: DateTime::UNIX_EPOCH };
    let state = adapter.plan(&draft);
    let host = "https://a.example".parse().unwrap();
    let task = Task {
        endpoints: &endpoints,
        host: Some(&host),
        content,
        media: &[],
        options: &options,
        user_id: "did:plc:a",
        handle: "a.example",
        state: &state,
        sent_at: None,
    };
    let picture = format!("<title>a</title><meta property=og:image content={}>", json!(text));
    for page in [text.to_owned(), picture] {
        let page = http::Response::builder().header("content-type", "text/html").body(page.into()).unwrap();
        let _ = adapter.read(&task, &page);
    }
    if let Ok(location) = http::HeaderValue::from_bytes(text.as_bytes()) {
        let redirect = http::Response::builder().status(302).header("location", location);
        let _ = adapter.read(&task, &redirect.body(bytes::Bytes::new()).unwrap());
    }
}

/// Verifies a token by an issuer that has these keys.
fn verify(keys: &str) {
    let trust = Trust::new("https://issuer.example", "https://api.example", false).unwrap();
    let issuer = Issuer::new(trust, HttpClient::new(Says(keys.to_owned()), Duration::from_secs(1)));
    let part = |json: Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let claims = json!({
        "iss": "https://issuer.example", "aud": "https://api.example", "sub": "a", "client_id": "a", "jti": "1", "iat": 0,
        "exp": 60, "scope": "", "agency": shared::id::AgencyId::from_bytes([0; shared::id::BYTES]), "mode": "test",
    });
    let token = format!("{}.{}.AAAA", part(json!({ "alg": "RS256", "typ": "at+jwt", "kid": "a" })), part(claims));
    let token = issuer.read(&token).unwrap_or_else(|error| panic!("{error}"));
    let _ = run(issuer.verify(&token, DateTime::<Utc>::UNIX_EPOCH));
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(work)
}

/// Every server answers this. Without a text, none can be reached.
pub(super) struct Says(pub(super) String);

impl Transport for Says {
    fn send(&self, request: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        let metadata = json!({ "issuer": "https://issuer.example", "jwks_uri": "https://issuer.example/keys" });
        let answer = match request.uri().host() {
            Some("issuer.example") if request.uri().path() != "/keys" => metadata.to_string(),
            _ => self.0.clone(),
        };
        let answer = Some(answer).filter(|answer| !answer.is_empty()).map(|answer| http::Response::new(answer.into()));
        Box::pin(async move { answer.ok_or_else(|| SendError::NotSent("unreachable".into())) })
    }
}
