//! Tests over real connections to a server of the test on this machine.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};

use super::*;
use crate::net::Wire;

/// How the bytes of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
}

/// What the server received on each connection.
type Received = Arc<Mutex<Vec<(String, End)>>>;

/// A server that answers each request unless its path is `/silent`, and never closes a connection. It reads no more than
/// the head of a request to `/deaf`, until the connection ends.
async fn server() -> (String, Received, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = Received::default();
    let (ended, ends) = tokio::sync::mpsc::unbounded_channel();
    let all = received.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (received, ended) = (all.clone(), ended.clone());
            tokio::spawn(async move {
                let (mut seen, mut answered) = (Vec::new(), 0);
                let end = loop {
                    let mut bytes = [0; 4096];
                    match stream.read(&mut bytes).await {
                        Ok(0) => break End::Closed,
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                            break End::Reset;
                        }
                        Ok(read) => seen.extend_from_slice(&bytes[..read]),
                    }
                    let text = String::from_utf8_lossy(&seen);
                    let requests = text.matches("\r\n\r\n").count();
                    if requests > answered && !text.contains("/silent") {
                        answered = requests;
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
                    }
                };
                received.lock().await.push((String::from_utf8(seen).unwrap(), end));
                ended.send(()).unwrap();
            });
        }
    });
    (url, received, ends)
}

fn http(timeout: Duration) -> HttpClient {
    HttpClient::new(Wire::new(false), timeout)
}

fn get(url: &str, path: &str) -> Request {
    http::Request::get(format!("{url}{path}")).body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn each_request_has_its_own_connection_that_ends_with_it() {
    let (url, received, mut ends) = server().await;
    let http = http(Duration::from_secs(5));
    for _ in 0..2 {
        assert_eq!(http.send(get(&url, "/pooled"), Reach::Listed).await.unwrap().body(), "ok");
    }
    for path in ["/a?b=c", "/b"] {
        assert_eq!(http.send_fresh(get(&url, path), Reach::Listed).await.unwrap().body(), "ok");
        ends.recv().await.unwrap();
    }
    drop(http);
    ends.recv().await.unwrap();
    let host = url.strip_prefix("http://").unwrap();
    let fresh = |target: &str| format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let received: Vec<_> = received.lock().await.iter().map(|(text, _)| text.clone()).collect();
    let [first, second, pooled] = &received[..] else { panic!("{received:?}") };
    assert_eq!([first, second], [&fresh("/a?b=c"), &fresh("/b")]);
    assert_eq!(pooled.matches("GET /pooled ").count(), 2, "two requests on one connection");
}

#[tokio::test]
async fn nothing_is_sent_before_the_request() {
    let (url, received, mut ends) = server().await;
    let http = http(Duration::from_secs(5));
    let uri: Uri = url.parse().unwrap();
    drop(http.connect(&uri, Reach::Listed).await.unwrap());
    ends.recv().await.unwrap();
    assert_eq!(*received.lock().await, [(String::new(), End::Reset)]);
    let line = http.connect(&uri, Reach::Listed).await.unwrap();
    let elsewhere = line.send(get("http://127.0.0.1:1", "/")).await;
    assert_eq!(elsewhere.unwrap_err(), SendError::NotSent("the connection is to another server".into()));
    let line = http.connect(&uri, Reach::Listed).await.unwrap();
    assert_eq!(line.send(get(&url, "/")).await.unwrap().body(), "ok");
}

#[tokio::test]
async fn a_request_without_an_answer_in_time_is_reset() {
    let (url, received, mut ends) = server().await;
    let http = http(Duration::from_millis(100));
    // More than the buffers of both sides.
    let body = Bytes::from(vec![b'x'; 64 * 1024 * 1024]);
    let request = http::Request::post(format!("{url}/silent")).body(Bytes::new()).unwrap();
    let sent = http.send_fresh(request.clone(), Reach::Listed).await;
    assert_eq!(sent.unwrap_err(), SendError::OutcomeUnknown("no answer in time".into()));
    ends.recv().await.unwrap();
    let whole = body.len();
    let (parts, _) = request.into_parts();
    let _ = http.send_fresh(Request::from_parts(parts, body), Reach::Listed).await;
    ends.recv().await.unwrap();
    let received = received.lock().await;
    assert!(received.iter().all(|(_, end)| *end == End::Reset));
    assert!(received[1].0.len() < whole, "the rest was discarded");
}

/// The sandbox of `local` is on this machine, and its documents name it.
#[tokio::test]
async fn our_own_origin_may_be_named() {
    let (url, ..) = server().await;
    let http = http(Duration::from_secs(5));
    assert!(matches!(http.send_fresh(get(&url, "/"), Reach::Named).await, Err(SendError::Forbidden(_))));
    let own = http.with_own(&url.parse().unwrap());
    assert_eq!(own.send_fresh(get(&url, "/"), Reach::Named).await.unwrap().body(), "ok");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let http = http(Duration::from_secs(5));
    assert!(matches!(http.send_fresh(get(&url, "/"), Reach::Listed).await, Err(SendError::NotSent(_))));
    assert!(matches!(http.send_fresh(get(&url, "/"), Reach::Named).await, Err(SendError::Forbidden(_))));
    let chain = http.chain(Duration::ZERO);
    assert!(matches!(chain.send_fresh(get(&url, "/"), Reach::Listed).await, Err(SendError::NotSent(_))));
}
