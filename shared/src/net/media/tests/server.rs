//! A local server that answers byte by byte what a test tells it to, and counts connections.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(super) struct TestServer {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

pub(super) struct Received<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// First and last byte.
    pub(super) range: Option<(usize, usize)>,
}

pub(super) struct Reply {
    status: u16,
    headers: String,
    body: Vec<u8>,
    then: Then,
}

#[derive(PartialEq)]
enum Then {
    End,
    /// Sends nothing more and keeps the connection open.
    Stall,
    Forever,
    Silence,
    Close,
}

impl Reply {
    pub(super) fn new(status: u16) -> Self {
        Self { status, headers: String::new(), body: Vec::new(), then: Then::End }
    }

    pub(super) fn silent() -> Self {
        Self { then: Then::Silence, ..Self::new(200) }
    }

    /// Closes the connection without an answer.
    pub(super) fn closes() -> Self {
        Self { then: Then::Close, ..Self::new(200) }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(super) fn body(self, body: &[u8]) -> Self {
        let measured = self.headers.contains("content-length");
        let length = body.len().to_string();
        let reply = if measured { self } else { self.header("content-length", &length) };
        Self { body: body.to_vec(), ..reply }
    }

    /// Without a `Content-Length`.
    pub(super) fn chunked(self, body: &[u8]) -> Self {
        let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
        Self { body: chunk, ..self.header("transfer-encoding", "chunked") }
    }

    pub(super) fn endless(self, beginning: &[u8]) -> Self {
        Self { body: beginning.to_vec(), then: Then::Forever, ..self }
    }

    pub(super) fn stalls(self) -> Self {
        Self { then: Then::Stall, ..self }
    }
}

impl TestServer {
    pub(super) async fn start(answer: impl Fn(Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
        let server = Self { port, connections: connections.clone(), requests: requests.clone() };
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, requests) = (answer.clone(), requests.clone());
                tokio::spawn(async move { serve(stream, &*answer, &requests).await });
            }
        });
        server
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Method and path of each request so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: &(impl Fn(Received) -> Reply + Sync), requests: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next().unwrap();
    let (line, _) = line.rsplit_once(' ').unwrap();
    requests.lock().unwrap().push(line.to_owned());
    let range = head.lines().find_map(|line| line.strip_prefix("range: bytes=")).map(|range| {
        let (from, to) = range.split_once('-').unwrap();
        (from.parse().unwrap(), to.parse().unwrap())
    });
    let (method, path) = line.split_once(' ').unwrap();
    let reply = answer(Received { method, path, range });
    match reply.then {
        Then::Silence => return std::future::pending().await,
        Then::Close => return,
        _ => {}
    }
    let mut bytes = format!("HTTP/1.1 {} X\r\nconnection: close\r\n{}", reply.status, reply.headers);
    if reply.body.is_empty() && !reply.headers.contains("content-length") {
        bytes.push_str("content-length: 0\r\n");
    }
    let body = if line.starts_with("HEAD ") { &[] } else { reply.body.as_slice() };
    let whole = [bytes.as_bytes(), b"\r\n", body].concat();
    if stream.write_all(&whole).await.is_err() {
        return;
    }
    match reply.then {
        Then::Stall => std::future::pending().await,
        Then::Forever => while stream.write_all(&[0; 4096]).await.is_ok() {},
        Then::End | Then::Silence | Then::Close => {}
    }
}
