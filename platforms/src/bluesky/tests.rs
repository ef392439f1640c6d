use bytes::Bytes;
use chrono::DateTime;
use http::Method;
use serde_json::json;
use url::Url;

use super::*;
use crate::{
    Effect, Options, Published,
    media::{Facts, Media},
};

mod card;
mod media;
mod options;
mod video;

static ENDPOINTS: Endpoints = Endpoints::real();

const DID: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const RKEY: &str = "3mqlbj6j22222";
const CREATED_AT: &str = "2026-07-14T03:33:20.000Z";

/// A publish on Ann's account, step by step.
struct Run {
    host: Url,
    content: &'static str,
    media: Vec<Media>,
    options: Options,
    state: Value,
}

impl Run {
    fn begin(content: &'static str) -> Self {
        Self::with(content, &[], json!({ "linkCard": false }))
    }

    /// A post with these files, each with its alternative text, and options.
    fn with(content: &'static str, files: &[(Facts, Option<&str>)], options: Value) -> Self {
        let now = DateTime::from_timestamp(1_784_000_000, 0).unwrap();
        let facts: Vec<Facts> = files.iter().map(|(facts, _)| *facts).collect();
        let media = |alt: &Option<&str>| Media { url: "https://m.example/a".into(), alt_text: alt.map(Into::into) };
        let options: Options = serde_json::from_value(options).unwrap();
        Self {
            host: "https://pds.example.com".parse().unwrap(),
            content,
            media: files.iter().map(|(_, alt)| media(alt)).collect(),
            state: Bluesky.plan(&Draft {
                content: Content { options: &options, ..Content::plain(content, &facts) },
                identity: [0; 32],
                now,
            }),
            options,
        }
    }

    fn task(&self) -> Task<'_> {
        Task {
            endpoints: &ENDPOINTS,
            host: Some(&self.host),
            content: self.content,
            media: &self.media,
            options: &self.options,
            user_id: DID,
            handle: "ann.com",
            state: &self.state,
            sent_at: None,
        }
    }

    /// The next request, as method, path with query, and body.
    fn sent(&self) -> (Effect, Method, String, Value) {
        let Call { request, effect, .. } = Bluesky.step(&self.task()).unwrap();
        assert_eq!(request.uri().host(), Some("pds.example.com"));
        assert!(!request.headers().contains_key("authorization"), "the caller adds the credential");
        let path = request.uri().path_and_query().unwrap().to_string();
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        (effect, request.method().clone(), path, body)
    }

    fn read(&self, status: u16, body: &Value) -> Result<Progress, Error> {
        Bluesky.read(&self.task(), &answer(status, body))
    }

    fn find(&self, status: u16, body: &Value) -> Result<Found, Error> {
        Bluesky.find(&self.task(), &answer(status, body))
    }

    /// Continues after a response, with the state read back from its stored form.
    fn proceed(&mut self, status: u16, body: &Value) {
        match self.read(status, body) {
            Ok(Progress::Proceed(state) | Progress::Taken { state, .. } | Progress::Wait { state, .. }) => {
                self.state = serde_json::from_str(&state.to_string()).unwrap()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn answer(status: u16, body: &Value) -> Response {
    http::Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap()
}

fn uri() -> String {
    format!("at://{DID}/app.bsky.feed.post/{RKEY}")
}

fn published() -> Published {
    Published { platform_post_id: Some(uri()), url: Some(format!("https://bsky.app/profile/{DID}/post/{RKEY}")) }
}

fn written() -> Value {
    json!({ "uri": uri(), "cid": "bafyrei", "validationStatus": "valid" })
}

fn existing(text: &str, created_at: &str) -> Value {
    let value = json!({ "$type": "app.bsky.feed.post", "text": text, "createdAt": created_at });
    json!({ "uri": uri(), "cid": "bafyrei", "value": value })
}

#[test]
fn a_post_is_one_write_under_our_key_if_it_is_free() {
    let run = Run::begin("Hello #world");
    let facet = json!({
        "index": { "byteStart": 6, "byteEnd": 12 },
        "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "world" }],
    });
    let expected = json!({
        "repo": DID,
        "collection": "app.bsky.feed.post",
        "rkey": RKEY,
        "swapRecord": null,
        "record": {
            "$type": "app.bsky.feed.post", "text": "Hello #world", "createdAt": CREATED_AT, "facets": [facet],
        },
    });
    let put = (Effect::Commit, Method::POST, "/xrpc/com.atproto.repo.putRecord".to_owned(), expected);
    assert_eq!(run.sent(), put);
    assert_eq!(run.read(200, &written()), Ok(Progress::Done(published())));
}

#[test]
fn plain_text_has_no_facets() {
    let (_, _, _, body) = Run::begin("Hello").sent();
    assert_eq!(body["record"], json!({ "$type": "app.bsky.feed.post", "text": "Hello", "createdAt": CREATED_AT }));
}

#[test]
fn every_attempt_sends_the_same_bytes() {
    let run = Run::begin("https://a.com, @x.nosuchending and #b");
    let bytes = || Bluesky.step(&run.task()).unwrap().request.into_body();
    assert_eq!(bytes(), bytes());
}

#[test]
fn mentions_are_resolved_one_by_one_before_the_record_is_fixed() {
    let mut run = Run::begin("@Ann.com @bob.com @nobody.com @ann.com");
    let asks = |handle: &str| {
        let path = format!("/xrpc/com.atproto.identity.resolveHandle?handle={handle}");
        (Effect::Prepare, Method::GET, path, Value::Null)
    };
    assert_eq!(run.sent(), asks("ann.com"));
    run.proceed(200, &json!({ "did": "did:plc:ann" }));
    assert_eq!(run.sent(), asks("bob.com"));
    run.proceed(200, &json!({ "did": "did:web:bob.com" }));
    assert_eq!(run.sent(), asks("nobody.com"));
    run.proceed(400, &json!({ "error": "HandleNotFound", "message": "Unable to resolve handle" }));

    let (effect, _, _, body) = run.sent();
    assert_eq!(effect, Effect::Commit);
    let marks: Vec<_> = body["record"]["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| (facet["index"]["byteStart"].as_u64().unwrap(), facet["features"][0]["did"].as_str().unwrap()))
        .collect();
    assert_eq!(marks, [(0, "did:plc:ann"), (9, "did:web:bob.com"), (30, "did:plc:ann")]);
    assert_eq!((&body["rkey"], &body["record"]["createdAt"]), (&json!(RKEY), &json!(CREATED_AT)));
}

#[test]
fn a_mention_is_omitted_only_after_a_definite_response() {
    let run = || Run::begin("@ann.com");
    for (status, body) in [
        (400, json!({ "error": "InvalidRequest", "message": "Unable to resolve handle" })),
        (404, json!("not found")),
        (200, json!({ "did": "nonsense" })),
        (200, json!({ "did": "did:plc:" })),
        (200, json!({ "did": "did:plc:a b" })),
    ] {
        let mut run = run();
        run.proceed(status, &body);
        assert_eq!(run.sent().3["record"].get("facets"), None, "{status} {body}");
    }
    for (status, body) in [
        (500, json!(null)),
        (502, json!({ "error": "UpstreamFailure" })),
        (429, json!({ "error": "RateLimitExceeded" })),
        (401, json!({ "error": "invalid_token" })),
        (400, json!({ "error": "ExpiredToken" })),
        (200, json!("<html>")),
    ] {
        assert!(run().read(status, &body).is_err(), "{status} {body}");
    }
}

#[test]
fn a_record_that_already_has_the_key_is_compared() {
    let mut run = Run::begin("Hello");
    run.proceed(400, &json!({ "error": "InvalidSwap", "message": "Record was at bafyrei" }));
    let path = "/xrpc/com.atproto.repo.getRecord?repo=did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz\
                &collection=app.bsky.feed.post&rkey=3mqlbj6j22222";
    assert_eq!(run.sent(), (Effect::Confirm, Method::GET, path.to_owned(), Value::Null));

    assert_eq!(run.read(200, &existing("Hello", CREATED_AT)), Ok(Progress::Done(published())));
    for (status, body) in [(200, existing("Other", CREATED_AT)), (200, existing("Hello", "2026-07-14T03:33:20.001Z"))] {
        let refused = run.read(status, &body);
        assert!(matches!(refused, Ok(Progress::Failed { code: FaultCode::RecordKeyTaken, .. })), "{refused:?}");
    }
    let gone = run.read(400, &json!({ "error": "RecordNotFound" }));
    assert!(matches!(gone, Err(Error::OutcomeUnknown(_))), "a contradiction proves nothing: {gone:?}");
}

#[test]
fn a_lost_answer_is_read_back_by_the_key() {
    let run = Run::begin("Hello");
    let request = Bluesky.read_back(&run.task()).unwrap().unwrap();
    assert!(request.uri().to_string().ends_with(&format!("&rkey={RKEY}")));
    assert_eq!(run.find(200, &existing("Hello", CREATED_AT)), Ok(Found::Known(Progress::Done(published()))));
    let other = run.find(200, &existing("Hello", "2026-07-14T03:33:20.001Z"));
    assert!(matches!(other, Ok(Found::Known(Progress::Failed { code: FaultCode::RecordKeyTaken, .. }))), "{other:?}");
    let none = json!({ "error": "RecordNotFound", "message": "Could not locate record" });
    let missing = run.find(400, &none);
    assert_eq!(missing, Ok(Found::Missing { again: run.state.clone() }), "the same record would be sent again");
    // Only a definite "record not found" proves absence, and not a server that does not know the account.
    for (status, body) in [
        (400, json!({ "error": "InvalidRequest" })),
        (404, json!(null)),
        (502, json!({ "error": "UpstreamFailure" })),
        (200, json!({})),
    ] {
        assert!(run.find(status, &body).is_err(), "{status} {body}");
    }
}

#[test]
fn a_response_about_another_record_leaves_the_outcome_unknown() {
    let run = Run::begin("Hello");
    for body in [json!({ "uri": "at://did:plc:other/app.bsky.feed.post/x" }), json!({}), json!("<html>")] {
        assert!(matches!(run.read(200, &body), Err(Error::OutcomeUnknown(_))), "{body}");
    }
}

/// A refusal as `kind code`.
fn kind(error: &Error) -> String {
    match error {
        Error::Reconnect(_) => "reconnect".into(),
        Error::Rejected { code, .. } => format!("{code} {:?}", code.category()),
        Error::RateLimited { retry_after, .. } | Error::Later { retry_after, .. } => {
            format!("wait {}", retry_after.as_secs())
        }
        Error::OutcomeUnknown(_) => "unknown".into(),
    }
}

#[test]
fn refusals_are_classified_by_status_and_name() {
    let run = Run::begin("Hello");
    for (status, name, expected) in [
        (400, "InvalidRequest", "content_refused Content"),
        (413, "PayloadTooLargeError", "content_refused Content"),
        (400, "ExpiredToken", "reconnect"),
        (400, "InvalidToken", "reconnect"),
        (401, "invalid_token", "reconnect"),
        (401, "AuthMissing", "reconnect"),
        (403, "ScopeMissingError", "reconnect"),
        (401, "use_dpop_nonce", "unknown"),
        (401, "invalid_dpop_proof", "unknown"),
        (401, "AccountDeactivated", "account_deactivated Account"),
        (401, "AccountTakedown", "account_suspended Account"),
        (400, "RepoSuspended", "account_suspended Account"),
        (403, "AccountNotFound", "account_not_found Account"),
        (403, "Forbidden", "not_permitted Account"),
        (404, "XRPCNotSupported", "refused Platform"),
        (429, "RateLimitExceeded", "wait 300"),
        (302, "", "unknown"),
        (500, "InternalServerError", "unknown"),
        (502, "UpstreamFailure", "unknown"),
        (503, "", "unknown"),
    ] {
        let error = run.read(status, &json!({ "error": name, "message": "words" })).unwrap_err();
        assert_eq!(kind(&error), expected, "{status} {name}");
    }
}

#[test]
fn a_rate_limit_says_how_long_to_wait() {
    let run = Run::begin("Hello");
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (headers, expected) in [
        (&[date, ("ratelimit-reset", "784111837")][..], "wait 61"),
        (&[date, ("ratelimit-reset", "1")], "wait 1"),
        (&[date, ("ratelimit-reset", "99999999999")], "wait 86400"),
        (&[date, ("ratelimit-reset", "9223372036854775807")], "wait 86400"),
        (&[("ratelimit-reset", "784111837")], "wait 300"),
        (&[("retry-after", "30"), ("ratelimit-reset", "784111837")], "wait 30"),
        (&[("retry-after", "-5")], "wait 1"),
        (&[("retry-after", "soon")], "wait 300"),
    ] {
        let mut answer = answer(429, &json!({ "error": "RateLimitExceeded" }));
        for (name, value) in headers {
            answer.headers_mut().insert(*name, value.parse().unwrap());
        }
        assert_eq!(kind(&Bluesky.read(&run.task(), &answer).unwrap_err()), expected, "{headers:?}");
    }
}

#[test]
fn a_servers_message_is_shortened_to_one_line() {
    let run = Run::begin("Hello");
    let words = format!("line\none {}", "é".repeat(400));
    let Err(Error::Rejected { message, .. }) = run.read(400, &json!({ "error": "InvalidRequest", "message": words }))
    else {
        panic!("a 400 is a refusal");
    };
    assert!(message.starts_with("line one é") && message.chars().count() == 300, "{message}");
    let Err(Error::Rejected { message, .. }) = run.read(400, &json!("no object")) else {
        panic!("a 400 is a refusal");
    };
    assert_eq!(message, "status 400");
}
