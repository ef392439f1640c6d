//! Tests over real connections, against a server of the test's own on this machine. The guard refuses it unless it is
//! listed.

mod ask;
mod hostile;
mod pieces;
mod server;

use std::time::Duration;

use super::*;
use crate::net::Wire;
use server::{Reply, TestServer};

/// A client that may call this server, also for addresses from a third party, and nothing else on this machine.
fn http(server: &TestServer) -> HttpClient {
    HttpClient::new(Wire::new(false), Duration::from_secs(5)).with_own(&server.url("/").parse().unwrap())
}

/// The facts of one file, by a HEAD request.
async fn ask_one(http: &HttpClient, address: &str) -> Result<Facts, Unusable> {
    http.ask_media([address]).await.remove(address).unwrap()
}

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xC0\0\x11\x08\x05\x46\x04\x38\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xFF\xD9";

#[tokio::test]
async fn a_head_request_reports_type_and_length_if_the_server_does() {
    let server = TestServer::start(|request| match request.path {
        "/photo" => Reply::new(200).header("content-type", "image/jpeg").header("content-length", "1234"),
        "/nameless" => Reply::new(200).header("content-type", "application/octet-stream").header("content-length", "9"),
        "/empty" => Reply::new(200).header("content-length", "0"),
        "/signed-for-get" => Reply::new(403),
        "/no-head" => Reply::new(405),
        "/broken" => Reply::new(500),
        "/gone" => Reply::new(410),
        _ => Reply::new(404),
    })
    .await;
    let http = http(&server);
    let ask = async |path| ask_one(&http, &server.url(path)).await;
    let photo = Facts { format: Some(Format::Jpeg), bytes: Some(1234), ..Facts::default() };
    assert_eq!(ask("/photo").await, Ok(photo));
    assert_eq!(ask("/nameless").await, Ok(Facts { bytes: Some(9), ..Facts::default() }));
    assert_eq!(ask("/empty").await, Err(Unusable::Empty));
    for silent in ["/signed-for-get", "/no-head", "/broken"] {
        assert_eq!(ask(silent).await, Ok(Facts::default()), "{silent}");
    }
    assert!(server.requests().iter().all(|line| line.starts_with("HEAD ") || line == "GET /empty"));
    for (missing, status) in [("/gone", 410), ("/never-was", 404)] {
        assert_eq!(ask(missing).await, Err(Unusable::Status(status)), "{missing}");
    }
}

#[tokio::test]
async fn a_head_request_that_may_be_wrong_is_followed_by_a_get_for_one_byte() {
    let server = TestServer::start(|request| match (request.method, request.path) {
        ("HEAD", "/length-0") => Reply::new(200).header("content-type", "text/html").header("content-length", "0"),
        ("HEAD", "/not-found") => Reply::new(404),
        ("HEAD", "/gone") => Reply::new(410),
        ("HEAD", "/closes") => Reply::closes(),
        ("HEAD", "/redirected") => Reply::new(302).header("location", "/length-0"),
        ("HEAD", _) => Reply::new(404),
        ("GET", "/whole") => Reply::new(200).header("content-type", "image/jpeg").endless(JPEG),
        ("GET", "/empty") => Reply::new(416).header("content-range", "bytes */0"),
        ("GET", "/inside") => Reply::new(302).header("location", "http://169.254.169.254/"),
        ("GET", "/redirected") => Reply::new(302).header("location", "/length-0"),
        _ => Reply::new(206)
            .header("content-type", "image/jpeg")
            .header("content-range", "bytes 0-0/1234")
            .body(&JPEG[..1]),
    })
    .await;
    let http = http(&server);
    let ask = async |path| ask_one(&http, &server.url(path)).await;
    let photo = Facts { format: Some(Format::Jpeg), bytes: Some(1234), ..Facts::default() };
    for path in ["/length-0", "/not-found", "/gone", "/closes", "/redirected"] {
        assert_eq!(ask(path).await, Ok(photo), "{path}");
    }
    assert_eq!(ask("/whole").await, Ok(Facts { bytes: None, ..photo }), "its body is not read");
    assert_eq!(ask("/empty").await, Err(Unusable::Empty));
    assert!(matches!(ask("/inside").await, Err(Unusable::Forbidden(_))));
}

#[tokio::test]
async fn a_files_type_is_detected_from_its_first_bytes_and_never_from_its_name() {
    let server = TestServer::start(|request| match request.path {
        "/photo.png" => Reply::new(200).header("content-type", "image/png").body(JPEG),
        "/page.jpg" => Reply::new(200).header("content-type", "image/jpeg").body(b"<!doctype html><title>no</title>"),
        "/nothing.jpg" => Reply::new(200).header("content-type", "image/jpeg").body(b""),
        "/piece.jpg" => Reply::new(206).header("content-range", &format!("bytes 0-{}/5000", JPEG.len() - 1)).body(JPEG),
        _ => Reply::new(404),
    })
    .await;
    let http = http(&server);
    let look = async |path| http.look_at_media(&server.url(path)).await;
    let photo = look("/photo.png").await.unwrap();
    assert_eq!(
        (photo.format, photo.bytes, photo.pixels),
        (Some(Format::Jpeg), Some(JPEG.len() as u64), Some((1080, 1350)))
    );
    assert_eq!(look("/page.jpg").await.unwrap().format, None);
    assert_eq!(look("/nothing.jpg").await, Err(Unusable::Empty));
    assert_eq!(look("/piece.jpg").await.unwrap().bytes, Some(5000), "the length of the whole file, not of the range");
    assert_eq!(look("/missing.jpg").await, Err(Unusable::Status(404)));
}

#[tokio::test]
async fn a_videos_duration_is_found_at_the_start_and_at_the_end_of_the_file() {
    fn boxed(name: &str, content: &[u8]) -> Vec<u8> {
        [&u32::try_from(8 + content.len()).unwrap().to_be_bytes(), name.as_bytes(), content].concat()
    }
    let ftyp = boxed("ftyp", b"isom\0\0\0\0");
    let moov = boxed("moov", &boxed("mvhd", &[&[0; 12][..], &[0, 0, 3, 232], &[0, 0, 19, 136], &[0; 80]].concat()));
    let mdat = boxed("mdat", &vec![7; 200_000]);
    let cut = [ftyp.clone(), moov.clone(), mdat[..100_000].to_vec()].concat();
    let first = [ftyp.clone(), moov.clone(), mdat.clone()].concat();
    let last = [ftyp, mdat, moov].concat();
    let server = TestServer::start(move |request| {
        let file = match request.path {
            path if path.starts_with("/first") => &first,
            "/cut" => &cut,
            _ => &last,
        };
        match (request.path, request.range) {
            ("/unmeasured", _) => Reply::new(200).chunked(file),
            (path, Some((from, to))) if !path.ends_with("whole") => {
                let to = to.min(file.len() - 1);
                let range = format!("bytes {from}-{to}/{}", file.len());
                Reply::new(206).header("content-range", &range).body(&file[from..=to])
            }
            _ => Reply::new(200).body(file),
        }
    })
    .await;
    let http = http(&server);
    let look = async |path| http.look_at_media(&server.url(path)).await;
    assert_eq!(look("/first").await.unwrap().milliseconds, Some(5000));
    assert_eq!(look("/last").await.unwrap().milliseconds, Some(5000));
    assert_eq!(look("/first-whole").await.unwrap().milliseconds, Some(5000));
    assert_eq!(look("/last-whole").await.unwrap().milliseconds, None, "the whole file is not read for it");
    assert_eq!(look("/cut").await, Err(Unusable::Film(BrokenFilm::Cut)));
    assert_eq!(look("/unmeasured").await, Err(Unusable::NoLength));
}

#[tokio::test]
async fn three_redirects_are_followed() {
    let server = TestServer::start(|request| match request.path {
        "/photo" => Reply::new(200).body(JPEG),
        "/nowhere" => Reply::new(302),
        "/round" => Reply::new(302).header("location", "/round"),
        path => {
            let left: u32 = path.trim_start_matches('/').parse().unwrap();
            let to = if left == 1 { "/photo".to_owned() } else { format!("/{}", left - 1) };
            Reply::new([301, 302, 303, 307, 308][left as usize % 5]).header("location", &to)
        }
    })
    .await;
    let http = http(&server);
    let look = async |path| http.look_at_media(&server.url(path)).await;
    assert_eq!(look("/3").await.unwrap().format, Some(Format::Jpeg));
    assert_eq!(look("/4").await, Err(Unusable::Redirects));
    assert_eq!(look("/round").await, Err(Unusable::Redirects));
    assert_eq!(look("/nowhere").await, Err(Unusable::Redirects));
    assert_eq!(server.requests().len(), 4 + 4 + 4 + 1);
}

#[tokio::test]
async fn an_endless_body_is_abandoned_and_a_silent_server_times_out() {
    let server = TestServer::start(|request| match request.path {
        "/endless" => Reply::new(200).endless(JPEG),
        "/silent" => Reply::silent(),
        "/stalling" => Reply::new(200).header("content-length", "100000").body(JPEG).stalls(),
        _ => Reply::new(404),
    })
    .await;
    let patient = http(&server);
    let endless = patient.look_at_media(&server.url("/endless")).await;
    assert_eq!(endless.unwrap().format, Some(Format::Jpeg));
    let http =
        HttpClient::new(Wire::new(false), Duration::from_millis(100)).with_own(&server.url("/").parse().unwrap());
    let look = async |path| http.look_at_media(&server.url(path)).await;
    for slow in ["/silent", "/stalling"] {
        assert_eq!(look(slow).await, Err(Unusable::Unreachable("it is too slow".into())), "{slow}");
    }
    assert!(ask_one(&http, &server.url("/silent")).await.is_err());
}

#[test]
fn temporary_and_final_errors_are_told_apart() {
    let lasting = [400, 401, 403, 404, 410, 451].map(Unusable::Status);
    assert!(lasting.iter().all(Unusable::is_final));
    let passing = [408, 425, 429, 500, 502, 503].map(Unusable::Status);
    assert!(!passing.iter().any(Unusable::is_final));
    assert!(Unusable::Forbidden(guard::ForbiddenAddress::NotPublic).is_final());
    assert!(!Unusable::Unreachable(String::new()).is_final());
}
