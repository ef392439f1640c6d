//! Images: uploads and references to them.

use http::{Request, header};
use serde_json::{Value, json};

use super::{BLOBS, BlueskyClient, Session, client_id, error, record};
use crate::{media::sample, tests::Received};

const UPLOAD: &str = "/xrpc/com.atproto.repo.uploadBlob";

impl BlueskyClient {
    async fn with_images() -> (Self, Session) {
        let bluesky = Self { client_id: client_id(BLOBS), ..Self::new().await };
        let session = bluesky.connect("demo-shop.test").await;
        (bluesky, session)
    }

    async fn upload(&self, access: &str, kind: &str, bytes: &[u8]) -> Received {
        self.send(|| Request::post(UPLOAD).header(header::CONTENT_TYPE, kind), Some(access), bytes).await.unwrap()
    }
}

fn with_image(image: &Value) -> Value {
    let mut post = record("a picture");
    post["embed"] = json!({ "$type": "app.bsky.embed.images", "images": [{ "image": image, "alt": "A photo" }] });
    post
}

#[tokio::test]
async fn an_uploaded_image_is_embedded() {
    let (bluesky, session) = BlueskyClient::with_images().await;
    let photo = sample::find("photo.png").unwrap().bytes;
    let reply = bluesky.upload(&session.access, "image/jpeg", photo).await;
    let blob = reply.json()["blob"].clone();
    assert_eq!((&blob["mimeType"], &blob["size"]), (&json!("image/png"), &json!(photo.len())), "the bytes decide");
    assert_eq!(bluesky.outcome(&session.access, &with_image(&blob)).await.0, 200);
    bluesky.world.pass(301);
    assert_eq!(bluesky.outcome(&session.access, &with_image(&blob)).await.0, 200, "the same record again");
}

#[tokio::test]
async fn an_image_that_was_not_uploaded_or_is_too_large_is_refused() {
    let (bluesky, session) = BlueskyClient::with_images().await;
    let photo = sample::find("photo.jpg").unwrap().bytes;
    let blob = bluesky.upload(&session.access, "image/jpeg", photo).await.json()["blob"].clone();
    let changed = |name: &str, value: Value| {
        let mut blob = blob.clone();
        blob[name] = value;
        with_image(&blob)
    };
    let mut described = with_image(&blob);
    described["embed"]["images"][0].as_object_mut().unwrap().remove("alt");
    let mut five = with_image(&blob);
    let image = five["embed"]["images"][0].clone();
    five["embed"]["images"] = vec![image; 5].into();
    for post in [
        changed("size", json!(2_000_001)),
        changed("mimeType", json!("video/mp4")),
        changed("ref", json!({})),
        changed("ref", json!({ "$link": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku" })),
        described,
        five,
    ] {
        assert_eq!(bluesky.outcome(&session.access, &post).await.0, 400, "{post}");
    }
    bluesky.world.pass(301);
    let (status, message) = bluesky.outcome(&session.access, &with_image(&blob)).await;
    assert_eq!(status, 400, "a file without a record is dropped");
    assert!(message.starts_with("Could not find blob: "), "{message}");
}

#[tokio::test]
async fn an_upload_needs_its_permission_and_a_type() {
    let (bluesky, session) = BlueskyClient::with_images().await;
    let missing = (403, "ScopeMissingError".to_owned());
    let clip = sample::find("clip.mp4").unwrap().bytes;
    assert_eq!(error(&bluesky.upload(&session.access, "image/jpeg", &clip[..1000]).await), missing);
    assert_eq!(error(&bluesky.upload(&session.access, "image/jpeg", b"").await), (400, "InvalidRequest".into()));
    let text = BlueskyClient::new().await;
    let session = text.connect("demo-shop.test").await;
    let photo = sample::find("photo.jpg").unwrap().bytes;
    assert_eq!(error(&text.upload(&session.access, "image/jpeg", photo).await), missing);
    let larger = vec![0; 5 * 1024 * 1024 + 1];
    assert_eq!(error(&text.upload(&session.access, "image/jpeg", &larger).await), (413, "PayloadTooLarge".into()));
}
