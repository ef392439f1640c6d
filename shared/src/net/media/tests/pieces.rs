//! Streaming pieces of a file to another server.

use super::{HttpClient, Piece, Reply, SendError, TestServer, Wire, http};
use crate::net::{BodyError, Reach};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody};
use platforms::Frame;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::oneshot;

use super::super::super::{Request, Response, StreamingBody, Transport};

fn file() -> Vec<u8> {
    (0..100_000u32).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

/// Receives requests to `https://upload.test` and sends all others over the wire.
struct Receiver {
    wire: Wire,
    got: Arc<Mutex<Vec<u8>>>,
}

impl Transport for Receiver {
    fn send(&self, request: Request, reach: Reach) -> futures_util::future::BoxFuture<'_, Result<Response, SendError>> {
        self.wire.send(request, reach)
    }

    fn stream(
        &self,
        request: http::Request<StreamingBody>,
        reach: Reach,
    ) -> futures_util::future::BoxFuture<'_, Result<http::Response<StreamingBody>, SendError>> {
        if request.uri().host() != Some("upload.test") {
            return self.wire.stream(request, reach);
        }
        Box::pin(async move {
            let promised = http_body::Body::size_hint(request.body()).exact();
            let mut body = request.into_body();
            let mut got = Vec::new();
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => got.extend_from_slice(frame.data_ref().unwrap()),
                    Err(_) => return Err(SendError::OutcomeUnknown("the connection broke before the answer".into())),
                }
            }
            assert_eq!(promised, Some(got.len() as u64));
            *self.got.lock().unwrap() = got;
            Ok(http::Response::builder().status(201).body(StreamingBody::from(Bytes::new())).unwrap())
        })
    }
}

async fn relay(
    server: &TestServer,
    path: &str,
    range: std::ops::Range<u64>,
    total: u64,
) -> (Result<u16, SendError>, Vec<u8>) {
    relay_piece(server, path, &Piece { url: &server.url(path), range, total, frame: Frame::default() }).await
}

async fn relay_piece(server: &TestServer, path: &str, piece: &Piece<'_>) -> (Result<u16, SendError>, Vec<u8>) {
    let got = Arc::<Mutex<Vec<u8>>>::default();
    let receiver = Receiver { wire: Wire::new(false), got: got.clone() };
    let patience = if path == "/stalls" { Duration::from_millis(100) } else { Duration::from_secs(30) };
    let http = HttpClient::new(receiver, patience).with_own(&server.url("/").parse().unwrap());
    let (parts, Full { .. }) =
        http::Request::put("https://upload.test/").body(Full::<Bytes>::default()).unwrap().into_parts();
    let sent = http.relay(parts, piece, Reach::Named).await;
    (sent.map(|answer| answer.status().as_u16()), std::mem::take(&mut got.lock().unwrap()))
}

async fn source() -> TestServer {
    TestServer::start(|asked| {
        let file = file();
        match (asked.path, asked.range) {
            ("/pieces", Some((from, to))) => {
                let range = format!("bytes {from}-{to}/{}", file.len());
                Reply::new(206).header("content-range", &range).body(&file[from..=to])
            }
            ("/wrong-piece", _) => Reply::new(206).header("content-range", "bytes 0-9/100000").body(&file[..10]),
            ("/whole", _) => Reply::new(200).body(&file),
            ("/short", _) => Reply::new(206).header("content-range", "bytes 0-99/100000").body(&file[..10]),
            ("/stalls", _) => Reply::new(200).header("content-length", "100000").body(&file[..10]).stalls(),
            ("/other", _) => Reply::new(200).body(&file[..10]),
            _ => Reply::new(404),
        }
    })
    .await
}

#[tokio::test]
async fn each_piece_has_exactly_its_bytes() {
    let server = source().await;
    for path in ["/pieces", "/whole"] {
        for (from, to) in [(0, 100_000), (0, 1), (99_999, 100_000), (40_000, 80_000)] {
            let (sent, got) = relay(&server, path, from..to, 100_000).await;
            assert_eq!(sent, Ok(201), "{path}");
            assert!(got == file()[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()], "{path} {from}");
        }
    }
}

#[tokio::test]
async fn a_frame_surrounds_a_piece() {
    let server = source().await;
    let frame = Frame { before: "before ".into(), after: " after".into() };
    let (pieces, short) = (server.url("/pieces"), server.url("/short"));
    let piece = Piece { url: &pieces, range: 70..75, total: 100_000, frame };
    let sent = relay_piece(&server, "/pieces", &piece).await;
    assert_eq!(sent, (Ok(201), [b"before ", &file()[70..75], b" after"].concat()));
    let lost = relay_piece(&server, "/short", &Piece { url: &short, range: 0..100, ..piece }).await;
    assert!(matches!(lost, (Err(SendError::Media(_)), got) if got.is_empty()), "the end of the form never leaves");
}

/// The receiver got fewer bytes than announced, so it has nothing, and the failure says so.
#[tokio::test]
async fn a_file_that_ends_early_or_has_changed_was_not_sent() {
    let server = source().await;
    for (path, from) in [("/short", 0), ("/wrong-piece", 100), ("/other", 0), ("/missing", 0)] {
        let (sent, got) = relay(&server, path, from..from + 100, 100_000).await;
        assert!(matches!(sent, Err(SendError::Media(_))), "{path}: {sent:?}");
        assert!(got.is_empty(), "{path}");
    }
    let (sent, _) = relay(&server, "/stalls", 0..100, 100_000).await;
    assert_eq!(sent, Err(SendError::Media("its server is too slow".into())));
}

#[tokio::test]
async fn a_receiver_that_breaks_is_not_taken_for_a_broken_source() {
    let server = source().await;
    let url = server.url("/pieces");
    let http = http(&server);
    let (parts, Full { .. }) =
        http::Request::put("https://upload.test/").body(Full::<Bytes>::default()).unwrap().into_parts();
    let piece = Piece { url: &url, range: 0..100_000, total: 100_000, frame: Frame::default() };
    let lost = http.relay_over(parts, &piece, |request| {
        drop(request);
        async { Err(SendError::OutcomeUnknown("the connection broke".into())) }
    });
    assert_eq!(lost.await.map(|_| ()), Err(SendError::OutcomeUnknown("the connection broke".into())));
}

/// A source whose bytes the test sends.
struct Fed(Mutex<Option<oneshot::Receiver<Bytes>>>);

impl Transport for Fed {
    fn send(&self, _: Request, _: Reach) -> futures_util::future::BoxFuture<'_, Result<Response, SendError>> {
        unreachable!("only streams")
    }

    fn stream(
        &self,
        _: http::Request<StreamingBody>,
        _: Reach,
    ) -> futures_util::future::BoxFuture<'_, Result<http::Response<StreamingBody>, SendError>> {
        let bytes = self.0.lock().unwrap().take().unwrap();
        let body =
            StreamBody::new(futures_util::stream::once(async { Ok(http_body::Frame::data(bytes.await.unwrap())) }));
        let answer = http::Response::builder().status(206).header("content-range", "bytes 0-99/100");
        Box::pin(async { Ok(answer.body(StreamingBody::new(body, |never: BodyError| never)).unwrap()) })
    }
}

/// A connection may still read the body when the time is over.
#[tokio::test]
async fn the_end_of_a_piece_that_came_too_late_never_leaves() {
    let (feed, fed) = oneshot::channel();
    let http = HttpClient::new(Fed(Mutex::new(Some(fed))), Duration::from_millis(50));
    let (parts, Full { .. }) =
        http::Request::put("https://upload.test/").body(Full::<Bytes>::default()).unwrap().into_parts();
    let piece = Piece { url: "https://m.test/", range: 0..100, total: 100, frame: Frame::default() };
    let kept = Mutex::new(None);
    let late = http.relay_over(parts, &piece, |request| async {
        let mut body = request.into_body();
        assert!(futures_util::poll!(body.frame()).is_pending());
        *kept.lock().unwrap() = Some(body);
        std::future::pending().await
    });
    assert_eq!(late.await.map(|_| ()), Err(SendError::Media("its server is too slow".into())));
    feed.send(vec![7; 100].into()).unwrap();
    let body = kept.lock().unwrap().take().unwrap();
    assert_eq!(body.whole(100).await, Err(BodyError("the exchange is over".into())));
}

#[tokio::test]
async fn a_platform_cannot_name_a_private_upload_address() {
    let server = source().await;
    let inside = TestServer::start(|_| Reply::new(201)).await;
    let http = http(&server);
    let to: url::Url = inside.url("/upload").parse().unwrap();
    let (parts, Full { .. }) = http::Request::put(to.as_str()).body(Full::<Bytes>::default()).unwrap().into_parts();
    let piece = Piece { url: &server.url("/pieces"), range: 0..10, total: 100_000, frame: Frame::default() };
    let sent = http.relay(parts, &piece, http.reach(&to)).await;
    assert!(matches!(sent, Err(SendError::Forbidden(_))), "{sent:?}");
    assert_eq!(inside.connections(), 0);
}
