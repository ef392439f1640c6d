use http::Method;
use serde_json::json;

use super::*;
use crate::{
    Effect, Options, Published,
    media::{Facts, Media},
};

const SENT_AT: &str = "2026-07-01T12:00:00Z";

static ENDPOINTS: Endpoints = Endpoints::real();

/// A publish, step by step.
struct Run {
    media: Vec<Media>,
    options: Options,
    state: Value,
    sent: bool,
}

impl Run {
    fn begin(formats: &[Format]) -> Self {
        Self::with(formats, json!({}))
    }

    fn with(formats: &[Format], options: Value) -> Self {
        let Value::Object(options) = options else { panic!("{options}") };
        let options: Options = options.into_iter().collect();
        let facts: Vec<Facts> =
            formats.iter().map(|format| Facts { format: Some(*format), ..Facts::default() }).collect();
        let media = (0..formats.len())
            .map(|n| Media { url: format!("https://m.test/{n}"), alt_text: (n == 0).then(|| "A car".into()) })
            .collect();
        let now = SENT_AT.parse().unwrap();
        let content = Content { options: &options, ..Content::plain("Hello", &facts) };
        let state = Instagram.plan(&Draft { content, identity: [0; 32], now });
        Self { media, options, state, sent: false }
    }

    fn task(&self) -> Task<'_> {
        Task {
            endpoints: &ENDPOINTS,
            host: None,
            content: "Hello",
            media: &self.media,
            options: &self.options,
            user_id: "42",
            handle: "demo.shop",
            state: &self.state,
            sent_at: self.sent.then(|| SENT_AT.parse().unwrap()),
        }
    }

    /// The next request: effect, method, path and body.
    fn sent(&self) -> (Effect, Method, String, Value) {
        let Call { request, effect, upload, .. } = Instagram.step(&self.task()).unwrap();
        assert_eq!(upload, None);
        assert_eq!(request.uri().host(), Some("graph.instagram.com"));
        assert!(!request.headers().contains_key("authorization"), "the caller adds the credential");
        let path = request.uri().path().strip_prefix("/v25.0").unwrap().to_owned();
        (effect, request.method().clone(), path, serde_json::from_slice(request.body()).unwrap_or_default())
    }

    fn read(&self, status: u16, body: &Value) -> Result<Progress, Error> {
        Instagram.read(&self.task(), &answer(status, body))
    }

    /// Continues after a response, with the state read back from its stored form. Returns the wait in seconds.
    fn go(&mut self, body: &Value) -> u64 {
        let (state, wait) = match self.read(200, body).unwrap() {
            Progress::Proceed(state) => (state, 0),
            Progress::Wait { after, state }
            | Progress::StartOver { after, state, .. }
            | Progress::Visible { after, state, .. } => (state, after.as_secs()),
            other => panic!("{other:?}"),
        };
        self.state = serde_json::from_str(&state.to_string()).unwrap();
        wait
    }
}

fn answer(status: u16, body: &Value) -> Response {
    http::Response::builder().status(status).body(body.to_string().into()).unwrap()
}

fn error(code: i64, subcode: i64) -> Value {
    json!({ "error": { "message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode } })
}

#[test]
fn a_picture_goes_from_container_to_address() {
    let mut run = Run::begin(&[Format::Jpeg]);
    let body = json!({ "image_url": "https://m.test/0", "alt_text": "A car", "caption": "Hello" });
    assert_eq!(run.sent(), (Effect::Prepare, Method::POST, "/42/media".into(), body));
    assert_eq!(run.go(&json!({ "id": "1" })), 2);
    assert_eq!(run.sent().2, "/1");
    assert_eq!(run.go(&json!({ "status_code": "IN_PROGRESS" })), 2);
    assert_eq!(run.go(&json!({ "status_code": "IN_PROGRESS" })), 3);
    assert_eq!(run.go(&json!({ "status_code": "FINISHED" })), 0);
    assert_eq!(run.sent().2, "/42/content_publishing_limit");
    assert_eq!(run.go(&json!({ "data": [{ "quota_usage": 49, "config": { "quota_total": 50 } }] })), 0);
    assert_eq!(run.sent(), (Effect::Commit, Method::POST, "/42/media_publish".into(), json!({ "creation_id": "1" })));
    let published = Published { platform_post_id: Some("7".into()), url: None };
    let visible = run.read(200, &json!({ "id": "7" })).unwrap();
    assert!(matches!(visible, Progress::Visible { published: found, .. } if found == published), "before its address");
    run.go(&json!({ "id": "7" }));
    assert_eq!((run.sent().0, run.sent().2), (Effect::Confirm, "/7".into()));
    let url = Some("https://www.instagram.com/p/abc/".to_owned());
    let done = run.read(200, &json!({ "id": "7", "permalink": url })).unwrap();
    assert_eq!(done, Progress::Done(Published { url, ..published.clone() }));
    let odd = run.read(200, &json!({ "permalink": "javascript:alert(1)" })).unwrap();
    assert_eq!(odd, Progress::Done(published), "addresses are not trusted");
}

#[test]
fn a_single_video_is_a_reel() {
    let run = Run::begin(&[Format::Mp4]);
    let body = json!({ "media_type": "REELS", "video_url": "https://m.test/0", "caption": "Hello" });
    assert_eq!(run.sent().3, body);
}

#[test]
fn a_carousel_waits_for_each_of_its_files() {
    let mut run = Run::begin(&[Format::Jpeg, Format::Mp4]);
    let first = json!({ "image_url": "https://m.test/0", "alt_text": "A car", "is_carousel_item": true });
    assert_eq!(run.sent().3, first);
    assert_eq!(run.go(&json!({ "id": "1" })), 0);
    let second = json!({ "media_type": "VIDEO", "video_url": "https://m.test/1", "is_carousel_item": true });
    assert_eq!(run.sent().3, second);
    assert_eq!(run.go(&json!({ "id": "2" })), 2);
    assert_eq!(run.sent().2, "/1");
    run.go(&json!({ "status_code": "FINISHED" }));
    assert_eq!(run.sent().2, "/2");
    assert_eq!(run.go(&json!({ "status_code": "IN_PROGRESS" })), 2);
    run.go(&json!({ "status_code": "FINISHED" }));
    assert_eq!(run.sent().3, json!({ "media_type": "CAROUSEL", "children": "1,2", "caption": "Hello" }));
}

#[test]
fn an_exhausted_quota_is_found_before_the_commit() {
    let mut run = Run::begin(&[Format::Jpeg]);
    run.go(&json!({ "id": "1" }));
    run.go(&json!({ "status_code": "FINISHED" }));
    let used = run.read(200, &json!({ "data": [{ "quota_usage": 50, "config": { "quota_total": 50 } }] }));
    assert!(matches!(used, Err(Error::Later { code: FaultCode::QuotaReached, .. })), "{used:?}");
    assert!(run.read(200, &json!({ "data": [] })).is_ok(), "a missing quota is not enforced");
}

#[test]
fn a_lost_container_is_created_again_three_times() {
    let mut run = Run::begin(&[Format::Jpeg]);
    for _ in 0..3 {
        run.go(&json!({ "id": "1" }));
        run.go(&json!({ "status_code": "EXPIRED" }));
        assert_eq!(run.sent().2, "/42/media");
    }
    run.go(&json!({ "id": "1" }));
    let lost = run.read(200, &json!({ "status_code": "EXPIRED" }));
    assert!(matches!(lost, Err(Error::Rejected { code: FaultCode::MediaNotProcessed, .. })), "{lost:?}");
}

#[test]
fn polling_a_container_ends_after_a_limit() {
    let mut run = Run::begin(&[Format::Jpeg]);
    run.go(&json!({ "id": "1" }));
    let waited: u64 = (0..30).map(|_| run.go(&json!({ "status_code": "IN_PROGRESS" }))).sum();
    assert!((20 * 60..30 * 60).contains(&waited), "{waited} s");
    let given_up = run.read(200, &json!({ "status_code": "IN_PROGRESS" }));
    assert!(matches!(given_up, Err(Error::Rejected { code: FaultCode::MediaNotProcessed, .. })), "{given_up:?}");
}

fn publishing() -> Run {
    let mut run = Run::begin(&[Format::Jpeg]);
    run.go(&json!({ "id": "1" }));
    run.go(&json!({ "status_code": "FINISHED" }));
    run.go(&json!({ "data": [] }));
    assert_eq!(run.sent().0, Effect::Commit);
    run.sent = true;
    run
}

#[test]
fn a_commit_refused_for_its_container_is_prepared_again() {
    for (code, subcode) in [(9007, 2_207_027), (-2, 2_207_020)] {
        let mut run = publishing();
        let refused = run.read(400, &error(code, subcode)).unwrap();
        let Progress::Wait { state, .. } = refused else { panic!("{refused:?}") };
        run.state = state;
        assert_eq!((run.sent().0, run.sent().2), (Effect::Prepare, "/1".into()));
        assert!(matches!(run.read(200, &json!({ "status_code": "PUBLISHED" })), Ok(Progress::Visible { .. })));
        run.go(&json!({ "status_code": "EXPIRED" }));
        assert_eq!(run.sent().2, "/42/media", "a new container");
    }
}

/// Published before, or not known any more: a new container could publish the post twice.
#[test]
fn a_commit_for_a_container_that_is_gone_is_in_doubt() {
    for (code, subcode) in [(24, 2_207_006), (24, 2_207_008), (100, 33)] {
        let run = publishing();
        assert!(matches!(run.read(400, &error(code, subcode)), Err(Error::OutcomeUnknown(_))), "{code}/{subcode}");
        let found = Instagram.find(&run.task(), &answer(400, &error(code, subcode)));
        assert!(matches!(found, Err(Error::OutcomeUnknown(_))), "{found:?}");
    }
}

/// A container with an error stays so: asked again, it would say the same for hours.
#[test]
fn a_container_with_an_error_that_may_pass_is_made_anew() {
    for (subcode, wait) in [(2_207_052, 300), (2_207_003, 300), (2_207_032, 0), (2_207_053, 0)] {
        let mut run = Run::begin(&[Format::Jpeg]);
        run.go(&json!({ "id": "1" }));
        let status = format!("Error: Media upload has failed with error code {subcode}");
        assert_eq!(run.go(&json!({ "status_code": "ERROR", "status": status })), wait, "{subcode}");
        assert_eq!((run.sent().1, run.sent().2), (Method::POST, "/42/media".into()), "{subcode}");
    }
    let mut carousel = Run::begin(&[Format::Jpeg, Format::Jpeg]);
    carousel.go(&json!({ "id": "1" }));
    carousel.go(&json!({ "id": "2" }));
    carousel.go(&json!({ "status_code": "ERROR", "status": "Error: 2207052" }));
    assert_eq!(carousel.sent().3["is_carousel_item"], true, "from its first file on");
}

#[test]
fn a_commit_without_a_response_is_read_back_from_the_container() {
    let run = publishing();
    let request = Instagram.read_back(&run.task()).unwrap().unwrap();
    assert_eq!(request.uri().path(), "/v25.0/1");
    let find = |status: u16, body: &Value| Instagram.find(&run.task(), &answer(status, body));
    for unpublished in ["FINISHED", "IN_PROGRESS"] {
        let missing = find(200, &json!({ "status_code": unpublished }));
        assert!(matches!(missing, Ok(Found::Missing { .. })), "a late call may still publish it: {unpublished}");
    }
    for (status_code, status) in [("EXPIRED", ""), ("ERROR", "Error: 2207052"), ("ERROR", "Error: 2207032")] {
        let absent = find(200, &json!({ "status_code": status_code, "status": status }));
        let Ok(Found::Absent { again }) = absent else { panic!("{status_code} {status}: {absent:?}") };
        assert_eq!(Run { state: again, ..publishing() }.sent().2, "/42/media", "with a new container");
    }
    let refused = find(200, &json!({ "status_code": "ERROR", "status": "Error: 2207026" })).unwrap();
    assert!(matches!(refused, Found::Known(Progress::Failed { code: FaultCode::MediaFormat, .. })), "{refused:?}");
    assert!(find(500, &json!({})).is_err());
    assert!(find(400, &error(24, 2_207_006)).is_err(), "a missing container proves nothing");
    let found = find(200, &json!({ "status_code": "PUBLISHED" })).unwrap();
    let Found::Known(Progress::Visible { published, state, .. }) = found else { panic!("{found:?}") };
    assert_eq!(published, Published::default());
    let run = Run { state, ..run };
    assert_eq!((run.sent().0, run.sent().2), (Effect::Confirm, "/42/media".into()));
}

#[test]
fn a_post_whose_id_was_lost_is_found_by_caption_and_time() {
    let mut run = publishing();
    let Ok(Found::Known(Progress::Visible { state, .. })) =
        Instagram.find(&run.task(), &answer(200, &json!({ "status_code": "PUBLISHED" })))
    else {
        panic!("found")
    };
    run.state = state;
    let post = |id: &str, caption: &str, timestamp: &str| json!({ "id": id, "caption": caption, "timestamp": timestamp, "permalink": format!("https://i.test/{id}") });
    let done = |posts: Vec<Value>| match run.read(200, &json!({ "data": posts })).unwrap() {
        Progress::Done(published) => published.platform_post_id,
        other => panic!("{other:?}"),
    };
    let recent = "2026-07-01T12:00:03+0000";
    assert_eq!(done(vec![post("8", "Other", recent), post("7", "Hello", recent)]), Some("7".into()));
    assert_eq!(done(vec![post("7", "Hello", "2026-07-01T11:00:00+0000")]), None, "an older post with the same text");
    assert_eq!(done(vec![post("7", "Hello", recent), post("8", "Hello", recent)]), None, "ambiguous");
    assert_eq!(done(vec![]), None);
}

/// Status, code and subcode from Meta's table, and their classification.
#[test]
fn refusals_are_classified_by_code_and_subcode() {
    let run = Run::begin(&[Format::Jpeg]);
    for (status, code, subcode, expected) in [
        (400, 190, 463, "reconnect"),
        (401, 190, 460, "reconnect"),
        (400, 190, 459, "reconnect"),
        (400, 102, 0, "reconnect"),
        (403, 10, 0, "reconnect"),
        (403, 200, 0, "reconnect"),
        (401, 0, 0, "reconnect"),
        (403, 4, 0, "wait 900"),
        (400, 17, 0, "wait 900"),
        (400, 32, 0, "wait 900"),
        (400, 613, 0, "wait 900"),
        (401, 4, 0, "wait 900"),
        (429, 0, 0, "wait 900"),
        (403, 4, 2_207_051, "account_restricted Account 21600"),
        (403, 9, 2_207_042, "quota_reached Quota 3600"),
        (400, 368, 0, "account_restricted Account 21600"),
        (400, -2, 2_207_003, "media_unreachable Media 300"),
        (400, 9004, 2_207_052, "media_unreachable Media 300"),
        (400, 1, 2_207_082, "media_unreachable Media 300"),
        (500, -1, 2_207_001, "unknown"),
        (400, -1, 2_207_032, "unknown"),
        (500, 2, 0, "unknown"),
        (400, 1, 0, "unknown"),
        (503, 0, 0, "unknown"),
        (400, 36000, 2_207_004, "media_too_large Media"),
        (400, 36001, 2_207_005, "media_format Media"),
        (400, 36003, 2_207_009, "media_ratio Media"),
        (400, 352, 2_207_026, "media_format Media"),
        (400, 100, 2_207_010, "content_refused Content"),
        (400, 100, 2_207_028, "media_refused Media"),
        (400, 100, 2_207_023, "media_refused Media"),
        (400, 100, 33, "reconnect"),
        (400, 352, 2_207_053, "unknown"),
        (403, 25, 2_207_050, "account_restricted Account"),
        (400, 100, 0, "content_refused Content"),
        (400, 12345, 0, "refused Platform"),
    ] {
        assert_eq!(classified(&run.read(status, &error(code, subcode))), expected, "{status} {code}/{subcode}");
    }
}

#[test]
fn a_failed_container_has_its_reason_in_its_status() {
    let mut run = Run::begin(&[Format::Mp4]);
    run.go(&json!({ "id": "1" }));
    for (status, expected) in [
        ("Error: Media upload has failed with error code 2207026", "media_format Media"),
        ("Error: Media upload has failed with error code 2207009.", "media_ratio Media"),
        ("Error: something new", "media_refused Media"),
        ("", "media_refused Media"),
    ] {
        let body = json!({ "status_code": "ERROR", "status": status });
        assert_eq!(classified(&run.read(200, &body)), expected, "{status}");
    }
}

#[test]
fn the_wait_after_a_rate_limit_is_the_one_in_the_header() {
    let run = Run::begin(&[Format::Jpeg]);
    let mut limited = answer(400, &error(4, 0));
    let usage = r#"{"42":[{"type":"instagram","estimated_time_to_regain_access":7}]}"#;
    limited.headers_mut().insert("x-business-use-case-usage", usage.parse().unwrap());
    assert_eq!(classified(&Instagram.read(&run.task(), &limited)), "wait 420");
}

fn classified(read: &Result<Progress, Error>) -> String {
    match read.as_ref().unwrap_err() {
        Error::Reconnect(_) => "reconnect".into(),
        Error::Rejected { code, .. } => format!("{code} {:?}", code.category()),
        Error::RateLimited { retry_after, .. } => format!("wait {}", retry_after.as_secs()),
        Error::Later { code, retry_after, .. } => format!("{code} {:?} {}", code.category(), retry_after.as_secs()),
        Error::OutcomeUnknown(_) => "unknown".into(),
    }
}

#[test]
fn an_account_has_a_valid_id_and_is_professional() {
    let identity = |body: Value| Instagram.identity(&answer(200, &body));
    let shop = json!({ "user_id": "17841", "username": "demo.shop_1", "name": "Shop", "account_type": "BUSINESS" });
    let found = identity(shop.clone()).unwrap();
    assert_eq!(
        (found.user_id, found.handle, found.display_name),
        ("17841".into(), "demo.shop_1".into(), "Shop".into())
    );
    let mut personal = shop.clone();
    personal["account_type"] = json!("PERSONAL");
    assert!(matches!(identity(personal), Err(Error::Rejected { code: FaultCode::AccountUnsuitable, .. })));
    for (field, odd) in [("user_id", "../me"), ("user_id", ""), ("username", "a b"), ("username", "")] {
        let mut body = shop.clone();
        body[field] = json!(odd);
        assert!(identity(body).is_err(), "{field} {odd}");
    }
}

#[test]
fn a_story_has_its_file_alone() {
    let options = json!({ "story": true, "aiGenerated": true });
    let picture = Run::with(&[Format::Jpeg], options.clone());
    let body = json!({ "image_url": "https://m.test/0", "media_type": "STORIES", "is_ai_generated": true });
    assert_eq!(picture.sent().3, body);
    let film = Run::with(&[Format::Mp4], options);
    let body = json!({ "video_url": "https://m.test/0", "media_type": "STORIES", "is_ai_generated": true });
    assert_eq!(film.sent().3, body);
}

#[test]
fn each_option_is_sent_with_the_posts_that_have_it() {
    let tags = json!([{ "username": "one", "x": 0.5, "y": 0 }]);
    let options = json!({
        "coverUrl": "https://b\u{fc}cher.example/a.jpg", "thumbOffset": 1500, "shareToFeed": false, "audioName": "A song",
        "collaborators": ["one"], "locationId": "7", "aiGenerated": true, "userTags": tags,
    });
    let common = json!({ "caption": "Hello", "collaborators": ["one"], "location_id": "7", "is_ai_generated": true });
    let with = |own: Value| {
        let mut body = common.clone();
        body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        body
    };
    let reel = json!({
        "media_type": "REELS", "video_url": "https://m.test/0", "cover_url": "https://xn--bcher-kva.example/a.jpg",
        "thumb_offset": 1500, "share_to_feed": false, "audio_name": "A song", "user_tags": [{ "username": "one" }],
    });
    assert_eq!(Run::with(&[Format::Mp4], options.clone()).sent().3, with(reel));
    let picture = json!({ "image_url": "https://m.test/0", "alt_text": "A car", "user_tags": tags });
    assert_eq!(Run::with(&[Format::Jpeg], options.clone()).sent().3, with(picture));
    let mut carousel = Run::with(&[Format::Jpeg, Format::Jpeg], options);
    let first =
        json!({ "image_url": "https://m.test/0", "alt_text": "A car", "is_carousel_item": true, "user_tags": tags });
    assert_eq!(carousel.sent().3, first);
    carousel.go(&json!({ "id": "1" }));
    assert_eq!(carousel.sent().3, json!({ "image_url": "https://m.test/1", "is_carousel_item": true }));
    carousel.go(&json!({ "id": "2" }));
    carousel.go(&json!({ "status_code": "FINISHED" }));
    carousel.go(&json!({ "status_code": "FINISHED" }));
    assert_eq!(carousel.sent().3, with(json!({ "media_type": "CAROUSEL", "children": "1,2" })));
}

/// A public post with a first comment to write.
fn commenting() -> Run {
    let mut run = Run::with(&[Format::Jpeg], json!({ "firstComment": "#one" }));
    run.go(&json!({ "id": "1" }));
    run.go(&json!({ "status_code": "FINISHED" }));
    run.go(&json!({ "data": [] }));
    run.go(&json!({ "id": "7" }));
    run
}

#[test]
fn the_first_comment_follows_the_public_post_once() {
    let mut run = commenting();
    let body = json!({ "message": "#one" });
    assert_eq!(run.sent(), (Effect::Confirm, Method::POST, "/7/comments".into(), body));
    let done = Progress::Done(Published { platform_post_id: Some("7".into()), url: Some("https://i.test/7".into()) });
    let next = run.read(200, &json!({ "id": "8" })).unwrap();
    assert!(matches!(next, Progress::Visible { .. }), "its address is asked for");
    for (status, code) in [(400, 190), (403, 10), (400, 368), (400, 100), (500, 2)] {
        assert_eq!(run.read(status, &error(code, 0)).unwrap(), next, "{code}: the post stays public");
    }
    assert!(matches!(run.read(403, &error(4, 0)), Err(Error::RateLimited { .. })), "it had no effect");
    run.state = Instagram.without_answer(&run.task()).unwrap();
    assert_eq!((run.sent().1, run.sent().2), (Method::GET, "/7".into()), "not written again");
    assert_eq!(run.read(200, &json!({ "permalink": "https://i.test/7" })).unwrap(), done);
    assert_eq!(Instagram.without_answer(&publishing().task()), None);
}

#[test]
fn a_missing_permission_is_the_customers_fault_or_the_operators() {
    let run = Run::begin(&[Format::Jpeg]);
    for (code, both) in [(3, true), (10, true), (200, true), (299, true), (190, false)] {
        let Err(Error::Reconnect(message)) = run.read(400, &error(code, 0)) else { panic!("{code}") };
        assert_eq!(message.contains("connect again") && message.contains("Advanced Access"), both, "{code}: {message}");
    }
}

/// The newest posts contain no stories, and another post may have no caption either.
#[test]
fn a_story_whose_answer_was_lost_is_published_without_an_id() {
    let mut run = Run::with(&[Format::Jpeg], json!({ "story": true }));
    run.go(&json!({ "id": "1" }));
    let done = Progress::Done(Published::default());
    assert_eq!(run.read(200, &json!({ "status_code": "PUBLISHED" })).unwrap(), done);
    let found = Instagram.find(&run.task(), &answer(200, &json!({ "status_code": "PUBLISHED" }))).unwrap();
    assert_eq!(found, Found::Known(done));
}
