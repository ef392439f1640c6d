//! The card of a post's link.

use super::{media::blob, *};
use crate::{Credential, Source};

const PAGE: &str = r#"<title>A page</title><meta property="og:description" content="About it">
    <meta property="og:image" content="/a.jpg">"#;

fn linked() -> Run {
    Run::with("See https://a.example/new?b#c", &[], json!({}))
}

/// A response of a third party.
fn told(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Bytes::from_static(body.as_bytes())).unwrap()
}

fn html(body: &'static str) -> Response {
    told(200, &[("content-type", "text/html; charset=utf-8")], body)
}

fn picture(kind: &str, length: &str) -> Response {
    told(200, &[("content-type", kind), ("content-length", length)], "")
}

impl Run {
    /// The next request to a third party.
    fn visits(&self) -> (Method, String) {
        let Call { request, effect, credential, upload } = Bluesky.step(&self.task()).unwrap();
        assert_eq!((effect, credential, upload), (Effect::Prepare, Credential::None, None));
        assert!(!request.headers().contains_key("authorization"));
        (request.method().clone(), request.uri().to_string())
    }

    fn hears(&mut self, answer: &Response) {
        match Bluesky.read(&self.task(), answer) {
            Ok(Progress::Proceed(state)) => self.state = state,
            other => panic!("{other:?}"),
        }
    }

    fn embed(&self) -> Value {
        self.record()["embed"].clone()
    }
}

fn card(thumb: Option<Value>) -> Value {
    let mut external = json!({ "uri": "https://a.example/new?b#c", "title": "A page", "description": "About it" });
    if let Some(thumb) = thumb {
        external["thumb"] = thumb;
    }
    json!({ "$type": "app.bsky.embed.external", "external": external })
}

#[test]
fn the_first_link_of_a_text_becomes_a_card_with_a_picture() {
    let mut run = linked();
    assert_eq!(run.visits(), (Method::GET, "https://a.example/new?b".to_owned()), "a fragment is not sent");
    run.hears(&html(PAGE));
    assert_eq!(run.visits(), (Method::HEAD, "https://a.example/a.jpg".to_owned()));
    run.hears(&picture("image/jpeg", "700"));
    let source = Source::Page("https://a.example/a.jpg".into());
    assert_eq!(run.uploads(), (source, 700, "image/jpeg".into(), "700".into()));
    run.proceed(200, &json!({ "blob": blob("bafkthumb", "image/jpeg", 700) }));
    assert_eq!(run.embed(), card(Some(blob("bafkthumb", "image/jpeg", 700))));
}

#[test]
fn a_picture_that_cannot_be_used_is_left_out() {
    for answer in [
        picture("image/jpeg", "1000001"),
        picture("image/jpeg", "0"),
        picture("image/svg+xml", "700"),
        picture("video/mp4", "700"),
        told(200, &[("content-type", "image/jpeg")], ""),
        told(404, &[("content-type", "image/jpeg"), ("content-length", "700")], ""),
        told(504, &[], ""),
    ] {
        let mut run = linked();
        run.hears(&html(PAGE));
        run.hears(&answer);
        assert_eq!(run.embed(), card(None), "{answer:?}");
    }
    for (status, body) in [
        (400, json!({ "error": "InvalidRequest" })),
        (403, json!({ "error": "ScopeMissingError" })),
        (429, json!({ "error": "RateLimitExceeded" })),
        (504, json!("")),
        (200, json!({ "blob": blob("bafkthumb", "text/html", 700) })),
        (200, json!({ "blob": blob("bafkthumb", "image/jpeg", 1_000_001) })),
    ] {
        let mut run = linked();
        run.hears(&html(PAGE));
        run.hears(&picture("image/jpeg", "700"));
        run.proceed(status, &body);
        assert_eq!(run.embed(), card(None), "{status} {body}");
    }
}

#[test]
fn a_page_that_cannot_be_read_gives_no_card() {
    for answer in [
        told(504, &[], ""),
        told(404, &[("content-type", "text/html")], PAGE),
        told(200, &[("content-type", "application/pdf")], PAGE),
        told(200, &[], PAGE),
        html("<p>no title</p>"),
        told(302, &[], ""),
        told(302, &[("location", "ftp://a.example")], ""),
    ] {
        let mut run = linked();
        run.hears(&answer);
        assert_eq!(run.embed(), Value::Null, "{answer:?}");
    }
    let mut run = linked();
    run.hears(&told(206, &[("content-type", "Application/XHTML+xml")], "<title>A page</title>"));
    assert_eq!(run.embed()["external"]["title"], "A page");
}

#[test]
fn three_redirects_are_followed_and_the_requests_are_few() {
    let mut run = linked();
    for to in ["/1", "https://b.example/2", "3"] {
        run.hears(&told(301, &[("location", to)], ""));
    }
    assert_eq!(run.visits().1, "https://b.example/3");
    let mut more = linked();
    let mut requests = 1;
    while more.state["phase"].get("page").is_some() {
        more.hears(&told(307, &[("location", "/again")], ""));
        requests += 1;
    }
    assert_eq!((requests, more.embed()), (5, Value::Null), "four, and the record");
    run.hears(&html(r#"<title>A</title><meta property="og:image" content="i.png">"#));
    assert_eq!(run.visits().1, "https://b.example/i.png", "by the page's own address");
    run.hears(&told(302, &[("location", "/moved.png")], ""));
    run.hears(&told(302, &[("location", "/moved-again.png")], ""));
    let external = json!({ "uri": "https://a.example/new?b#c", "title": "A", "description": "" });
    assert_eq!(run.embed()["external"], external);
}

#[test]
fn a_post_has_no_card_with_media_without_a_link_or_if_it_is_not_to_have_one() {
    let photo = media::image(7, None);
    let link = "See https://a.example";
    assert_eq!(Run::with(link, &[(photo, None)], json!({})).uploads().0, Source::Media(0));
    for (content, options) in [(link, json!({ "linkCard": false })), ("See #this", json!({}))] {
        assert_eq!(Run::with(content, &[], options).embed(), Value::Null, "{content}");
    }
    assert_eq!(Run::with("See a.example.com", &[], json!({ "linkCard": true })).visits().1, "https://a.example.com/");
    let mut run = Run::with("@ann.com https://a.example", &[], json!({}));
    run.proceed(200, &json!({ "did": "did:plc:ann" }));
    assert_eq!(run.visits().1, "https://a.example/", "after the mentions");
}

#[test]
fn a_picture_that_the_server_dropped_is_uploaded_again() {
    let mut run = linked();
    run.hears(&html(PAGE));
    run.hears(&picture("image/jpeg", "700"));
    let thumb = blob("bafkthumb", "image/jpeg", 700);
    run.proceed(200, &json!({ "blob": thumb }));
    let record = run.record();
    run.proceed(400, &json!({ "error": "BlobNotFound" }));
    assert_eq!(run.uploads().0, Source::Page("https://a.example/a.jpg".into()));
    run.proceed(200, &json!({ "blob": thumb }));
    assert_eq!(run.record(), record);
}

/// A URL may have such a host, and a request may not.
#[test]
fn an_address_that_no_request_can_have_is_left_out() {
    let mut run = linked();
    run.hears(&told(301, &[("location", "https://{{cdn}}/")], ""));
    assert_eq!(run.embed(), Value::Null);
    let mut run = linked();
    run.hears(&html(r#"<title>A</title><meta property="og:image" content="https://{{cdn}}/a.png">"#));
    let external = json!({ "uri": "https://a.example/new?b#c", "title": "A", "description": "" });
    assert_eq!(run.embed()["external"], external);
}
