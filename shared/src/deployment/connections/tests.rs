use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use crate::{config::Config, deployment::Deployment};

/// An endpoint that counts its connections and answers every request in the same way.
struct Endpoint {
    url: String,
    connections: Arc<AtomicUsize>,
    pings: Arc<AtomicUsize>,
    /// Responses to unsigned requests wait for this.
    gate: Arc<Semaphore>,
}

impl Endpoint {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gate = Arc::new(Semaphore::new(0));
        let endpoint = Self { url, connections: Arc::default(), pings: Arc::default(), gate };
        let (connections, pings, gate) = (endpoint.connections.clone(), endpoint.pings.clone(), endpoint.gate.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, pings.clone(), gate.clone()));
            }
        });
        endpoint
    }

    fn deployment(&self) -> Deployment {
        let config = Config::of(|name| match name {
            "AWS_ENDPOINT_URL" => Some(self.url.clone()),
            "MAIN_TABLE" => Some("main".into()),
            name => name.starts_with("AWS_").then(|| "local".into()),
        });
        Deployment::new(config.unwrap())
    }
}

async fn answer(mut stream: TcpStream, pings: Arc<AtomicUsize>, gate: Arc<Semaphore>) {
    let mut seen = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        let Ok(read @ 1..) = stream.read(&mut bytes).await else { return };
        seen.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() < length {
            continue;
        }
        if head.starts_with("get / ") && !head.contains("authorization") {
            pings.fetch_add(1, Ordering::SeqCst);
            drop(gate.acquire().await);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        seen.clear();
    }
}

/// Makes two calls at once, as a request does.
async fn two_calls(deployment: &Deployment) {
    let calls = [deployment.dynamodb(), deployment.dynamodb()].map(|client| {
        let key = aws_sdk_dynamodb::types::AttributeValue::S("a".into());
        client.get_item().table_name("main").key("pk", key).send()
    });
    futures_util::future::try_join_all(calls).await.unwrap();
}

#[tokio::test]
async fn the_first_request_opens_no_connection() {
    let endpoint = Endpoint::start().await;
    let deployment = endpoint.deployment();
    deployment.store().unwrap();
    // Requests that come before the connections are open wait for them.
    let open = async {
        while endpoint.pings.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        endpoint.gate.add_permits(1);
    };
    tokio::join!(two_calls(&deployment), open);
    two_calls(&deployment).await;
    assert_eq!(endpoint.pings.load(Ordering::SeqCst), 2);
    assert_eq!(endpoint.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn without_a_store_no_connection_is_opened() {
    let endpoint = Endpoint::start().await;
    let deployment = endpoint.deployment();
    let _ = (deployment.http(), deployment.queue());
    tokio::task::yield_now().await;
    assert_eq!(endpoint.connections.load(Ordering::SeqCst), 0);
}
