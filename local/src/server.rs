//! HTTP on loopback: listens on 127.0.0.1, answers only requests to its own host names, and shuts down gracefully.

use std::{future::Future, io, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use url::Url;

use crate::Sentence;

/// The gateway's limit: 10 MB.
pub(crate) const GATEWAY_BODY: usize = 10 * 1024 * 1024;
/// How long running requests may take to finish at shutdown.
const GRACE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) url: Url,
}

pub(crate) async fn bind(port: u16) -> Result<Server, Sentence> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "Port {port} is taken: end what listens there, or choose other ports with --port and --sandbox-port."
            )
        }
        io::ErrorKind::PermissionDenied => format!("Port {port} may not be used: choose one above 1023 with --port."),
        _ => format!("Port {port} cannot be listened on: {error}."),
    })?;
    let address = listener.local_addr().map_err(|error| format!("Port {port} has no address: {error}."))?;
    let url = format!("http://{address}").parse().map_err(|_| format!("{address} makes no URL."))?;
    Ok(Server { listener, url })
}

/// Becomes true on Ctrl-C or SIGTERM.
pub(crate) fn stop_signal() -> Result<watch::Receiver<bool>, Sentence> {
    let failed = |error| format!("Signals cannot be listened to: {error}.");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let (send, receive) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        // An error means that nothing listens any more: the servers have ended already.
        let _ = send.send(true);
    });
    Ok(receive)
}

/// Serves until `stop`, with request bodies of at most `most` bytes. `None` from `answer` closes the connection without
/// an answer.
pub(crate) async fn serve<F, Fut>(server: Server, mut stop: watch::Receiver<bool>, most: usize, answer: F)
where
    F: Fn(Request<Bytes>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Response<Bytes>>> + Send + 'static,
{
    let graceful = GracefulShutdown::new();
    let port = server.url.port().unwrap_or(80);
    loop {
        let stream = tokio::select! {
            accepted = server.listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // A connection that failed during the handshake.
                Err(_) => continue,
            },
            _ = stop.changed() => break,
        };
        let answer = answer.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = answer.clone();
            async move {
                let answered = match accept(request, port, most).await {
                    Ok(request) => answer(request).await,
                    Err(refused) => Some(refused),
                };
                answered.map(|answer| answer.map(Full::new)).ok_or_else(|| io::Error::other("the answer is lost"))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A broken connection is the peer's matter.
            let _ = connection.await;
        });
    }
    drop(server.listener);
    let _: Result<(), _> = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// Reads a request if its `Host` is ours. A foreign host name that resolves to this machine is a DNS rebinding attack
/// by a web page.
async fn accept(request: Request<Incoming>, port: u16, most: usize) -> Result<Request<Bytes>, Response<Bytes>> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if ![format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|name| name == host) {
        return Err(refuse(
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers only to the names 127.0.0.1 and localhost.\n",
        ));
    }
    let (parts, body) = request.into_parts();
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(Request::from_parts(parts, body.to_bytes())),
        Err(_) => Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or ended early.\n")),
    }
}

fn refuse(status: StatusCode, sentence: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(sentence.as_bytes()));
    *response.status_mut() = status;
    response
}
