use bytes::Bytes;
use http::Method;
use serde_json::json;

use super::*;
use crate::{
    Effect, FaultCode, Options, Published,
    media::{Facts, Media},
};

static ENDPOINTS: Endpoints = Endpoints::real();

const MB: u64 = 1024 * 1024;

/// A publish, step by step.
struct Run {
    media: Vec<Media>,
    options: Options,
    handle: &'static str,
    state: Value,
}

impl Run {
    fn begin(format: Format, bytes: u64, privacy: &str) -> Self {
        let options = [("privacyLevel".to_owned(), json!(privacy)), ("allowStitch".to_owned(), json!(true))];
        Self::with(format, bytes, options.into())
    }

    fn draft(format: Format, bytes: u64) -> Self {
        let options = [("draft".to_owned(), json!(true)), ("title".to_owned(), json!("A title"))];
        Self::with(format, bytes, options.into())
    }

    fn with(format: Format, bytes: u64, options: Options) -> Self {
        let facts = Facts { format: Some(format), bytes: Some(bytes), pixels: None, milliseconds: Some(60_000) };
        let now = "2026-07-01T12:00:00Z".parse().unwrap();
        let media = vec![Media { url: "https://m.test/0".into(), alt_text: None }];
        Self {
            media,
            handle: "demo.shop",
            state: TikTok.plan(&Draft {
                content: Content { options: &options, ..Content::plain("Hello", &[facts]) },
                identity: [0; 32],
                now,
            }),
            options,
        }
    }

    fn task(&self) -> Task<'_> {
        Task {
            endpoints: &ENDPOINTS,
            host: None,
            content: "Hello",
            media: &self.media,
            options: &self.options,
            user_id: "-000abc",
            handle: self.handle,
            state: &self.state,
            sent_at: None,
        }
    }

    fn send(&self) -> Call {
        TikTok.step(&self.task()).unwrap()
    }

    /// The next call of the API: effect, path and body.
    fn sent(&self) -> (Effect, String, Value) {
        let Call { request, effect, upload, .. } = self.send();
        assert_eq!((upload, request.method()), (None, &Method::POST));
        assert_eq!(request.uri().host(), Some("open.tiktokapis.com"));
        (effect, request.uri().path().to_owned(), serde_json::from_slice(request.body()).unwrap())
    }

    fn read(&self, answer: &Response) -> Result<Progress, Error> {
        TikTok.read(&self.task(), answer)
    }

    fn go(&mut self, answer: &Response) -> u64 {
        let (state, wait) = match self.read(answer).unwrap() {
            Progress::Proceed(state) => (state, 0),
            Progress::Wait { after, state }
            | Progress::Taken { after, state }
            | Progress::Visible { after, state, .. } => (state, after.as_secs()),
            other => panic!("{other:?}"),
        };
        self.state = serde_json::from_str(&state.to_string()).unwrap();
        wait
    }

    /// A run with a video upload that has started.
    fn uploading(bytes: u64) -> Self {
        let mut run = Self::begin(Format::Mp4, bytes, "PUBLIC_TO_EVERYONE");
        run.go(&creator());
        run.go(&ok(json!({ "publish_id": "v.1", "upload_url": "https://upload.test/?upload_id=1" })));
        run
    }

    /// A run with a complete video upload.
    fn uploaded(privacy: &str) -> Self {
        let mut run = Self::begin(Format::Mp4, MB, privacy);
        run.go(&creator());
        run.go(&ok(json!({ "publish_id": "v.1", "upload_url": "https://upload.test/?upload_id=1" })));
        assert_eq!(run.go(&chunk(201, None)), 5);
        run
    }
}

fn ok(data: Value) -> Response {
    let body = json!({ "data": data, "error": { "code": "ok", "message": "", "log_id": "1" } });
    http::Response::builder().status(200).body(body.to_string().into()).unwrap()
}

fn refused(status: u16, code: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": "no", "log_id": "1" } });
    http::Response::builder().status(status).body(body.to_string().into()).unwrap()
}

fn chunk(status: u16, range: Option<&str>) -> Response {
    let mut answer = http::Response::builder().status(status).body(Bytes::new()).unwrap();
    if let Some(range) = range {
        answer.headers_mut().insert("content-range", range.parse().unwrap());
    }
    answer
}

fn creator() -> Response {
    ok(json!({
        "creator_username": "demo.shop",
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
        "comment_disabled": true,
        "duet_disabled": false,
        "stitch_disabled": false,
        "max_video_post_duration_sec": 60,
    }))
}

fn status(status: &str, ids: Value) -> Response {
    ok(json!({ "status": status, "publicaly_available_post_id": ids, "uploaded_bytes": 10 * MB }))
}

#[test]
fn a_video_is_uploaded_in_chunks_and_polled_until_its_public_id() {
    let mut run = Run::begin(Format::Mp4, 14 * MB, "PUBLIC_TO_EVERYONE");
    assert_eq!(run.sent(), (Effect::Prepare, "/v2/post/publish/creator_info/query/".into(), json!({})));
    run.go(&creator());
    let (effect, path, body) = run.sent();
    assert_eq!((effect, path.as_str()), (Effect::Prepare, "/v2/post/publish/video/init/"));
    let source = json!({
        "source": "FILE_UPLOAD", "video_size": 14 * MB, "chunk_size": 7 * MB, "total_chunk_count": 2
    });
    assert_eq!(body["source_info"], source);
    let info = &body["post_info"];
    assert_eq!((&info["title"], &info["privacy_level"]), (&json!("Hello"), &json!("PUBLIC_TO_EVERYONE")));
    assert_eq!(info["disable_comment"], true, "disabled by the creator");
    assert_eq!((&info["disable_duet"], &info["disable_stitch"]), (&json!(true), &json!(false)));

    run.go(&ok(json!({ "publish_id": "v.1", "upload_url": "https://upload.test/?upload_id=1" })));
    let first = run.send();
    assert_eq!(
        (first.request.uri().to_string().as_str(), first.effect),
        ("https://upload.test/?upload_id=1", Effect::Prepare)
    );
    assert_eq!(first.upload.unwrap().range, 0..7 * MB);
    // The documents write the header's last number with and without one.
    run.go(&chunk(206, Some(&format!("bytes 0-{}/{}", 7 * MB, 14 * MB))));
    let last = run.send();
    assert_eq!((last.effect, last.upload.unwrap().range), (Effect::Commit, 7 * MB..14 * MB));

    assert_eq!(run.go(&chunk(201, None)), 5);
    assert_eq!(run.sent(), (Effect::Confirm, "/v2/post/publish/status/fetch/".into(), json!({ "publish_id": "v.1" })));
    assert_eq!(run.go(&status("PROCESSING_UPLOAD", json!([]))), 5);
    assert_eq!(run.go(&status("PUBLISH_COMPLETE", json!([]))), 10, "public, and in moderation");
    let done = run.read(&status("PUBLISH_COMPLETE", json!([7_301_234_567_890_123_456_i64]))).unwrap();
    let id = "7301234567890123456";
    let url = format!("https://www.tiktok.com/@demo.shop/video/{id}");
    assert_eq!(done, Progress::Done(Published { platform_post_id: Some(id.into()), url: Some(url) }));
}

#[test]
fn photos_are_one_call_that_publishes() {
    let mut run = Run::begin(Format::Jpeg, MB, "SELF_ONLY");
    run.go(&creator());
    let (effect, path, body) = run.sent();
    assert_eq!((effect, path.as_str()), (Effect::Commit, "/v2/post/publish/content/init/"));
    assert_eq!((&body["media_type"], &body["post_mode"]), (&json!("PHOTO"), &json!("DIRECT_POST")));
    assert_eq!(body["post_info"]["description"], "Hello");
    assert_eq!(body["source_info"]["photo_images"], json!(["https://m.test/0"]));
    assert!(TikTok.read_back(&run.task()).unwrap().is_none(), "there is no id to ask about");
    run.go(&ok(json!({ "publish_id": "p.1" })));
    assert_eq!(run.sent().2, json!({ "publish_id": "p.1" }));
}

#[test]
fn a_post_that_is_not_public_is_done_without_a_public_id() {
    let run = Run::uploaded("SELF_ONLY");
    let done = run.read(&status("PUBLISH_COMPLETE", json!([]))).unwrap();
    assert_eq!(done, Progress::Done(Published::default()));
}

#[test]
fn moderation_is_polled_for_a_day_and_the_post_stays_published() {
    let mut run = Run::uploaded("PUBLIC_TO_EVERYONE");
    let mut waited = 0;
    loop {
        match run.read(&status("PUBLISH_COMPLETE", json!([]))).unwrap() {
            Progress::Visible { after, state, published } => {
                assert_eq!(published, Published::default());
                waited += after.as_secs();
                run.state = state;
            }
            Progress::Done(published) => break assert_eq!(published, Published::default()),
            other => panic!("{other:?}"),
        }
    }
    assert!((20 * 3600..26 * 3600).contains(&waited), "{waited} s");
}

#[test]
fn a_post_against_the_creators_settings_is_refused_before_the_upload() {
    let run = Run::begin(Format::Mp4, MB, "FOLLOWER_OF_CREATOR");
    let level = run.read(&creator());
    assert!(matches!(level, Err(Error::Rejected { code: FaultCode::PrivacyLevelNotAllowed, .. })), "{level:?}");
    let run = Run::begin(Format::Mp4, MB, "SELF_ONLY");
    let short = ok(json!({ "privacy_level_options": ["SELF_ONLY"], "max_video_post_duration_sec": 59 }));
    assert!(matches!(run.read(&short), Err(Error::Rejected { code: FaultCode::MediaLength, .. })));
}

/// The response to a chunk was lost: sent again the chunk is refused, and the status has the offset.
#[test]
fn an_upload_continues_at_its_offset() {
    let mut run = Run::uploading(30 * MB);
    run.go(&chunk(416, None));
    assert_eq!(run.sent().1, "/v2/post/publish/status/fetch/");
    run.go(&ok(json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 20 * MB })));
    assert_eq!(run.send().upload.unwrap().range, 20 * MB..25 * MB);
    run.go(&chunk(206, None));
    assert_eq!(run.send().upload.unwrap().range, 25 * MB..30 * MB, "the next and last one");
    let mut complete = Run::uploading(30 * MB);
    complete.go(&chunk(416, None));
    complete.go(&ok(json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 30 * MB })));
    assert_eq!(complete.sent().0, Effect::Confirm, "all of it is there: it is being processed");
}

#[test]
fn a_chunk_that_is_refused_again_and_again_is_given_up() {
    let mut run = Run::uploading(30 * MB);
    let mut rounds = 0;
    let given_up = loop {
        run.go(&chunk(416, None));
        match run.read(&ok(json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 0 }))) {
            Ok(Progress::Proceed(state)) => run.state = state,
            other => break other,
        }
        rounds += 1;
        assert!(rounds < 10, "without an end");
    };
    assert!(matches!(given_up, Ok(Progress::Failed { code: FaultCode::MediaNotProcessed, .. })), "{given_up:?}");
}

/// It may have arrived before. It is looked for, and never sent again.
#[test]
fn a_refusal_of_the_last_chunk_proves_nothing() {
    for status in [206, 400, 403, 404, 410, 416, 429, 500] {
        let run = Run::uploading(MB);
        assert_eq!(run.send().effect, Effect::Commit);
        let refused = run.read(&chunk(status, None));
        assert!(matches!(refused, Err(Error::OutcomeUnknown(_))), "{status}: {refused:?}");
    }
}

#[test]
fn an_expired_upload_is_started_over_twice() {
    let mut run = Run::uploading(45 * MB);
    for _ in 0..2 {
        run.go(&chunk(403, None));
        assert_eq!(run.sent().1, "/v2/post/publish/creator_info/query/");
        run.go(&creator());
        run.go(&ok(json!({ "publish_id": "v.2", "upload_url": "https://upload.test/?upload_id=2" })));
    }
    assert!(matches!(run.read(&chunk(404, None)), Ok(Progress::Failed { code: FaultCode::MediaNotProcessed, .. })));
}

#[test]
fn a_commit_without_a_response_is_read_back_by_the_uploads_id() {
    let run = Run::uploading(MB);
    assert_eq!(run.send().effect, Effect::Commit);
    let request = TikTok.read_back(&run.task()).unwrap().unwrap();
    assert_eq!(request.uri().path(), "/v2/post/publish/status/fetch/");
    let find = |answer: &Response| TikTok.find(&run.task(), answer);
    let processing = |bytes: u64| find(&ok(json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": bytes })));
    let Ok(Found::Missing { again }) = processing(MB - 1) else { panic!("a part has not arrived") };
    let anew = Run { state: again, ..Run::uploading(MB) };
    assert_eq!(anew.sent().1, "/v2/post/publish/creator_info/query/", "with a new upload, not with this one");
    assert!(matches!(processing(MB), Ok(Found::Known(Progress::Taken { .. }))), "all of it is there");
    assert!(matches!(find(&status("PROCESSING_DOWNLOAD", json!([]))), Ok(Found::Known(Progress::Taken { .. }))));
    assert!(matches!(find(&status("PUBLISH_COMPLETE", json!(["7"]))), Ok(Found::Known(Progress::Done(_)))));
    let lost = ok(json!({ "status": "FAILED", "fail_reason": "internal" }));
    assert!(matches!(find(&lost), Ok(Found::Absent { .. })), "TikTok says that it published nothing");
    let failed = ok(json!({ "status": "FAILED", "fail_reason": "frame_rate_check_failed" }));
    assert!(matches!(find(&failed), Ok(Found::Known(Progress::Failed { code: FaultCode::MediaRefused, .. }))));
    assert!(find(&refused(500, "internal_error")).is_err());
}

#[test]
fn a_failure_after_acceptance_is_classified_by_its_reason() {
    for (reason, expected) in [
        ("file_format_check_failed", Some(FaultCode::MediaFormat)),
        ("duration_check_failed", Some(FaultCode::MediaLength)),
        ("frame_rate_check_failed", Some(FaultCode::MediaRefused)),
        ("picture_size_check_failed", Some(FaultCode::MediaDimensions)),
        ("spam_risk_text", Some(FaultCode::ContentRefused)),
        ("spam_risk_too_many_posts", Some(FaultCode::QuotaReached)),
        ("spam_risk_user_banned_from_posting", Some(FaultCode::AccountRestricted)),
        ("auth_removed", Some(FaultCode::ReconnectRequired)),
        ("publish_cancelled", Some(FaultCode::NotPermitted)),
        ("something_new", Some(FaultCode::Refused)),
        ("video_pull_failed", None),
        ("photo_pull_failed", None),
        ("internal", None),
    ] {
        let run = Run::uploaded("SELF_ONLY");
        let next = run.read(&ok(json!({ "status": "FAILED", "fail_reason": reason }))).unwrap();
        match (next, expected) {
            (Progress::Failed { code, .. }, Some(expected)) => {
                assert_eq!(code, expected, "{reason}")
            }
            (Progress::Proceed(_), None) => {}
            (other, _) => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn a_post_in_the_inbox_that_is_no_draft_is_not_published() {
    let run = Run::uploaded("SELF_ONLY");
    assert!(matches!(run.read(&status("SEND_TO_USER_INBOX", json!([]))), Ok(Progress::Failed { .. })));
}

#[test]
fn without_a_username_there_is_no_address() {
    let run = Run { handle: "Demo Shop", ..Run::uploaded("PUBLIC_TO_EVERYONE") };
    let done = run.read(&status("PUBLISH_COMPLETE", json!([7]))).unwrap();
    assert_eq!(done, Progress::Done(Published { platform_post_id: Some("7".into()), url: None }));
}

#[test]
fn refusals_are_classified_by_code() {
    let run = Run::begin(Format::Mp4, MB, "SELF_ONLY");
    for (status, code, expected) in [
        (401, "access_token_invalid", "reconnect"),
        (401, "scope_not_authorized", "reconnect"),
        (401, "scope_permission_missed", "reconnect"),
        (401, "something_new", "reconnect"),
        (429, "rate_limit_exceeded", "wait 60"),
        (403, "spam_risk_too_many_posts", "quota_reached Quota 21600"),
        (403, "reached_active_user_cap", "usage_capped Quota 21600"),
        (403, "spam_risk_user_banned_from_posting", "account_restricted Account"),
        (403, "spam_risk_too_many_pending_share", "quota_reached Quota 21600"),
        (400, "app_version_check_failed", "not_permitted Account"),
        (403, "unaudited_client_can_only_post_to_private_accounts", "app_not_audited Platform"),
        (403, "privacy_level_option_mismatch", "privacy_level_not_allowed Content"),
        (403, "url_ownership_unverified", "media_url_unverified Media"),
        (403, "spam_risk_text", "content_refused Content"),
        (400, "invalid_params", "content_refused Content"),
        (400, "invalid_file_upload", "media_format Media"),
        (400, "something_new", "refused Platform"),
        (200, "access_token_invalid", "reconnect"),
        (200, "something_new", "unknown"),
        (500, "internal_error", "unknown"),
        (502, "", "unknown"),
    ] {
        let classified = match run.read(&refused(status, code)).unwrap_err() {
            Error::Reconnect(_) => "reconnect".into(),
            Error::Rejected { code, .. } => format!("{code} {:?}", code.category()),
            Error::RateLimited { retry_after, .. } => format!("wait {}", retry_after.as_secs()),
            Error::Later { code, retry_after, .. } => {
                format!("{code} {:?} {}", code.category(), retry_after.as_secs())
            }
            Error::OutcomeUnknown(_) => "unknown".into(),
        };
        assert_eq!(classified, expected, "{status} {code}");
    }
}

#[test]
fn only_fields_within_the_granted_scopes_are_requested() {
    let query = |granted: &[&str]| {
        let granted: Vec<String> = granted.iter().map(ToString::to_string).collect();
        TikTok.whoami(&ENDPOINTS, &granted).unwrap().uri().query().unwrap().to_owned()
    };
    assert_eq!(query(&["user.info.basic", "user.info.profile"]), "fields=open_id%2Cdisplay_name%2Cusername");
    assert_eq!(query(&["user.info.basic"]), "fields=open_id%2Cdisplay_name");
    let who = |user: Value| TikTok.identity(&ok(json!({ "user": user })));
    let shop = who(json!({ "open_id": "-000abc", "display_name": "Demo Shop", "username": "demo.shop" })).unwrap();
    assert_eq!(
        (shop.user_id, shop.handle, shop.display_name),
        ("-000abc".into(), "demo.shop".into(), "Demo Shop".into())
    );
    let unnamed = who(json!({ "open_id": "-000abc", "display_name": "Demo Shop" })).unwrap();
    assert_eq!(unnamed.handle, "Demo Shop");
    assert!(who(json!({ "open_id": "" })).is_err());
}

#[test]
fn a_draft_of_a_video_ends_in_the_creators_inbox() {
    let mut run = Run::draft(Format::Mp4, MB);
    let source = json!({ "source": "FILE_UPLOAD", "video_size": MB, "chunk_size": MB, "total_chunk_count": 1 });
    let init = (Effect::Prepare, "/v2/post/publish/inbox/video/init/".into(), json!({ "source_info": source }));
    assert_eq!(run.sent(), init);
    run.go(&ok(json!({ "publish_id": "v.1", "upload_url": "https://upload.test/?upload_id=1" })));
    assert_eq!(run.send().effect, Effect::Commit);
    let missing = TikTok.find(&run.task(), &ok(json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": 0 })));
    let Ok(Found::Missing { again }) = missing else { panic!("{missing:?}") };
    assert_eq!(Run { state: again, ..Run::draft(Format::Mp4, MB) }.sent(), init, "from its own start");
    run.go(&chunk(201, None));
    let done = Progress::Done(Published::default());
    assert_eq!(run.read(&status("SEND_TO_USER_INBOX", json!([]))).unwrap(), done);
    assert_eq!(run.read(&status("PUBLISH_COMPLETE", json!([]))).unwrap(), done, "not waited for a public id");
    let posted = run.read(&status("PUBLISH_COMPLETE", json!([7, 8]))).unwrap();
    assert!(matches!(posted, Progress::Done(Published { platform_post_id: Some(id), .. }) if id == "7"));
}

/// The account posts without it.
#[test]
fn a_draft_without_its_permission_needs_no_reconnect() {
    let refused = |code: &str| {
        let body = json!({ "error": { "code": code, "message": "m" } });
        http::Response::builder().status(401).body(Bytes::from(body.to_string())).unwrap()
    };
    for run in [Run::draft(Format::Mp4, MB), Run::draft(Format::Jpeg, MB)] {
        for code in ["scope_not_authorized", "scope_permission_missed"] {
            let error = run.read(&refused(code));
            assert!(matches!(error, Err(Error::Rejected { code: FaultCode::ScopeMissing, .. })), "{error:?}");
        }
        assert!(matches!(run.read(&refused("access_token_invalid")), Err(Error::Reconnect(_))));
    }
}

#[test]
fn a_draft_of_photos_has_no_settings() {
    let run = Run::draft(Format::Jpeg, MB);
    let (effect, path, body) = run.sent();
    assert_eq!((effect, path.as_str()), (Effect::Commit, "/v2/post/publish/content/init/"));
    assert_eq!(body["post_mode"], "MEDIA_UPLOAD");
    assert_eq!(body["post_info"], json!({ "title": "A title", "description": "Hello" }));
}

#[test]
fn interactions_are_off_unless_they_are_chosen() {
    let info = |options: Value| {
        let options: Options = options.as_object().unwrap().clone().into_iter().collect();
        let mut run = Run::with(Format::Mp4, MB, options);
        run.go(&ok(json!({ "privacy_level_options": ["PUBLIC_TO_EVERYONE"], "duet_disabled": true })));
        run.sent().2["post_info"].clone()
    };
    let off = info(json!({}));
    let flags = ["disable_comment", "disable_duet", "disable_stitch", "is_aigc"];
    assert_eq!(flags.map(|flag| off[flag] == true), [true, true, true, false]);
    assert_eq!(off.get("video_cover_timestamp_ms"), None);
    let on = info(json!({
        "allowComment": true, "allowDuet": true, "allowStitch": true, "aiGenerated": true, "coverTimestamp": 1500
    }));
    assert_eq!(flags.map(|flag| on[flag] == true), [false, true, false, true], "the creator disabled duets");
    assert_eq!(on["video_cover_timestamp_ms"], 1500);
}

#[test]
fn photos_have_a_title_a_cover_and_music() {
    let options = json!({ "title": "A title", "photoCover": 0, "autoAddMusic": true, "allowComment": true });
    let mut run = Run::with(Format::Jpeg, MB, options.as_object().unwrap().clone().into_iter().collect());
    run.go(&ok(json!({ "privacy_level_options": ["PUBLIC_TO_EVERYONE"] })));
    let (_, _, body) = run.sent();
    let info = &body["post_info"];
    assert_eq!((&info["title"], &info["auto_add_music"]), (&json!("A title"), &json!(true)));
    assert_eq!((&info["disable_comment"], &info["disable_duet"]), (&json!(false), &json!(null)));
    assert_eq!(body["source_info"]["photo_cover_index"], 0);
}
