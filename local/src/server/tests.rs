//! The server's limits, over pipes and with a clock that jumps to the next deadline.

use std::{future::ready, io::ErrorKind};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    time::Instant,
};

use super::*;

const LIMITS: BodyLimits = BodyLimits { size: 100, time: Duration::from_secs(30) };

/// What the server sends to a client that sends this and then waits, and after how long it ends the connection.
async fn exchange(sent: &str) -> (String, Duration) {
    let (mut client, server) = duplex(256 * 1024);
    let answer = |request: Request<UnreadBody>| async {
        let body = request.into_body().read().await;
        Some(body.map_or_else(|refusal| refusal, Response::new))
    };
    tokio::spawn(async move { connection::connection(server, 9000, LIMITS, answer).await });
    let start = Instant::now();
    client.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let all = tokio::time::timeout(Duration::from_secs(3600), client.read_to_string(&mut answer)).await;
    all.expect("the server ends the connection").unwrap();
    (answer, start.elapsed())
}

fn post(headers: &str, body: &str) -> String {
    format!("POST /v1/posts HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n{headers}\r\n{body}")
}

#[tokio::test(start_paused = true)]
async fn headers_have_ten_seconds() {
    for sent in ["", "POST /v1/posts HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n"] {
        let (_, time) = exchange(sent).await;
        assert_eq!(time.as_secs(), 10, "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_ends_after_ten_seconds() {
    let (answer, time) = exchange(&post("Content-Length: 4\r\n", "body")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("body"), "{answer}");
    assert_eq!(time.as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_has_its_time_and_size() {
    for (headers, body, status, seconds) in [
        ("Content-Length: 10\r\n", "half", "408", 30),
        ("Transfer-Encoding: chunked\r\n", "4\r\nhalf\r\n", "408", 30),
        ("Content-Length: 101\r\n", "", "413", 0),
        ("Transfer-Encoding: chunked\r\n", &format!("65\r\n{}\r\n", "a".repeat(0x65)), "413", 0),
    ] {
        let (answer, time) = exchange(&post(headers, body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers} {answer}");
        assert!(answer.contains("connection: close"), "{headers} {answer}");
        assert_eq!(time.as_secs(), seconds, "{headers}");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_have_a_limited_size() {
    let long = |length| post(&format!("X-Long: {}\r\nConnection: close\r\n", "a".repeat(length)), "");
    assert!(exchange(&long(10 * 1024)).await.0.starts_with("HTTP/1.1 200"));
    assert!(exchange(&long(64 * 1024)).await.0.starts_with("HTTP/1.1 431"));
}

#[tokio::test(start_paused = true)]
async fn a_misdirected_request_ends_the_connection() {
    for sent in [
        "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 10\r\n\r\n",
        "POST http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:9000\r\nContent-Length: 10\r\n\r\n",
    ] {
        let (answer, time) = exchange(sent).await;
        assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
        assert_eq!(time.as_secs(), 0, "without its body");
    }
    let ours = "GET http://localhost:9000/ HTTP/1.1\r\nHost: localhost:9000\r\nConnection: close\r\n\r\n";
    assert!(exchange(ours).await.0.starts_with("HTTP/1.1 200"));
}

/// More than the pipe holds, of which the server reads nothing before its answer.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_refused_unread_does_not_lose_the_answer() {
    let (answer, _) = exchange(&post("Content-Length: 10000000\r\n", &"a".repeat(1_000_000))).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_close_is_waited_for_a_second() {
    let (mut client, server) = duplex(1024);
    let ended = tokio::spawn(connection::connection(server, 9000, LIMITS, |_| async { Some(Response::default()) }));
    let start = Instant::now();
    client.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:9000\r\nConnection: close\r\n\r\n").await.unwrap();
    ended.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_secs(), lingering::LINGER.as_secs());
}

/// 24 is `EMFILE`: the process has no file left.
#[tokio::test(start_paused = true)]
async fn the_server_pauses_while_files_have_run_out() {
    let (_send, mut stop) = watch::channel(false);
    let mut answers = [None, None, None, Some(ErrorKind::ConnectionAborted), None].into_iter();
    let mut tries = 0;
    let start = Instant::now();
    let accept = || {
        tries += 1;
        ready(match answers.next() {
            Some(None) => Err(io::Error::from_raw_os_error(24)),
            Some(Some(kind)) => Err(kind.into()),
            None => Ok(()),
        })
    };
    assert_eq!(next(accept, &mut stop).await, Some(()));
    assert_eq!((tries, start.elapsed()), (6, 4 * ACCEPT_PAUSE), "no pause after a connection that the peer ended");
}

#[tokio::test]
async fn the_server_stops_while_files_have_run_out() {
    let (send, mut stop) = watch::channel(false);
    send.send(true).unwrap();
    let emfile = || ready(Err::<(), _>(io::Error::from_raw_os_error(24)));
    assert_eq!(next(emfile, &mut stop).await, None);
}
