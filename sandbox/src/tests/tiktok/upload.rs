//! Uploads: the order, sizes and digests of chunks.

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::{CHUNK, TikTokClient, chunk, file};

/// Independent of the tested code.
fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

#[tokio::test]
async fn a_file_is_uploaded_in_chunks_and_its_digests_are_stored() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(2 * CHUNK + 9);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    let first = tiktok.put(&begun, &file, 0, CHUNK).await.unwrap();
    assert_eq!(first.status, 206);
    assert_eq!(first.header("content-range"), format!("bytes 0-{}/{}", CHUNK - 1, file.len()));
    let status = tiktok.status(&access, &begun.publish_id).await;
    assert_eq!(status, json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": CHUNK }));
    let last = tiktok.put(&begun, &file, CHUNK, file.len()).await.unwrap();
    assert_eq!(last.status, 201);
    assert_eq!(last.header("content-range"), format!("bytes 0-{}/{}", file.len() - 1, file.len()));
    tiktok.world.pass(5);
    let post = tiktok.feed("demo_shop").await.remove(0);
    assert_eq!(post["text"], "a video");
    let chunks = json!([
        { "start": 0, "end": CHUNK - 1, "sha256": sha256(&file[..CHUNK]) },
        { "start": CHUNK, "end": file.len() - 1, "sha256": sha256(&file[CHUNK..]) },
    ]);
    assert_eq!(post["media"], json!([{ "kind": "video", "bytes": file.len(), "chunks": chunks }]));
}

#[tokio::test]
async fn chunks_must_arrive_in_order_and_once() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(2 * CHUNK);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    let early = tiktok.put(&begun, &file, CHUNK, file.len()).await.unwrap();
    assert_eq!((early.status.as_u16(), early.header("content-range")), (416, "bytes */10485760"));
    assert_eq!(tiktok.put(&begun, &file, 0, CHUNK).await.unwrap().status, 206);
    let again = tiktok.put(&begun, &file, 0, CHUNK).await.unwrap();
    assert_eq!((again.status.as_u16(), again.header("content-range")), (416, "bytes 0-5242879/10485760"));
    assert_eq!(tiktok.put(&begun, &file, CHUNK, file.len()).await.unwrap().status, 201);
    assert_eq!(tiktok.put(&begun, &file, CHUNK, file.len()).await.unwrap().status, 416);
    tiktok.world.pass(5);
    assert_eq!(tiktok.feed("demo_shop").await.len(), 1);
}

#[tokio::test]
async fn of_concurrent_requests_with_the_same_chunk_one_is_stored() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(1000);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    let put = || tiktok.put(&begun, &file, 0, file.len());
    let (one, other) = tokio::join!(put(), put());
    let mut statuses = [one.unwrap().status.as_u16(), other.unwrap().status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 416]);
    tiktok.world.pass(5);
    assert_eq!(tiktok.feed("demo_shop").await.len(), 1);
}

#[tokio::test]
async fn ranges_that_were_not_announced_are_not_satisfiable() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(1000);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    for (range, bytes) in [("bytes 0-499/1000", 500), ("bytes 0-999/1001", 1000), ("bytes 1-999/1000", 999)] {
        let reply = tiktok.world.ask(chunk(&begun.upload_url, range, &file[..bytes])).await.unwrap();
        assert_eq!(reply.status, 416, "{range}");
    }
    assert_eq!(tiktok.put(&begun, &file, 0, 1000).await.unwrap().status, 201);
}

#[tokio::test]
async fn headers_that_do_not_match_the_body_are_bad_requests() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(1000);
    let begun = tiktok.begin(&access, "a video", file.len()).await;
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "999"),
        ("content-length", ""),
        ("content-range", ""),
        ("content-range", "bytes 0-998/1000"),
        ("content-range", "bytes 999-0/1000"),
        ("content-range", "bytes=0-999/1000"),
        ("content-range", "0-999/1000"),
        ("content-range", "bytes 0-999/*"),
    ] {
        let mut request = chunk(&begun.upload_url, "bytes 0-999/1000", &file);
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(tiktok.world.ask(request).await.unwrap().status, 400, "{name}: {value}");
    }
    for kind in ["video/quicktime", "video/webm"] {
        let begun = tiktok.begin(&access, "a video", file.len()).await;
        let mut request = chunk(&begun.upload_url, "bytes 0-999/1000", &file);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        assert_eq!(tiktok.world.ask(request).await.unwrap().status, 201, "{kind}");
    }
}

#[tokio::test]
async fn an_upload_url_is_secret_and_valid_for_an_hour() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let file = file(1000);
    let (early, late) = (tiktok.begin(&access, "a", 1000).await, tiktok.begin(&access, "b", 1000).await);
    let guess = early.upload_url.replace("upload_token=", "upload_token=x");
    let unknown = early.upload_url.replace("upload_id=", "upload_id=9");
    let get = tiktok.world.get(early.upload_url.strip_prefix(super::ORIGIN).unwrap()).await;
    assert_eq!(get.status, 404, "the method must be PUT");
    for url in [guess.as_str(), &unknown, super::ORIGIN] {
        let url =
            if url == super::ORIGIN { format!("{url}/open-upload.tiktokapis.com/video/") } else { url.to_owned() };
        let reply = tiktok.world.ask(chunk(&url, "bytes 0-999/1000", &file)).await.unwrap();
        assert_eq!(reply.status, 404, "{url}");
    }
    tiktok.world.pass(3599);
    assert_eq!(tiktok.put(&early, &file, 0, 1000).await.unwrap().status, 201);
    tiktok.world.pass(1);
    assert_eq!(tiktok.put(&late, &file, 0, 1000).await.unwrap().status, 403);
}

#[tokio::test]
async fn a_file_that_is_not_a_video_fails_after_the_upload() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let begun = tiktok.begin(&access, "a video", 1000).await;
    let reply = tiktok.put(&begun, &[7; 1000], 0, 1000).await.unwrap();
    assert_eq!(reply.status, 201);
    tiktok.world.pass(5);
    let status = tiktok.status(&access, &begun.publish_id).await;
    assert_eq!((&status["status"], &status["fail_reason"]), (&json!("FAILED"), &json!("file_format_check_failed")));
    assert!(tiktok.feed("demo_shop").await.is_empty());
}

#[tokio::test]
async fn only_chunks_may_be_large() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("demo_shop").await;
    let mut body = super::upload("hello", 1000);
    body["post_info"]["title"] = "a".repeat(64 * 1024).into();
    let outcome = tiktok.outcome(&access, super::VIDEO, &body).await;
    assert_eq!(outcome, (400, "invalid_params".to_owned()));
    let begun = tiktok.begin(&access, "hello", 1000).await;
    let larger = vec![0; 129 * 1024 * 1024 + 1];
    let reply = tiktok.world.ask(chunk(&begun.upload_url, "bytes 0-999/1000", &larger)).await.unwrap();
    assert_eq!(reply.status, 413);
}
