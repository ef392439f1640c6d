//! Videos: through the service that processes them, or without it.

use std::time::Duration;

use super::{media::blob, *};
use crate::{Credential, Source, media::Format};

fn film() -> Run {
    let facts =
        Facts { format: Some(Format::Mp4), bytes: Some(9000), pixels: Some((720, 1280)), milliseconds: Some(5000) };
    Run::with("A film", &[(facts, Some("A car"))], json!({}))
}

fn ready() -> Value {
    json!({ "jobStatus": { "jobId": "j1", "state": "JOB_STATE_COMPLETED", "blob": blob("bafkfilm", "video/mp4", 9000) } })
}

/// A film that the service has taken.
fn taken() -> Run {
    let mut run = film();
    run.proceed(200, &json!({ "jobStatus": { "jobId": "j1", "did": DID, "state": "JOB_STATE_CREATED" } }));
    run
}

fn assert_plain(run: &mut Run) {
    assert_eq!(run.uploads(), (Source::Media(0), 9000, "video/mp4".into(), "9000".into()));
    run.proceed(200, &json!({ "blob": blob("bafkplain", "video/mp4", 9000) }));
    assert_eq!(run.record()["embed"]["video"], blob("bafkplain", "video/mp4", 9000));
}

#[test]
fn a_video_goes_to_the_service_with_a_token_for_it() {
    let Call { request, effect, credential, upload } = Bluesky.step(&film().task()).unwrap();
    let audience = "did:web:pds.example.com".to_owned();
    assert_eq!(credential, Credential::Service { audience, method: "com.atproto.repo.uploadBlob" });
    assert_eq!(effect, Effect::Prepare);
    let expected = format!(
        "https://video.bsky.app/xrpc/app.bsky.video.uploadVideo?did={}&name=video.mp4",
        DID.replace(':', "%3A")
    );
    assert_eq!(request.uri().to_string(), expected);
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("content-length")), ("video/mp4".into(), "9000".into()));
    assert_eq!(upload.unwrap().source, Source::Media(0));
}

#[test]
fn a_processed_video_is_embedded() {
    let mut run = taken();
    let Call { request, effect, credential, upload } = Bluesky.step(&run.task()).unwrap();
    assert_eq!((effect, credential, upload), (Effect::Prepare, Credential::None, None));
    let expected = "https://video.bsky.app/xrpc/app.bsky.video.getJobStatus?jobId=j1";
    assert_eq!(request.uri().to_string(), expected);
    let working = json!({ "jobStatus": { "jobId": "j1", "state": "JOB_STATE_ENCODING", "progress": 50 } });
    let Ok(Progress::Wait { after, .. }) = run.read(200, &working) else { panic!("it is asked again") };
    assert_eq!(after, Duration::from_secs(3));
    run.proceed(200, &working);
    run.proceed(200, &ready());
    let embed = json!({
        "$type": "app.bsky.embed.video", "video": blob("bafkfilm", "video/mp4", 9000), "alt": "A car",
        "aspectRatio": { "width": 720, "height": 1280 },
    });
    assert_eq!(run.record()["embed"], embed);
}

/// The service's answers to uploads do not have the lexicon's form: <https://github.com/bluesky-social/atproto/issues/3097>
#[test]
fn a_job_is_read_in_each_form() {
    for (status, body) in [
        (200, json!({ "jobId": "j1", "did": DID, "state": "JOB_STATE_CREATED" })),
        (409, json!({ "jobId": "j1", "error": "already_exists", "state": "JOB_STATE_COMPLETED" })),
    ] {
        let mut run = film();
        run.proceed(status, &body);
        run.proceed(200, &ready());
        assert_eq!(run.record()["embed"]["video"], blob("bafkfilm", "video/mp4", 9000), "{status} {body}");
    }
}

#[test]
fn a_video_that_the_service_does_not_take_is_uploaded_plainly() {
    for (status, body) in [
        (401, json!({ "jobStatus": { "error": "unconfirmed_email", "jobId": "" } })),
        (401, json!({ "error": "invalid_token" })),
        (403, json!({ "error": "ScopeMissingError", "message": "Missing required scope" })),
        (400, json!({ "error": "InvalidRequest" })),
        (429, json!({ "error": "RateLimitExceeded" })),
        (200, json!({})),
        (200, json!({ "jobId": "j".repeat(129) })),
        (413, json!("<html>")),
        (502, json!(null)),
        (504, json!("")),
    ] {
        let mut run = film();
        run.proceed(status, &body);
        assert_plain(&mut run);
    }
}

#[test]
fn a_token_that_the_accounts_server_refuses_is_refreshed() {
    let run = film();
    let mut refused = answer(401, &json!({ "error": "invalid_token", "message": "expired" }));
    refused.headers_mut().insert("www-authenticate", "DPoP error=\"invalid_token\"".parse().unwrap());
    assert!(matches!(Bluesky.read(&run.task(), &refused), Err(Error::Reconnect(_))));
}

#[test]
fn a_video_that_cannot_be_processed_fails_and_one_that_is_not_in_time_is_uploaded_plainly() {
    let failed = json!({ "jobStatus": {
        "jobId": "j1", "state": "JOB_STATE_FAILED", "failureCode": "encoding_failure", "message": "Failed to process video",
    } });
    let error = taken().read(200, &failed).unwrap_err();
    let message = "Failed to process video".into();
    assert_eq!(error, Error::Rejected { code: FaultCode::MediaNotProcessed, message });
    for (status, body) in [
        (200, json!({ "jobStatus": { "state": "JOB_STATE_FAILED", "failureCode": "pds_upload_failure" } })),
        (200, json!({ "jobStatus": { "state": "JOB_STATE_COMPLETED", "blob": {} } })),
        (400, json!({ "error": "InvalidRequest", "message": "job not found" })),
    ] {
        let mut run = taken();
        run.proceed(status, &body);
        assert_plain(&mut run);
    }
    let mut run = taken();
    let mut waited = Duration::ZERO;
    while let Ok(Progress::Wait { after, state }) = run.read(504, &json!("")) {
        waited += after;
        run.state = state;
    }
    assert!((Duration::from_secs(300)..Duration::from_secs(900)).contains(&waited), "{waited:?}");
    run.proceed(504, &json!(""));
    assert_plain(&mut run);
}

/// The service uploads a video once. If the server dropped it before the record arrived, it is uploaded plainly.
#[test]
fn a_processed_video_that_the_server_dropped_is_uploaded_plainly() {
    let mut run = taken();
    run.proceed(200, &ready());
    run.proceed(400, &json!({ "error": "BlobNotFound" }));
    assert_plain(&mut run);
}
