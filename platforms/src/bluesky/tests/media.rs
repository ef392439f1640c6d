//! Files: their upload, and the record that refers to them.

use super::*;
use crate::{Credential, Source, media::Format};

pub(super) fn image(bytes: u64, pixels: Option<(u32, u32)>) -> Facts {
    Facts { format: Some(Format::Jpeg), bytes: Some(bytes), pixels, milliseconds: None }
}

pub(super) fn blob(cid: &str, kind: &str, size: u64) -> Value {
    json!({ "$type": "blob", "ref": { "$link": cid }, "mimeType": kind, "size": size })
}

impl Run {
    /// The next upload to the account's server: source and length, and the type and length that it names.
    pub(super) fn uploads(&self) -> (Source, u64, String, String) {
        let Call { request, effect, credential, upload } = Bluesky.step(&self.task()).unwrap();
        assert_eq!((effect, credential), (Effect::Prepare, Credential::Grant));
        assert_eq!(request.uri().to_string(), "https://pds.example.com/xrpc/com.atproto.repo.uploadBlob");
        let upload = upload.unwrap();
        assert_eq!((upload.range, upload.frame), (0..upload.total, crate::Frame::default()));
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        (upload.source, upload.total, header("content-type"), header("content-length"))
    }

    /// The next record.
    pub(super) fn record(&self) -> Value {
        let (effect, _, path, body) = self.sent();
        assert_eq!((effect, path.as_str()), (Effect::Commit, "/xrpc/com.atproto.repo.putRecord"));
        body["record"].clone()
    }
}

fn two() -> Run {
    Run::with("", &[(image(7, Some((1080, 1350))), Some("A photo")), (image(8, None), None)], json!({}))
}

#[test]
fn images_are_uploaded_one_by_one_and_then_embedded() {
    let mut run = two();
    assert_eq!(run.uploads(), (Source::Media(0), 7, "image/jpeg".into(), "7".into()));
    let mut said = blob("bafkone", "image/jpeg", 7);
    said["original"] = json!({ "more": "than a record has" });
    run.proceed(200, &json!({ "blob": said }));
    assert_eq!(run.uploads().0, Source::Media(1));
    run.proceed(200, &json!({ "blob": blob("bafktwo", "image/jpeg", 8) }));
    let images = json!([
        { "image": blob("bafkone", "image/jpeg", 7), "alt": "A photo", "aspectRatio": { "width": 1080, "height": 1350 } },
        { "image": blob("bafktwo", "image/jpeg", 8), "alt": "" },
    ]);
    let expected = json!({
        "$type": "app.bsky.feed.post", "text": "", "createdAt": CREATED_AT,
        "embed": { "$type": "app.bsky.embed.images", "images": images },
    });
    assert_eq!(run.record(), expected);
    assert_eq!(run.read(200, &written()), Ok(Progress::Done(published())));
}

#[test]
fn an_upload_is_refused_in_the_terms_of_media() {
    for (status, name, expected) in [
        (400, "InvalidRequest", "media_refused Media"),
        (413, "PayloadTooLarge", "media_too_large Media"),
        (403, "ScopeMissingError", "scope_missing Auth"),
        (401, "invalid_token", "reconnect"),
        (429, "RateLimitExceeded", "wait 300"),
        (500, "InternalServerError", "unknown"),
    ] {
        let error = two().read(status, &json!({ "error": name, "message": "words" })).unwrap_err();
        assert_eq!(kind(&error), expected, "{status} {name}");
    }
    for body in [json!({}), json!({ "blob": { "cid": "bafy", "mimeType": "image/jpeg" } }), json!("<html>")] {
        assert!(matches!(two().read(200, &body), Err(Error::OutcomeUnknown(_))), "{body}");
    }
    let run = two();
    let long = json!({ "blob": blob(&"b".repeat(257), "image/jpeg", 7) });
    assert!(matches!(run.read(200, &long), Err(Error::OutcomeUnknown(_))));
}

/// A run whose record is written next.
fn ready() -> Run {
    let mut run = Run::with("", &[(image(7, None), None)], json!({}));
    run.proceed(200, &json!({ "blob": blob("bafkone", "image/jpeg", 7) }));
    run
}

fn dropped() -> Value {
    json!({ "error": "BlobNotFound", "message": "Could not find blob: bafkone" })
}

#[test]
fn a_file_that_the_server_dropped_is_uploaded_again_for_the_same_record() {
    let mut run = ready();
    let record = run.record();
    for _ in 0..3 {
        run.proceed(400, &dropped());
        assert_eq!(run.uploads().0, Source::Media(0));
        run.proceed(200, &json!({ "blob": blob("bafkone", "image/jpeg", 7) }));
        assert_eq!(run.record(), record);
    }
    let refused = run.read(400, &dropped()).unwrap_err();
    assert_eq!(kind(&refused), "media_not_processed Media", "it does not go on for ever");
}

/// An earlier attempt may be undecided while the files are uploaded again.
#[test]
fn a_lost_attempt_is_recognized_while_its_files_are_uploaded_again() {
    let mut run = ready();
    let first = run.record();
    let found = json!({ "uri": uri(), "cid": "bafyrei", "value": first });
    run.proceed(400, &dropped());
    assert_eq!(run.find(200, &found), Ok(Found::Known(Progress::Done(published()))));
    let none = json!({ "error": "RecordNotFound" });
    assert_eq!(run.find(400, &none), Ok(Found::Missing { again: run.state.clone() }));
    // The file has changed since: what could not be written yet is replaced.
    run.proceed(200, &json!({ "blob": blob("bafkother", "image/jpeg", 7) }));
    assert_ne!(run.record(), first);
    assert_eq!(run.find(200, &found), Ok(Found::Known(Progress::Done(published()))), "the first one has landed");
    let before = Run::with("", &[(image(7, None), None)], json!({}));
    assert_eq!(before.find(200, &found), Ok(Found::Missing { again: before.state.clone() }), "nothing was sent");
}

#[test]
fn the_rules_are_those_of_the_lexicons() {
    let check = |content: &str, media: &[Facts]| {
        Bluesky.check(&Content::plain(content, media)).map_err(|broken| broken.rule.as_str())
    };
    let photo = image(2_000_000, None);
    let film = Facts { format: Some(Format::Mp4), bytes: Some(300_000_000), ..Facts::default() };
    for (media, expected) in [
        (&[photo; 4][..], Ok(())),
        (&[photo; 5], Err("too_many_media")),
        (&[image(2_000_001, None)], Err("media_too_large")),
        (&[Facts { format: Some(Format::Gif), ..photo }], Err("media_format")),
        (&[film], Ok(())),
        (&[film, film], Err("too_many_media")),
        (&[film, photo], Err("media_mixed")),
        (&[Facts { bytes: Some(300_000_001), ..film }], Err("media_too_large")),
        (&[Facts { format: Some(Format::QuickTime), ..film }], Err("media_format")),
        (&[], Err("text_required")),
    ] {
        assert_eq!(check("", media), expected, "{media:?}");
    }
}
