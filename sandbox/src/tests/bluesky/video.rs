//! Videos: the service that processes them, and their embedding.

use bytes::Bytes;
use http::{Request, header};
use serde_json::{Value, json};

use super::{BlueskyClient, PUT, RKEY, Session, encode, error, putting, record};
use crate::{media::sample, tests::Received};

const SCOPE: &str = "atproto repo:app.bsky.feed.post blob:*/* rpc:com.atproto.repo.uploadBlob?aud=*";
const PDS: &str = "did:web:127.0.0.1";
const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";
const SHOP: &str = "demo-shop.test";

fn clip() -> &'static [u8] {
    sample::find("clip.mp4").unwrap().bytes
}

fn did(handle: &str) -> &'static str {
    crate::tests::accounts::spec("bluesky").account_by_username(handle).unwrap().id
}

impl BlueskyClient {
    async fn with_videos(handle: &str) -> (Self, Session) {
        let bluesky = Self::allowing(SCOPE).await;
        let session = bluesky.connect(handle).await;
        (bluesky, session)
    }

    async fn service_token(&self, session: &Session, query: &[(&str, &str)]) -> String {
        self.service_auth(session, query).await.json()["token"].as_str().unwrap().to_owned()
    }

    /// Sends a video to the service.
    async fn send_video(&self, token: &str, did: &str, kind: &str, bytes: &'static [u8]) -> Received {
        let query = encode(&[("did", did), ("name", "clip.mp4")]);
        let request = Request::post(format!("/video.bsky.app/xrpc/app.bsky.video.uploadVideo?{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind);
        self.world.ask(request.body(Bytes::from_static(bytes)).unwrap()).await.unwrap()
    }

    /// Sends the sample video of an account.
    async fn process(&self, session: &Session, handle: &str) -> Received {
        let token = self.service_token(session, &[("aud", PDS), ("lxm", UPLOAD_BLOB)]).await;
        self.send_video(&token, did(handle), "video/mp4", clip()).await
    }

    async fn job(&self, id: &Value) -> Value {
        let query = encode(&[("jobId", id.as_str().unwrap())]);
        let path = format!("/video.bsky.app/xrpc/app.bsky.video.getJobStatus?{query}");
        self.world.get(&path).await.json()["jobStatus"].clone()
    }

    /// The status and the error of writing a post of this account with a video.
    async fn post_video(&self, session: &Session, handle: &str, blob: &Value) -> (u16, Value) {
        let mut body = putting(did(handle), RKEY, "");
        body["record"] = with_video(blob);
        let reply = self.call(&session.access, PUT, &body).await.unwrap();
        (reply.status.as_u16(), reply.json()["error"].clone())
    }
}

fn with_video(blob: &Value) -> Value {
    let mut post = record("a film");
    post["embed"] = json!({ "$type": "app.bsky.embed.video", "video": blob, "alt": "A film" });
    post
}

#[tokio::test]
async fn a_video_is_processed_and_then_embedded() {
    let (bluesky, session) = BlueskyClient::with_videos(SHOP).await;
    let begun = bluesky.process(&session, SHOP).await.json()["jobStatus"].clone();
    assert_eq!((&begun["state"], &begun["did"]), (&json!("JOB_STATE_CREATED"), &json!(did(SHOP))));
    bluesky.world.pass(11);
    let job = bluesky.job(&begun["jobId"]).await;
    assert_eq!((&job["state"], job.get("blob")), (&json!("JOB_STATE_ENCODING"), None));
    bluesky.world.pass(1);
    let blob = bluesky.job(&begun["jobId"]).await["blob"].clone();
    assert_eq!((&blob["mimeType"], &blob["size"]), (&json!("video/mp4"), &json!(clip().len())));
    assert_eq!(bluesky.post_video(&session, SHOP, &blob).await, (200, Value::Null));
    let stored = bluesky.world.everything().await;
    assert!(stored.len() < clip().len(), "the table has no video");
}

#[tokio::test]
async fn a_processed_video_is_not_at_the_server_before_and_not_for_long() {
    let (bluesky, session) = BlueskyClient::with_videos(SHOP).await;
    let first = bluesky.process(&session, SHOP).await.json()["jobStatus"].clone();
    let again = bluesky.process(&session, SHOP).await.json()["jobStatus"].clone();
    assert_eq!(first["jobId"], again["jobId"], "a repetition while it is processed");
    bluesky.world.pass(12);
    let exists = bluesky.process(&session, SHOP).await;
    assert_eq!(error(&exists), (409, "already_exists".to_owned()));
    assert_eq!((&exists.json()["jobId"], &exists.json()["state"]), (&first["jobId"], &json!("JOB_STATE_COMPLETED")));
    let blob = bluesky.job(&first["jobId"]).await["blob"].clone();
    bluesky.world.pass(301);
    assert_eq!(bluesky.post_video(&session, SHOP, &blob).await, (400, json!("BlobNotFound")));
    let plain = bluesky.upload(&session.access, "video/mp4", clip()).await.json()["blob"].clone();
    assert_eq!(bluesky.post_video(&session, SHOP, &plain).await, (200, Value::Null));
}

#[tokio::test]
async fn a_token_must_be_of_the_account_for_this_server_and_method() {
    let (bluesky, session) = BlueskyClient::with_videos(SHOP).await;
    let send = async |token: &str, did: &str| error(&bluesky.send_video(token, did, "video/mp4", clip()).await);
    assert_eq!(send(&session.access, did(SHOP)).await, (401, "BadJwtSignature".to_owned()));
    let aimed = [("aud", "did:web:video.bsky.app"), ("lxm", UPLOAD_BLOB)];
    let elsewhere = bluesky.service_token(&session, &aimed).await;
    assert_eq!(send(&elsewhere, did(SHOP)).await, (401, "BadJwtAudience".to_owned()));
    let token = bluesky.service_token(&session, &[("aud", PDS), ("lxm", UPLOAD_BLOB)]).await;
    assert_eq!(send(&token, did("demo-cafe.test")).await, (400, "InvalidRequest".to_owned()));
    let photo = sample::find("photo.jpg").unwrap().bytes;
    for (kind, bytes) in [("video/mp4", photo), ("video/quicktime", clip())] {
        let reply = bluesky.send_video(&token, did(SHOP), kind, bytes).await;
        assert_eq!(error(&reply), (400, "InvalidRequest".to_owned()), "{kind}");
    }
    bluesky.world.pass(61);
    assert_eq!(send(&token, did(SHOP)).await, (401, "JwtExpired".to_owned()));
    let path = "/video.bsky.app/xrpc/app.bsky.video.getJobStatus?jobId=none";
    assert_eq!(error(&bluesky.world.get(path).await), (400, "InvalidRequest".to_owned()));
}

#[tokio::test]
async fn an_account_may_lack_what_the_service_asks_for() {
    let (bluesky, session) = BlueskyClient::with_videos("no-email.test").await;
    let refused = bluesky.process(&session, "no-email.test").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["jobStatus"]["error"]), (401, &json!("unconfirmed_email")));
    let plain = bluesky.upload(&session.access, "video/mp4", clip()).await.json()["blob"].clone();
    assert_eq!(bluesky.post_video(&session, "no-email.test", &plain).await, (200, Value::Null));
}

#[tokio::test]
async fn processing_may_fail_or_never_end() {
    let (bluesky, session) = BlueskyClient::with_videos("video-fails.test").await;
    let begun = bluesky.process(&session, "video-fails.test").await.json()["jobStatus"].clone();
    bluesky.world.pass(12);
    let job = bluesky.job(&begun["jobId"]).await;
    assert_eq!((&job["state"], &job["failureCode"]), (&json!("JOB_STATE_FAILED"), &json!("encoding_failure")));
    assert_eq!(bluesky.process(&session, "video-fails.test").await.status, 200, "it may be tried again");

    let (bluesky, session) = BlueskyClient::with_videos("video-stuck.test").await;
    let begun = bluesky.process(&session, "video-stuck.test").await.json()["jobStatus"].clone();
    bluesky.world.pass(86_400);
    assert_eq!(bluesky.job(&begun["jobId"]).await["state"], "JOB_STATE_ENCODING");
}

#[tokio::test]
async fn an_embedded_video_is_checked() {
    let (bluesky, session) = BlueskyClient::with_videos(SHOP).await;
    let blob = bluesky.upload(&session.access, "video/mp4", clip()).await.json()["blob"].clone();
    let photo = bluesky.upload(&session.access, "image/jpeg", sample::find("photo.jpg").unwrap().bytes).await;
    for (name, value) in [
        ("video", photo.json()["blob"].clone()),
        ("video", json!({})),
        ("alt", json!("a".repeat(1001))),
        ("alt", json!(7)),
        ("aspectRatio", json!({ "width": 9 })),
        ("aspectRatio", json!({ "width": 9, "height": 0 })),
        ("aspectRatio", json!({ "width": 9.5, "height": 16 })),
    ] {
        let mut post = with_video(&blob);
        post["embed"][name] = value.clone();
        assert_eq!(bluesky.outcome(&session.access, &post).await.0, 400, "{name} {value}");
    }
    for (name, value) in [("size", json!(300_000_001)), ("size", json!(1)), ("mimeType", json!("video/webm"))] {
        let mut changed = blob.clone();
        changed[name] = value.clone();
        assert_eq!(bluesky.post_video(&session, SHOP, &changed).await.0, 400, "{name} {value}");
    }
    let mut post = with_video(&blob);
    post["embed"]["aspectRatio"] = json!({ "width": 9, "height": 16 });
    assert_eq!(bluesky.outcome(&session.access, &post).await, (200, String::new()));
}
