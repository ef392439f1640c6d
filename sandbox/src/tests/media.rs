//! The sample files: as the sandbox serves them, and as platforms fetch them.

use bytes::Bytes;
use http::{Method, Request};

use super::{World, world::ORIGIN};
use crate::media::{
    self,
    format::{Format, dimensions, sniff},
    sample::SAMPLES,
};

async fn ask(world: &World, method: Method, range: Option<&str>) -> http::Response<Bytes> {
    let mut request = Request::builder().method(method).uri("/media/photo.jpg");
    if let Some(range) = range {
        request = request.header("range", range);
    }
    world.ask_for_bytes(request.body(Bytes::new()).unwrap()).await
}

fn header<'a>(reply: &'a http::Response<Bytes>, name: &str) -> &'a str {
    reply.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_sample_is_served_whole_and_its_size_to_head() {
    let world = World::new().await;
    let whole = ask(&world, Method::GET, None).await;
    let size = whole.body().len().to_string();
    let asked = ask(&world, Method::HEAD, None).await;
    assert!(asked.body().is_empty());
    for reply in [whole, asked] {
        assert_eq!(reply.status(), 200);
        assert_eq!(header(&reply, "content-type"), "image/jpeg");
        assert_eq!(header(&reply, "content-length"), size);
        assert_eq!(header(&reply, "accept-ranges"), "bytes");
    }
    assert_eq!(ask(&world, Method::POST, None).await.status(), 405);
    assert_eq!(world.get("/media/nothing.jpg").await.status, 404);
}

#[tokio::test]
async fn a_range_gives_that_part_and_an_unsatisfiable_one_nothing() {
    let world = World::new().await;
    let whole = ask(&world, Method::GET, None).await.into_body();
    let size = whole.len();
    let parts = [
        ("bytes=0-0".to_owned(), 206, 0..1),
        ("bytes=10-19".to_owned(), 206, 10..20),
        (format!("bytes=10-{}", size * 2), 206, 10..size),
        ("bytes=10-".to_owned(), 206, 10..size),
        ("bytes=-10".to_owned(), 206, size - 10..size),
        (format!("bytes=-{}", size * 2), 206, 0..size),
        (format!("bytes={size}-"), 416, 0..0),
        ("bytes=-0".to_owned(), 416, 0..0),
        ("bytes=9-8".to_owned(), 200, 0..size),
        ("bytes=0-1,4-5".to_owned(), 200, 0..size),
        ("lines=0-1".to_owned(), 200, 0..size),
    ];
    for (range, status, bytes) in parts {
        let reply = ask(&world, Method::GET, Some(&range)).await;
        assert_eq!(reply.status(), status, "{range}");
        assert_eq!(*reply.body(), whole[bytes.clone()], "{range}");
        assert_eq!(header(&reply, "content-length"), bytes.len().to_string(), "{range}");
        let said = match status {
            206 => format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1),
            416 => format!("bytes */{size}"),
            _ => String::new(),
        };
        assert_eq!(header(&reply, "content-range"), said, "{range}");
    }
}

#[tokio::test]
async fn a_range_is_ignored_for_head_and_with_if_range() {
    let world = World::new().await;
    let whole = ask(&world, Method::HEAD, Some("bytes=0-9")).await;
    assert_eq!((whole.status().as_u16(), header(&whole, "content-range")), (200, ""));
    let request = Request::get("/media/photo.jpg").header("range", "bytes=0-9").header("if-range", "\"v1\"");
    assert_eq!(world.ask_for_bytes(request.body(Bytes::new()).unwrap()).await.status(), 200);
}

#[tokio::test]
async fn own_samples_are_fetched_without_the_hook_and_others_with_it() {
    let world = World::new().await;
    let fetched = media::download(&world.sandbox.context, &format!("{ORIGIN}/media/clip.mp4?x=1")).await.unwrap();
    assert_eq!((fetched.content_type.as_str(), fetched.head.len()), ("video/mp4", crate::fetch::HEAD));
    assert!(fetched.bytes > fetched.head.len() as u64);
    assert!(media::download(&world.sandbox.context, &format!("{ORIGIN}/media/nothing.jpg")).await.is_none());
    let url = "https://media.example/square.jpg";
    assert!(media::download(&world.sandbox.context, url).await.is_none());
    world.publish(url, "image/jpeg", b"\xFF\xD8\xFF");
    assert_eq!(media::download(&world.sandbox.context, url).await.unwrap().bytes, 3);
}

#[test]
fn samples_match_their_names_and_are_small() {
    let shapes = [
        ("photo.jpg", Format::Jpeg, Some((1080, 1350))),
        ("square.jpg", Format::Jpeg, Some((1080, 1080))),
        ("landscape.jpg", Format::Jpeg, Some((1080, 566))),
        ("tall.jpg", Format::Jpeg, Some((720, 1800))),
        ("photo.png", Format::Png, Some((1080, 1350))),
        ("photo.webp", Format::Webp, Some((1080, 1350))),
        ("loop.gif", Format::Gif, Some((64, 64))),
        ("clip.mp4", Format::Mp4, None),
        ("clip-moov-last.mp4", Format::Mp4, None),
    ];
    assert_eq!(SAMPLES.len(), shapes.len());
    for (sample, (name, format, size)) in SAMPLES.iter().zip(shapes) {
        assert_eq!((sample.name, sniff(sample.bytes), dimensions(sample.bytes)), (name, Some(format), size));
        let limit = if format.is_video() { 300 } else { 60 };
        assert!(sample.bytes.len() < limit * 1024, "{name}");
    }
    let index = |name| {
        let at = |needle: &[u8]| {
            let bytes = media::sample::find(name).unwrap().bytes;
            bytes.windows(4).position(|window| window == needle).unwrap()
        };
        at(b"moov") < at(b"mdat")
    };
    assert!(index("clip.mp4") && !index("clip-moov-last.mp4"));
}

#[tokio::test]
async fn the_front_page_lists_every_sample() {
    let page = World::new().await.get("/").await.body;
    for sample in SAMPLES {
        assert!(page.contains(&format!(r#"href="/media/{}""#, sample.name)), "{}", sample.name);
    }
}
