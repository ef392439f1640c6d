//! HTTP on loopback: listens on 127.0.0.1, answers only requests to its own host names, and shuts down gracefully.

mod connection;
mod lingering;
#[cfg(test)]
mod tests;

use std::{future::Future, io, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use url::Url;

use crate::{Sentence, sources::Peer};

pub(crate) use connection::{BodyLimits, UnreadBody};

/// How long running requests may take to finish at shutdown.
const GRACE: Duration = Duration::from_secs(10);
/// The wait after the system has refused a connection, because files or memory have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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

/// Serves until `stop`. `None` from `answer` closes the connection without an answer.
pub(crate) async fn serve<F, Fut>(server: Server, mut stop: watch::Receiver<bool>, limits: BodyLimits, answer: F)
where
    F: Fn(Request<UnreadBody>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Response<Bytes>>> + Send + 'static,
{
    let graceful = GracefulShutdown::new();
    let port = server.url.port().unwrap_or(80);
    while let Some((stream, address)) = next(|| server.listener.accept(), &mut stop).await {
        let answer = answer.clone();
        let answer = move |mut request: Request<UnreadBody>| {
            request.extensions_mut().insert(Peer(address.ip()));
            answer(request)
        };
        let connection = graceful.watch(connection::connection(stream, port, limits, answer));
        tokio::spawn(async move {
            // A broken connection is the peer's matter.
            let _ = connection.await;
        });
    }
    drop(server.listener);
    let _: Result<(), _> = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// The next connection; `None` at `stop`. While the system refuses connections, it is asked again after a pause: they wait
/// in its queue, and files are free again when running requests end.
async fn next<T, F>(mut accept: impl FnMut() -> F, stop: &mut watch::Receiver<bool>) -> Option<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut is_reported = false;
    loop {
        let error = tokio::select! {
            accepted = accept() => match accepted {
                Ok(connection) => return Some(connection),
                Err(error) => error,
            },
            _ = stop.changed() => return None,
        };
        // The peer has ended the connection before it was accepted.
        if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
            continue;
        }
        if !is_reported {
            tracing::warn!(%error, "no connection can be accepted");
            is_reported = true;
        }
        if tokio::time::timeout(ACCEPT_PAUSE, stop.changed()).await.is_ok() {
            return None;
        }
    }
}

/// A refusal, which ends the connection: the rest of the request is not read.
fn refuse(status: StatusCode, sentence: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(sentence.as_bytes()));
    *response.status_mut() = status;
    closing(response)
}

/// Ends the connection after this answer.
pub(crate) fn closing(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}
