//! TikTok's rules for pictures, which are applied after the upload, and for branded content.

use serde_json::{Value, json};

use super::{PHOTOS, TikTokClient, VIDEO, photos, pull, upload};

/// An MP4 with this size in pixels, duration in seconds, and frames per second.
fn film(width: u16, height: u16, seconds: u32, rate: u32) -> &'static [u8] {
    let boxed = |name: &[u8; 4], parts: &[&[u8]]| {
        let content = parts.concat();
        [&u32::try_from(8 + content.len()).unwrap().to_be_bytes(), name.as_slice(), &content].concat()
    };
    let number = u32::to_be_bytes;
    let mvhd = boxed(b"mvhd", &[&[0; 12], &number(1), &number(seconds), &[0; 80]]);
    let size = [&width.to_be_bytes()[..], &[0, 0], &height.to_be_bytes(), &[0, 0]].concat();
    let tkhd = boxed(b"tkhd", &[&[0; 76], &size]);
    let mdhd = boxed(b"mdhd", &[&[0; 12], &number(rate * 100), &number(0), &[0; 4]]);
    let hdlr = boxed(b"hdlr", &[&[0; 8], b"vide", &[0; 13]]);
    let stts = boxed(b"stts", &[&[0; 4], &number(1), &number(seconds * rate), &number(100)]);
    let minf = boxed(b"minf", &[&boxed(b"stbl", &[&stts])]);
    let trak = boxed(b"trak", &[&tkhd, &boxed(b"mdia", &[&mdhd, &hdlr, &minf])]);
    Vec::leak([boxed(b"ftyp", &[b"isom\0\0\x02\0"]), boxed(b"moov", &[&mvhd, &trak])].concat())
}

impl TikTokClient {
    /// Why a post with this file failed, if it did.
    async fn failure(&self, access: &str, endpoint: &str, body: &Value) -> Option<String> {
        let reply = self.call(access, endpoint, body).await.unwrap().json();
        self.world.pass(5);
        let status = self.status(access, reply["data"]["publish_id"].as_str().unwrap()).await;
        status["fail_reason"].as_str().map(str::to_owned)
    }
}

#[tokio::test]
async fn videos_have_360_to_4096_pixels_a_side_and_23_to_60_frames_a_second() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    let url = "https://media.example/film.mp4";
    let (pixels, frames) = ("picture_size_check_failed", "frame_rate_check_failed");
    for (width, height, seconds, rate, expected) in [
        (360, 4096, 10, 23, None),
        (359, 640, 10, 30, Some(pixels)),
        (4097, 640, 10, 30, Some(pixels)),
        (640, 359, 10, 30, Some(pixels)),
        (720, 1280, 10, 60, None),
        (720, 1280, 10, 61, Some(frames)),
        (720, 1280, 10, 22, Some(frames)),
        (720, 1280, 600, 30, None),
        (720, 1280, 601, 30, Some("duration_check_failed")),
    ] {
        let film = film(width, height, seconds, rate);
        tiktok.world.publish(url, "video/mp4", film);
        let found = tiktok.failure(&access, VIDEO, &pull(url)).await;
        assert_eq!(found.as_deref(), expected, "{width}x{height}, {seconds} s, {rate} fps");
        let begun = tiktok.begin(&access, "hello", film.len()).await;
        assert_eq!(tiktok.put(&begun, film, 0, film.len()).await.unwrap().status, 201);
        tiktok.world.pass(5);
        let uploaded = tiktok.status(&access, &begun.publish_id).await;
        assert_eq!(uploaded["fail_reason"].as_str(), expected, "uploaded: {width}x{height}");
    }
}

#[tokio::test]
async fn photos_have_at_most_1080p() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    let url = "https://media.example/a.jpg";
    for (width, height, fits) in [
        (1080_u16, 1920_u16, true),
        (1920, 1080, true),
        (1080, 1080, true),
        (1081, 1081, false),
        (1080, 1921, false),
        (1440, 1920, false),
    ] {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8];
        bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
        bytes.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xD9]);
        tiktok.world.publish(url, "image/jpeg", Vec::leak(bytes));
        let found = tiktok.failure(&access, PHOTOS, &photos("hello", &[url])).await;
        let expected = (!fits).then_some("picture_size_check_failed");
        assert_eq!(found.as_deref(), expected, "{width}x{height}");
    }
}

#[tokio::test]
async fn branded_content_is_never_private() {
    let tiktok = TikTokClient::new().await;
    let access = tiktok.connect("busy_shop").await;
    for (level, branded, status) in
        [("SELF_ONLY", true, 400), ("SELF_ONLY", false, 200), ("PUBLIC_TO_EVERYONE", true, 200)]
    {
        let with = |mut body: Value| {
            body["post_info"]["privacy_level"] = level.into();
            body["post_info"]["brand_content_toggle"] = json!(branded);
            body
        };
        assert_eq!(tiktok.outcome(&access, VIDEO, &with(upload("hello", 1000))).await.0, status, "{level} {branded}");
        let photos = with(photos("hello", &["https://media.example/a.jpg"]));
        assert_eq!(tiktok.outcome(&access, PHOTOS, &photos).await.0, status, "{level} {branded}");
    }
}
