//! A stub of the Lambda Runtime API: hands out events, takes answers, and records the time of each.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Instant};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
};

use crate::Sentence;

/// In the year 2100, so that no function runs out of time.
const DEADLINE_MS: &str = "4102444800000";

/// The benchmark's side of the stub, for one process.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    polls: UnboundedReceiver<Instant>,
    answers: UnboundedReceiver<(Instant, bool, Bytes)>,
    events: UnboundedSender<Bytes>,
}

/// The process's side: the HTTP server.
struct Stub {
    polls: UnboundedSender<Instant>,
    answers: UnboundedSender<(Instant, bool, Bytes)>,
    events: Mutex<UnboundedReceiver<Bytes>>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, Sentence> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| format!("No port is free: {error}."))?;
        let address = listener.local_addr().map_err(|error| format!("The stub has no address: {error}."))?;
        let ((poll, polls), (answer, answers), (events, event)) =
            (unbounded_channel(), unbounded_channel(), unbounded_channel());
        let stub = Arc::new(Stub { polls: poll, answers: answer, events: Mutex::new(event) });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stub = Arc::clone(&stub);
                let serve = service_fn(move |request| {
                    let stub = Arc::clone(&stub);
                    async move { Ok::<_, Infallible>(stub.answer(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), serve));
            }
        });
        Ok(Self { address, polls, answers, events })
    }

    /// Waits until the process asks for an event: when it did.
    pub(crate) async fn polled(&mut self) -> Result<Instant, Sentence> {
        self.polls.recv().await.ok_or_else(|| "The stub ended.".into())
    }

    /// Hands out an event: when it was handed out, when it was answered, and the answer.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<(Instant, Instant, Bytes), Sentence> {
        let sent = Instant::now();
        self.events.send(event.clone()).map_err(|_| "The stub ended.")?;
        match self.answers.recv().await {
            Some((at, true, answer)) => Ok((sent, at, answer)),
            Some((_, false, error)) => Err(format!("The function failed: {}", String::from_utf8_lossy(&error))),
            None => Err("The stub ended.".into()),
        }
    }
}

impl Stub {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        if request.method() == Method::GET {
            // Fails only once the benchmark is done with this process, which it then kills.
            let _ = self.polls.send(Instant::now());
            let event = self.events.lock().await.recv().await.unwrap_or_default();
            return Response::builder()
                .header("content-type", "application/json")
                .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                .header("lambda-runtime-deadline-ms", DEADLINE_MS)
                .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:bench")
                .body(Full::new(event))
                .expect("the headers are valid");
        }
        let at = Instant::now();
        let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let _ = self.answers.send((at, path.ends_with("/response"), body));
        let mut taken = Response::new(Full::default());
        *taken.status_mut() = StatusCode::ACCEPTED;
        taken
    }
}
