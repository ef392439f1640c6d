//! Posts with media.

use super::*;
use crate::{
    Abilities, Credential, Source,
    media::{Facts, Format, Media},
};

const MB: u64 = 1024 * 1024;

/// A publish, step by step.
struct Run {
    media: Vec<Media>,
    state: Value,
}

impl Run {
    /// Each file has a format, a length, and perhaps an alternative text.
    fn begin(files: &[(Format, u64, Option<&str>)]) -> Self {
        let facts: Vec<Facts> = files
            .iter()
            .map(|(format, bytes, _)| Facts { format: Some(*format), bytes: Some(*bytes), ..Facts::default() })
            .collect();
        let media = files
            .iter()
            .map(|(_, _, text)| Media { url: "https://m.test/a".into(), alt_text: text.map(str::to_owned) })
            .collect();
        let now = SENT_AT.parse().unwrap();
        let state = X.plan(&Draft { content: Content::plain("Look", &facts), identity: [0xab; 32], now });
        Self { media, state }
    }

    fn task(&self) -> Task<'_> {
        Task { media: &self.media, state: &self.state, ..task(&ENDPOINTS, "Look") }
    }

    fn call(&self) -> Call {
        X.step(&self.task()).unwrap()
    }

    /// The next request without a file: effect, method, path and body.
    fn sent(&self) -> (Effect, Method, String, Value) {
        let Call { request, effect, credential, upload } = self.call();
        assert_eq!((upload, credential), (None, Credential::Grant));
        let path = request.uri().path_and_query().unwrap().to_string();
        (effect, request.method().clone(), path, serde_json::from_slice(request.body()).unwrap_or_default())
    }

    fn read(&self, status: u16, body: impl ToString) -> Result<Progress, Error> {
        X.read(&self.task(), &answer(status, body))
    }

    /// Continues after a successful response. Returns the wait in seconds.
    fn go(&mut self, body: impl ToString) -> u64 {
        self.follow(200, body)
    }

    fn follow(&mut self, status: u16, body: impl ToString) -> u64 {
        let (after, state) = match self.read(status, body) {
            Ok(Progress::Proceed(state)) => (0, state),
            Ok(Progress::Wait { after, state }) => (after.as_secs(), state),
            other => panic!("{other:?}"),
        };
        self.state = serde_json::from_str(&state.to_string()).unwrap();
        after
    }

    /// Uploads a file of one piece, up to the answer to `finalize`.
    fn upload(&mut self, id: &str) {
        self.go(begun(id));
        self.go("");
        self.go(json!({ "data": { "id": id } }));
    }
}

fn begun(id: &str) -> Value {
    json!({ "data": { "id": id, "media_key": format!("3_{id}"), "expires_after_secs": 86_400 } })
}

fn processing(info: Value) -> Value {
    json!({ "data": { "id": "1", "processing_info": info } })
}

fn refused(read: Result<Progress, Error>) -> (FaultCode, String) {
    match read {
        Err(Error::Rejected { code, message }) => (code, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_image_is_uploaded_described_and_posted() {
    let mut run = Run::begin(&[(Format::Png, 900, Some("A car"))]);
    let initialize = json!({ "media_type": "image/png", "total_bytes": 900, "media_category": "tweet_image" });
    let post = |path: &str| (Effect::Prepare, Method::POST, path.to_owned());
    let (effect, method, path, body) = run.sent();
    assert_eq!(((effect, method, path), body), (post("/2/media/upload/initialize"), initialize));
    run.go(begun("77"));
    let Call { request, effect, credential, upload } = run.call();
    assert_eq!((effect, credential), (Effect::Prepare, Credential::Grant));
    assert_eq!(request.uri().path(), "/2/media/upload/77/append");
    let upload = upload.unwrap();
    assert_eq!((upload.source, upload.range, upload.total), (Source::Media(0), 0..900, 900));
    let boundary = "ab".repeat(32);
    let before = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n0\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    assert_eq!(upload.frame.before, before);
    assert_eq!(upload.frame.after, format!("\r\n--{boundary}--\r\n"));
    let length = before.len() + 900 + upload.frame.after.len();
    assert_eq!(request.headers()["content-length"], length.to_string());
    assert_eq!(request.headers()["content-type"], format!("multipart/form-data; boundary={boundary}"));
    run.go("");
    let (effect, method, path, _) = run.sent();
    assert_eq!((effect, method, path), post("/2/media/upload/77/finalize"));
    run.go(json!({ "data": { "id": "77", "size": 900 } }));
    let (effect, method, path, body) = run.sent();
    assert_eq!((effect, method, path), post("/2/media/metadata"));
    assert_eq!(body, json!({ "id": "77", "metadata": { "alt_text": { "text": "A car" } } }));
    run.go(json!({ "data": { "id": "77" } }));
    let (effect, _, path, body) = run.sent();
    assert_eq!((effect, path.as_str()), (Effect::Commit, "/2/tweets"));
    assert_eq!(body, json!({ "text": "Look", "media": { "media_ids": ["77"] } }));
    let done = run.read(201, json!({ "data": { "id": "123", "text": "Look https://t.co/a" } }));
    assert!(matches!(done, Ok(Progress::Done(_))), "{done:?}");
}

#[test]
fn four_images_are_uploaded_one_after_the_other() {
    let mut run = Run::begin(&[(Format::Jpeg, 9, None); 4]);
    for id in ["1", "2", "3", "4"] {
        run.upload(id);
    }
    assert_eq!(run.sent().3["media"]["media_ids"], json!(["1", "2", "3", "4"]));
}

#[test]
fn a_video_is_sent_in_pieces_and_polled_as_x_asks() {
    let mut run = Run::begin(&[(Format::QuickTime, 9 * MB, Some("not for videos"))]);
    assert_eq!(run.sent().3["media_category"], "tweet_video");
    run.go(begun("1"));
    for (piece, range) in [(0, 0..4 * MB), (1, 4 * MB..8 * MB), (2, 8 * MB..9 * MB)] {
        let upload = run.call().upload.unwrap();
        assert_eq!((upload.range, upload.total), (range, 9 * MB));
        let part = format!("name=\"segment_index\"\r\n\r\n{piece}\r\n");
        assert!(String::from_utf8_lossy(&upload.frame.before).contains(&part), "{:?}", upload.frame.before);
        run.go(json!({ "data": { "expires_at": 1 } }));
    }
    assert_eq!(run.go(processing(json!({ "state": "pending", "check_after_secs": 1 }))), 1);
    let (effect, method, path, _) = run.sent();
    assert_eq!((effect, method), (Effect::Prepare, Method::GET));
    assert_eq!(path, "/2/media/upload?command=STATUS&media_id=1");
    assert_eq!(run.go(processing(json!({ "state": "in_progress", "check_after_secs": 7 }))), 7);
    assert_eq!(run.go(processing(json!({ "state": "in_progress" }))), 5, "X does not say when");
    assert_eq!(run.go(processing(json!({ "state": "in_progress", "check_after_secs": 9999 }))), 300, "at most");
    run.go(processing(json!({ "state": "succeeded" })));
    assert_eq!(run.sent().0, Effect::Commit);
}

#[test]
fn a_gif_has_its_own_category_and_a_description() {
    let mut run = Run::begin(&[(Format::Gif, 9, Some("A spinning car"))]);
    assert_eq!(run.sent().3["media_category"], "tweet_gif");
    run.upload("1");
    assert_eq!(run.sent().2, "/2/media/metadata");
}

#[test]
fn polling_ends_after_a_limit() {
    let mut run = Run::begin(&[(Format::Mp4, 9, None)]);
    run.go(begun("1"));
    run.go("");
    let pending = || processing(json!({ "state": "pending", "check_after_secs": 1 }));
    let waited: u64 = (0..30).map(|_| run.go(pending())).sum();
    assert!(waited >= 20 * 60, "{waited} s");
    assert_eq!(refused(run.read(200, pending())).0, FaultCode::MediaNotProcessed);
}

#[test]
fn a_file_that_x_cannot_process_is_refused_in_its_words() {
    let mut run = Run::begin(&[(Format::Mp4, 9, None)]);
    run.go(begun("1"));
    run.go("");
    let error = json!({ "code": 1, "name": "InvalidMedia", "message": "Unsupported video format" });
    let failed = run.read(200, processing(json!({ "state": "failed", "error": error })));
    assert_eq!(refused(failed), (FaultCode::MediaRefused, "Unsupported video format".into()));
    run.go(processing(json!({ "state": "failed" })));
    assert_eq!(run.sent().2, "/2/media/upload/initialize", "without a reason, another try");
}

#[test]
fn an_upload_that_is_lost_is_begun_again_three_times() {
    let gone = || json!({ "errors": [{ "message": "Invalid media id." }], "title": "Invalid Request" });
    let mut run = Run::begin(&[(Format::Jpeg, 9, None), (Format::Jpeg, 9, None)]);
    run.upload("1");
    for status in [400, 404, 200] {
        run.go(begun("2"));
        if status == 200 {
            run.go("");
        }
        run.follow(status, gone());
        assert_eq!(run.sent().2, "/2/media/upload/initialize");
    }
    run.go(begun("2"));
    assert_eq!(refused(run.read(404, gone())), (FaultCode::MediaNotProcessed, "Invalid media id.".into()));
    run.go("");
    run.go(json!({ "data": { "id": "2" } }));
    assert_eq!(run.sent().3["media"]["media_ids"], json!(["1", "2"]), "the first file was kept");
}

#[test]
fn a_post_refused_for_its_uploads_uploads_all_of_them_again() {
    let invalid = || {
        let error = json!({ "parameters": { "media.media_ids": ["1"] }, "message": "Your media IDs are invalid." });
        json!({ "errors": [error], "title": "Invalid Request", "detail": "One or more parameters." })
    };
    let mut run = Run::begin(&[(Format::Jpeg, 9, None)]);
    for _ in 0..3 {
        run.upload("1");
        run.follow(400, invalid());
        assert_eq!(run.sent().2, "/2/media/upload/initialize");
    }
    run.upload("1");
    assert_eq!(refused(run.read(400, invalid())).0, FaultCode::MediaNotProcessed);
    let other = json!({ "errors": [{ "message": "$.text: string expected" }] });
    assert_eq!(refused(run.read(400, other)).0, FaultCode::ContentRefused);
}

#[test]
fn a_refused_upload_names_its_reason() {
    let run = Run::begin(&[(Format::Jpeg, 9, None)]);
    let forbidden = json!({ "title": "Forbidden", "detail": "Forbidden", "type": "about:blank" });
    assert_eq!(refused(run.read(403, &forbidden)).0, FaultCode::ScopeMissing);
    let suspended = json!({ "detail": "The user used for authentication is suspended" });
    assert_eq!(refused(run.read(403, suspended)).0, FaultCode::AccountSuspended);
    let size = json!({ "errors": [{ "message": "File size exceeds 5242880 bytes." }] });
    assert_eq!(refused(run.read(400, size)), (FaultCode::MediaRefused, "File size exceeds 5242880 bytes.".into()));
    assert_eq!(refused(run.read(413, "")).0, FaultCode::MediaTooLarge);
    assert!(matches!(run.read(401, ""), Err(Error::Reconnect(_))));
    assert!(matches!(run.read(402, ""), Err(Error::Later { .. })));
    assert!(matches!(run.read(429, ""), Err(Error::RateLimited { .. })));
    for (status, body) in [(503, json!({})), (200, json!({})), (200, json!({ "data": { "id": "../1" } }))] {
        assert!(matches!(run.read(status, &body), Err(Error::OutcomeUnknown(_))), "{status} {body}");
    }
}

#[test]
fn a_post_with_media_is_found_by_its_uploads() {
    let mut run = Run::begin(&[(Format::Jpeg, 9, None), (Format::Jpeg, 9, None)]);
    run.upload("1");
    run.upload("2");
    let find = |keys: &[&str], text: &str| {
        let url = json!({ "url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://x.com/demo/status/7/photo/1" });
        let tweet = json!({
            "id": "7",
            "text": text,
            "created_at": "2026-07-01T12:00:01.000Z",
            "entities": { "urls": [url, url] },
            "attachments": { "media_keys": keys },
        });
        let found = X.find(&run.task(), &answer(200, json!({ "data": [tweet] }))).unwrap();
        matches!(found, Found::Known(Progress::Done(_)))
    };
    assert!(find(&["3_1", "3_2"], "Look https://t.co/aaaaaaaaaa"));
    assert!(find(&["3_2", "3_1"], "https://t.co/aaaaaaaaaa"), "in any order, whatever the text");
    for other in [&["3_1", "3_3"][..], &["3_1"], &["3_1", "3_2", "3_3"], &["3_11", "3_2"], &["1", "2"], &[]] {
        assert!(!find(other, "Look https://t.co/aaaaaaaaaa"), "{other:?}");
    }
    let text_only = task(&ENDPOINTS, "Look");
    let tweet = json!({
        "id": "7",
        "text": "Look",
        "created_at": "2026-07-01T12:00:01.000Z",
        "attachments": { "media_keys": ["3_1"] },
    });
    let found = X.find(&text_only, &answer(200, json!({ "data": [tweet] }))).unwrap();
    assert_eq!(found, missing(), "a post without media is not one with media");
}

#[test]
fn the_rules_for_media_are_those_of_x() {
    let file = |format, bytes| Facts { format: Some(format), bytes: Some(bytes), ..Facts::default() };
    let video = |milliseconds| Facts { milliseconds: Some(milliseconds), ..file(Format::Mp4, MB) };
    let shaped = |pixels| Facts { pixels: Some(pixels), ..video(1000) };
    let rule = |media: &[Facts]| X.check(&Content::plain("", media)).err().map(|broken| broken.rule.as_str());
    let image = file(Format::Webp, 5 * MB);
    for (media, broken) in [
        (&[image; 4][..], None),
        (&[image; 5], Some("too_many_media")),
        (&[file(Format::Png, 5 * MB + 1)], Some("media_too_large")),
        (&[file(Format::Gif, 15 * MB)], None),
        (&[file(Format::Gif, 15 * MB + 1)], Some("media_too_large")),
        (&[file(Format::Gif, 1), image], Some("media_mixed")),
        (&[video(1000), image], Some("media_mixed")),
        (&[video(1000), video(1000)], Some("too_many_media")),
        (&[file(Format::QuickTime, 512 * MB)], None),
        (&[file(Format::Mp4, 512 * MB + 1)], Some("media_too_large")),
        (&[file(Format::WebM, 1)], Some("media_format")),
        (&[video(499)], Some("media_length")),
        (&[video(140_001)], Some("media_length")),
        (&[shaped((1, 3))], None),
        (&[shaped((301, 100))], Some("media_ratio")),
        (&[], Some("text_required")),
    ] {
        assert_eq!(rule(media), broken, "{media:?}");
    }
}

#[test]
fn media_need_a_scope_that_text_does_not() {
    let abilities = Abilities { scopes: Some(vec!["tweet.write".into()]), ..Abilities::default() };
    let text = Content { abilities: &abilities, ..Content::plain("Look", &[]) };
    assert_eq!(X.check(&text), Ok(()));
    let facts = [Facts::default()];
    let broken = X.check(&Content { media: &facts, ..text }).unwrap_err();
    assert_eq!(broken.rule, FaultCode::ScopeMissing);
}
