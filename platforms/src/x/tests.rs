use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::{Effect, FaultCode, Published};

mod media;
mod options;

static OPTIONS: crate::Options = crate::Options::new();
const SENT_AT: &str = "2026-07-01T12:00:00Z";

static ENDPOINTS: Endpoints = Endpoints::real();

fn task<'a>(endpoints: &'a Endpoints, content: &'a str) -> Task<'a> {
    Task {
        endpoints,
        host: None,
        content,
        media: &[],
        options: &OPTIONS,
        user_id: "42",
        handle: "demo",
        state: &Value::Null,
        sent_at: Some(SENT_AT.parse().unwrap()),
    }
}

fn answer(status: u16, body: impl ToString) -> Response {
    http::Response::builder().status(status).body(body.to_string().into()).unwrap()
}

fn check(text: &str) -> Result<(), BrokenRule> {
    X.check(&Content::plain(text, &[]))
}

fn read(answer: &Response) -> Result<Progress, Error> {
    X.read(&task(&ENDPOINTS, "Hello"), answer)
}

#[test]
fn a_post_is_one_commit_with_only_the_text() {
    let send = X.step(&task(&ENDPOINTS, "Say \"hi\"\n<3")).unwrap();
    assert_eq!(send.effect, Effect::Commit);
    assert_eq!(send.request.method(), Method::POST);
    assert_eq!(send.request.uri(), "https://api.x.com/2/tweets");
    assert_eq!(send.request.headers()["content-type"], "application/json");
    assert!(!send.request.headers().contains_key("authorization"), "the caller adds the credential");
    let body: Value = serde_json::from_slice(send.request.body()).unwrap();
    assert_eq!(body, json!({ "text": "Say \"hi\"\n<3" }));
}

#[test]
fn a_created_post_has_an_address() {
    let done = read(&answer(201, json!({ "data": { "id": "123", "text": "Hello" } }))).unwrap();
    let url = "https://x.com/demo/status/123".to_owned();
    assert_eq!(done, Progress::Done(Published { platform_post_id: Some("123".into()), url: Some(url) }));
}

#[test]
fn an_unreadable_response_leaves_the_outcome_unknown() {
    let id = |id: &str| json!({ "data": { "id": id } }).to_string();
    for (status, body) in [
        (201, String::new()),
        (201, "<html>".into()),
        (201, json!({ "data": {} }).to_string()),
        (201, json!({ "data": { "id": 5 } }).to_string()),
        (201, id("")),
        (201, id("../../evil")),
        (201, id(&"1".repeat(21))),
        // A success status other than the documented one.
        (200, id("123")),
        (202, id("123")),
        (204, String::new()),
        (302, String::new()),
        (500, String::new()),
        (502, "<html>Bad Gateway</html>".into()),
        (503, json!({ "title": "Service Unavailable" }).to_string()),
        (504, String::new()),
    ] {
        let read = read(&answer(status, &body));
        assert!(matches!(read, Err(Error::OutcomeUnknown(_))), "{status} {body}: {read:?}");
    }
}

#[test]
fn refusals_are_classified() {
    let problem = |kind: &str, detail: &str| json!({ "type": kind, "title": "Title", "detail": detail }).to_string();
    let blank = |detail: &str| problem("about:blank", detail);
    let capped = "https://api.twitter.com/2/problems/usage-capped";
    for (status, body, code) in [
        (403, blank("You are not allowed to create a Tweet with duplicate content."), FaultCode::DuplicateContent),
        (403, blank("The user used for authentication is suspended"), FaultCode::AccountSuspended),
        (403, blank("Posts are limited to a maximum of one cashtag"), FaultCode::TooManyCashtags),
        (403, blank("You are not permitted to perform this action."), FaultCode::ContentRefused),
        (403, blank("The Tweet contains an invalid URL."), FaultCode::ContentRefused),
        (403, blank("This user is not allowed to post a video longer than 2 minutes."), FaultCode::MediaLength),
        (403, blank("Forbidden"), FaultCode::NotPermitted),
        (403, String::new(), FaultCode::NotPermitted),
        (400, blank("One or more parameters to your request was invalid."), FaultCode::ContentRefused),
        (413, blank("Payload Too Large"), FaultCode::ContentRefused),
        (404, blank("Not Found"), FaultCode::Refused),
        (410, String::new(), FaultCode::Refused),
    ] {
        match read(&answer(status, &body)) {
            Err(Error::Rejected { code: found, .. }) => {
                assert_eq!(found, code, "{body}")
            }
            other => panic!("{status} {body}: {other:?}"),
        }
    }
    let credits = "https://api.twitter.com/2/problems/credits";
    for (status, body) in [
        (402, problem(credits, "Your enrolled account does not have any credits.")),
        (402, String::new()),
        (429, problem(capped, "Usage cap exceeded: Monthly product cap")),
    ] {
        let read = read(&answer(status, &body));
        let waits = matches!(read, Err(Error::Later { code: FaultCode::UsageCapped, .. }));
        assert!(waits, "the operator can mend that: {read:?}");
    }
    let unauthorized = read(&answer(401, blank("Unauthorized")));
    assert_eq!(unauthorized, Err(Error::Reconnect("Unauthorized".into())));
}

#[test]
fn a_refusal_keeps_the_platforms_words() {
    let message = |body: Value| match read(&answer(400, body)) {
        Err(Error::Rejected { message, .. }) => message,
        other => panic!("{other:?}"),
    };
    assert_eq!(message(json!({ "title": "Invalid Request", "detail": "Too odd." })), "Too odd.");
    assert_eq!(message(json!({ "title": "Invalid Request" })), "Invalid Request");
    let precise = json!({ "errors": [{ "message": "$.text: string expected" }], "detail": "One or more parameters." });
    assert_eq!(message(precise), "$.text: string expected");
    assert_eq!(message(json!([1])), "");
}

#[test]
fn the_wait_ends_with_the_window_by_the_responses_date() {
    let wait = |reset: Option<&str>, date: Option<&str>| {
        let mut answer = answer(429, json!({ "title": "Too Many Requests" }));
        let headers = answer.headers_mut();
        reset.map(|reset| headers.insert("x-rate-limit-reset", reset.parse().unwrap()));
        date.map(|date| headers.insert("date", date.parse().unwrap()));
        match read(&answer) {
            Err(Error::RateLimited { retry_after, .. }) => retry_after.as_secs(),
            other => panic!("{other:?}"),
        }
    };
    // 12:00:00 that day is 1 782 907 200.
    let noon = Some("Wed, 01 Jul 2026 12:00:00 GMT");
    assert_eq!(wait(Some("1782907205"), noon), 6, "a second more: the reset is truncated");
    assert_eq!(wait(Some("1782907200"), noon), 1);
    assert_eq!(wait(Some("1782900000"), noon), 1, "in the past");
    assert_eq!(wait(Some("9999999999"), noon), 86_400, "at most a day");
    for (reset, date) in [(None, noon), (Some("1782907205"), None), (Some("soon"), noon), (Some("5"), Some("noon"))] {
        assert_eq!(wait(reset, date), 900, "{reset:?} {date:?}");
    }
    let mut several = answer(429, "");
    for (name, reset) in [
        ("x-rate-limit-reset", "1782907205"),
        ("x-user-limit-24hour-reset", "1782907260"),
        ("x-app-limit-24hour-reset", "1782907230"),
        ("date", "Wed, 01 Jul 2026 12:00:00 GMT"),
    ] {
        several.headers_mut().insert(name, reset.parse().unwrap());
    }
    let wait_of = |read| match read {
        Err(Error::RateLimited { retry_after, .. }) => retry_after.as_secs(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wait_of(read(&several)), 61, "the latest");
    several.headers_mut().insert("x-user-limit-24hour-remaining", "7".parse().unwrap());
    several.headers_mut().insert("x-app-limit-24hour-remaining", "0".parse().unwrap());
    assert_eq!(wait_of(read(&several)), 31, "the latest that is used up");
    assert_eq!(wait(Some("-9223372036854775808"), noon), 1);
    assert_eq!(wait(Some("9223372036854775807"), noon), 86_400);
}

#[test]
fn the_identity_is_read_from_the_users_profile() {
    let me = X.whoami(&ENDPOINTS, &[]).unwrap();
    assert_eq!(
        (me.method(), me.uri().to_string().as_str()),
        (&Method::GET, "https://api.x.com/2/users/me?user.fields=subscription_type")
    );
    let user = |id: &str, username: &str| json!({ "data": { "id": id, "name": "Demo <3", "username": username } });
    let identity = X.identity(&answer(200, user("42", "Demo_1"))).unwrap();
    let (handle, display_name) = ("Demo_1".into(), "Demo <3".into());
    assert_eq!(identity, Identity { user_id: "42".into(), handle, display_name, app_user_id: None, max_text: None });
    for body in [user("", "demo"), user("4/2", "demo"), user("42", ""), user("42", "a/b"), user("42", &"a".repeat(16))]
    {
        assert!(matches!(X.identity(&answer(200, &body)), Err(Error::OutcomeUnknown(_))), "{body}");
    }
    assert!(matches!(X.identity(&answer(401, "")), Err(Error::Reconnect(_))));
    assert!(matches!(X.identity(&answer(200, "{}")), Err(Error::OutcomeUnknown(_))));
}

#[test]
fn the_read_back_requests_posts_since_shortly_before_the_commit() {
    let request = X.read_back(&task(&ENDPOINTS, "Hello")).unwrap().unwrap();
    let url: url::Url = request.uri().to_string().parse().unwrap();
    assert_eq!((request.method(), url.path()), (&Method::GET, "/2/users/42/tweets"));
    let query: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    let expected = [
        "max_results=100",
        "tweet.fields=attachments,created_at,entities,note_tweet",
        "start_time=2026-07-01T11:58:00Z",
    ];
    assert_eq!(query, expected);
}

fn missing() -> Found {
    Found::Missing { again: Value::Null }
}

/// Whether `content` is found in a timeline of one post with `text`.
fn found(content: &str, text: &str, urls: &[(&str, &str)]) -> bool {
    let urls: Vec<_> = urls.iter().map(|(url, expanded)| json!({ "url": url, "expanded_url": expanded })).collect();
    let entities = json!({ "urls": urls });
    let tweet = json!({ "id": "7", "text": text, "created_at": "2026-07-01T12:00:01.000Z", "entities": entities });
    let found = X.find(&task(&ENDPOINTS, content), &answer(200, json!({ "data": [tweet] }))).unwrap();
    let published = Published { platform_post_id: Some("7".into()), url: Some("https://x.com/demo/status/7".into()) };
    match found {
        Found::Known(progress) => assert_eq!(progress, Progress::Done(published)),
        found => {
            assert_eq!(found, missing());
            return false;
        }
    }
    true
}

#[test]
fn a_post_is_found_by_its_text_as_x_returns_it() {
    let one = ("https://t.co/aaaaaaaaaa", "https://example.com/a?b=c&d=e");
    let bare = ("https://t.co/bbbbbbbbbb", "http://example.org");
    assert!(found("Hello", "Hello", &[]));
    assert!(found(" Hello\n", "Hello", &[]), "X trims");
    assert!(found("Cafe\u{301}", "Caf\u{e9}", &[]), "X composes");
    assert!(found("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2", &[]));
    assert!(found("Write &lt; for <", "Write &amp;lt; for &lt;", &[]), "a literal escape");
    assert!(found("See https://example.com/a?b=c&d=e!", "See https://t.co/aaaaaaaaaa!", &[one]));
    assert!(found("example.org & more", "https://t.co/bbbbbbbbbb &amp; more", &[bare]), "X adds the scheme");
    assert!(found("http://example.org", "https://t.co/bbbbbbbbbb", &[bare]));
    let both = "https://t.co/aaaaaaaaaa, example.org: https://t.co/bbbbbbbbbb";
    assert!(found("https://example.com/a?b=c&d=e, example.org: example.org", both, &[one, bare]));
    assert!(found("https://e.com/?a&lt;b", "https://t.co/c", &[("https://t.co/c", "https://e.com/?a&lt;b")]));
}

#[test]
fn a_post_with_another_text_is_not_found() {
    let link = [("https://t.co/aaaaaaaaaa", "https://example.com/a")];
    assert!(!found("Hello", "hello", &[]));
    assert!(!found("Hello", "Hello!", &[]));
    assert!(!found("Hello", "", &[]));
    assert!(!found("See https://example.com/b", "See https://t.co/aaaaaaaaaa", &link));
    assert!(!found("See example.com/a", "See https://t.co/aaaaaaaaaa", &link), "X never adds https");
    assert!(!found("See https://example.com/a", "See https://t.co/aaaaaaaaaa now", &link));
}

#[test]
fn an_older_post_with_the_same_text_is_not_found() {
    let timeline = |created_at: &str| {
        let data = json!([{ "id": "7", "text": "Hello", "created_at": created_at }]);
        X.find(&task(&ENDPOINTS, "Hello"), &answer(200, json!({ "data": data }))).unwrap() != missing()
    };
    assert!(!timeline("2026-07-01T11:57:59.000Z"));
    assert!(timeline("2026-07-01T11:58:00.000Z"), "X's clock may be behind ours");
}

#[test]
fn a_read_back_tells_not_found_from_failure() {
    let find = |answer: &Response| X.find(&task(&ENDPOINTS, "Hello"), answer);
    assert_eq!(find(&answer(200, json!({ "meta": { "result_count": 0 } }))), Ok(missing()));
    assert!(matches!(find(&answer(200, "nonsense")), Err(Error::OutcomeUnknown(_))));
    assert!(matches!(find(&answer(500, "")), Err(Error::OutcomeUnknown(_))));
    assert!(matches!(find(&answer(401, "")), Err(Error::Reconnect(_))));
    assert!(matches!(find(&answer(429, "")), Err(Error::RateLimited { .. })));
    let odd = json!({ "data": [{ "id": "x", "text": "Hello", "created_at": SENT_AT }] });
    assert!(matches!(find(&answer(200, odd)), Err(Error::OutcomeUnknown(_))), "an invalid id");
}

#[test]
fn the_limit_counts_weighted_characters() {
    let rule = |text: &str| check(text).err().map(|broken| broken.rule.as_str());
    assert_eq!(rule(""), Some("text_required"));
    assert_eq!(rule(" \n\t"), Some("text_required"));
    let link = format!("https://example.com/{} ", "x".repeat(500));
    let family = "👨\u{200d}👩\u{200d}👧";
    // A weight of exactly 280: 280 letters, 140 characters of weight 2, or 11 links with a space each and 16 letters.
    for full in
        ["a".repeat(280), "日".repeat(140), family.repeat(140), format!("{}{}", link.repeat(11), "a".repeat(16))]
    {
        assert_eq!(rule(&full), None, "{full}");
        assert_eq!(rule(&format!("{full}a")), Some("text_too_long"), "{full}");
    }
    let message = check(&"a".repeat(281)).unwrap_err().to_string();
    assert!(message.contains("281") && message.contains("280"), "{message}");
    let message = check(&"a".repeat(65_536)).unwrap_err().to_string();
    assert!(message.ends_with("this text has more than 2800"), "{message}");
}

#[test]
fn invisible_characters_that_x_refuses_are_named() {
    for c in ['\u{feff}', '\u{fffe}', '\u{ffff}'] {
        for text in [format!("{c}Hello"), format!("Hello {c}"), format!("https://example.com/{c}")] {
            let broken = check(&text).unwrap_err();
            assert_eq!(broken.rule, FaultCode::InvalidCharacter);
            assert!(broken.message.contains(&format!("U+{:04X}", u32::from(c))), "{}", broken.message);
        }
    }
    assert!(check("\u{200b}Hello\u{200d}").is_ok());
}

#[test]
fn a_post_has_at_most_one_cashtag() {
    let broken = check("$TWTR and $AAPL").unwrap_err();
    assert_eq!(broken.rule, FaultCode::TooManyCashtags);
    assert!(broken.message.ends_with("this text has 2"), "{}", broken.message);
    assert!(check("$TWTR costs $5").is_ok());
}

#[test]
fn a_bare_domain_of_a_country_is_a_link() {
    let broken = check(&format!("{} autoloom.de", "a".repeat(267))).unwrap_err();
    assert!(broken.message.ends_with("this text has 291"), "{}", broken.message);
}

#[test]
fn a_subscription_allows_longer_posts() {
    let identity = |subscription: Value| {
        let user = json!({ "id": "42", "name": "N", "username": "n", "subscription_type": subscription });
        X.identity(&answer(200, json!({ "data": user }))).unwrap().max_text
    };
    assert_eq!(identity(json!("None")), None);
    assert_eq!(identity(Value::Null), None);
    for subscription in ["Basic", "Premium", "PremiumPlus"] {
        assert_eq!(identity(json!(subscription)), Some(25_000));
    }
    let abilities = crate::Abilities { scopes: None, max_text: Some(25_000) };
    let rule = |length: usize| {
        let text = "a".repeat(length);
        X.check(&Content { abilities: &abilities, ..Content::plain(&text, &[]) }).err().map(|broken| broken.to_string())
    };
    assert_eq!(rule(25_000), None);
    assert!(rule(25_001).unwrap().contains("allows this account 25000"));
}

#[test]
fn a_long_post_is_found_by_its_whole_text() {
    let (long, other) = (format!("{} the end", "a".repeat(400)), format!("{} another end", "a".repeat(400)));
    let timeline = |text: &str| {
        let tweet = json!({
            "id": "7",
            "text": format!("{}\u{2026} https://t.co/0123456789", "a".repeat(254)),
            "created_at": SENT_AT,
            "note_tweet": { "text": text },
        });
        answer(200, json!({ "data": [tweet] }))
    };
    let find = |text: &str| X.find(&task(&ENDPOINTS, &long), &timeline(text)).unwrap();
    assert!(matches!(find(&long), Found::Known(Progress::Done(_))));
    assert!(matches!(find(&other), Found::Missing { .. }));
}
