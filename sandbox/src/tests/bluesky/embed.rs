//! Images: uploads and references to them. What else is embedded.

use http::{Request, header};
use serde_json::{Value, json};

use super::{BlueskyClient, SHOP, Session, error, record};
use crate::{media::sample, tests::Received};

/// The scopes of a client that uploads images.
const BLOBS: &str = "atproto repo:app.bsky.feed.post blob:image/*";
const UPLOAD: &str = "/xrpc/com.atproto.repo.uploadBlob";

impl BlueskyClient {
    async fn with_images() -> (Self, Session) {
        let bluesky = Self::allowing(BLOBS).await;
        let session = bluesky.connect("demo-shop.test").await;
        (bluesky, session)
    }

    pub(super) async fn upload(&self, access: &str, kind: &str, bytes: &[u8]) -> Received {
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
    let mut other = super::putting(SHOP, "3jzfcijpj2z2b", "");
    other["record"] = with_image(&blob);
    let reply = bluesky.call(&session.access, super::PUT, &other).await.unwrap();
    assert_eq!(reply.status, 200, "a file that a record refers to is kept: {}", reply.body);
}

#[tokio::test]
async fn a_shape_and_a_quotation_are_checked() {
    let (bluesky, session) = BlueskyClient::with_images().await;
    let photo = sample::find("photo.jpg").unwrap().bytes;
    let blob = bluesky.upload(&session.access, "image/jpeg", photo).await.json()["blob"].clone();
    let shaped = |ratio: Value| {
        let mut post = with_image(&blob);
        post["embed"]["images"][0]["aspectRatio"] = ratio;
        post
    };
    for ratio in [json!({ "width": 4 }), json!({ "width": 0, "height": 5 }), json!({ "width": "4", "height": "5" })] {
        assert_eq!(bluesky.outcome(&session.access, &shaped(ratio.clone())).await.0, 400, "{ratio}");
    }
    let quoted = json!({
        "uri": format!("at://{SHOP}/app.bsky.feed.post/3jzfcijpj2z2a"),
        "cid": "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
    });
    let quoting = |record: &Value, media: &Value| {
        let mut post = super::record("a quotation");
        post["embed"] =
            json!({ "$type": "app.bsky.embed.recordWithMedia", "record": { "record": record }, "media": media });
        post
    };
    let media = shaped(json!({ "width": 4, "height": 5 }))["embed"].clone();
    let mut undescribed = media.clone();
    undescribed["images"][0].as_object_mut().unwrap().remove("alt");
    for (record, media) in [(&json!({}), &media), (&quoted, &json!({})), (&quoted, &undescribed)] {
        assert_eq!(bluesky.outcome(&session.access, &quoting(record, media)).await.0, 400, "{record} {media}");
    }
    assert_eq!(bluesky.outcome(&session.access, &quoting(&quoted, &media)).await, (200, String::new()));
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
    let larger = vec![0; 100 * 1024 * 1024 + 1];
    assert_eq!(error(&text.upload(&session.access, "image/jpeg", &larger).await), (413, "PayloadTooLarge".into()));
}
