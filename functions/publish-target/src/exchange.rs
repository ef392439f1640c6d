//! Sends a request of an adapter with its credential, and streams the part of a file that its body carries.

use bytes::Bytes;
use http::{StatusCode, header};
use platforms::{Call, Credential, Effect, Source, Upload, media::Media};
use shared::{
    net::{HttpClient, Line, Reach, Request, Response, SendError, media::Piece},
    oauth::{Session, authorization},
};

/// The connection of a commit; `None` for other steps, which may use an open one.
pub(super) async fn connect<'h>(session: &Session<'h>, call: &Call) -> Result<Option<Line<'h>>, SendError> {
    if call.effect != Effect::Commit {
        return Ok(None);
    }
    let reach = match call.credential {
        Credential::Grant => session.reach(),
        Credential::None | Credential::Service { .. } => named(session.http, &call.request)?,
    };
    session.http.connect(call.request.uri(), reach).await.map(Some)
}

/// The response to a request. The text of [`SendError::Media`] is a message for the agency. `line`: the connection, if the
/// request has its own.
pub(super) async fn send(
    session: &Session<'_>,
    line: Option<Line<'_>>,
    media: &[Media],
    Call { request, effect, credential, upload }: Call,
) -> Result<Response, SendError> {
    let piece = upload.as_ref().map(|upload| piece(upload, media)).transpose()?;
    let sent = match (credential, piece.as_ref()) {
        (Credential::Grant, Some(piece)) => session.relay(&request, piece).await,
        (Credential::Grant, None) => match line {
            Some(line) => session.send_over(line, &request).await,
            None => session.send(&request).await,
        },
        (Credential::None, Some(piece)) => without_credential(session.http, line, request, piece).await,
        (Credential::None, None) => {
            let answer = page(session.http, request).await;
            // The post can go out without what a page says.
            if effect == Effect::Commit { answer } else { Ok(answer.unwrap_or_else(|_| unreachable())) }
        }
        (Credential::Service { audience, method }, piece) => match session.service_token(&audience, method).await? {
            Err(refusal) => Ok(refusal),
            Ok(token) => match with_token(session.http, request, token.expose(), piece).await {
                // The post can go out without another service than the account's server.
                Err(failure) if effect != Effect::Commit && !matches!(failure, SendError::Media(_)) => {
                    Ok(unreachable())
                }
                sent => sent,
            },
        },
    };
    match (sent, upload.map(|upload| upload.source)) {
        (Err(SendError::Media(reason)), Some(Source::Media(n))) => {
            Err(SendError::Media(format!("media[{n}] cannot be fetched, so it was not sent: {reason}.")))
        }
        (Err(SendError::Media(_)), Some(Source::Page(_))) => Ok(unreachable()),
        (sent, _) => sent,
    }
}

fn piece<'m>(upload: &'m Upload, media: &'m [Media]) -> Result<Piece<'m>, SendError> {
    let url = match &upload.source {
        Source::Media(n) => media.get(*n).map(|media| media.url.as_str()),
        Source::Page(url) => Some(url.as_str()),
    };
    let url = url.ok_or_else(|| SendError::NotSent("there is no such media".into()))?;
    Ok(Piece { url, range: upload.range.clone(), total: upload.total, frame: upload.frame.clone() })
}

/// The reach of an address that a platform or a page named: through the address guard.
fn named(http: &HttpClient, request: &Request) -> Result<Reach, SendError> {
    let to = request.uri().to_string().parse();
    to.map(|to| http.reach(&to)).map_err(|_| SendError::NotSent("there is no such address".into()))
}

async fn without_credential(
    http: &HttpClient,
    line: Option<Line<'_>>,
    request: Request,
    piece: &Piece<'_>,
) -> Result<Response, SendError> {
    let reach = named(http, &request)?;
    match line {
        Some(line) => line.relay(request.into_parts().0, piece).await,
        None => http.relay(request.into_parts().0, piece, reach).await,
    }
}

async fn page(http: &HttpClient, request: Request) -> Result<Response, SendError> {
    let reach = named(http, &request)?;
    http.send(request, reach).await
}

fn unreachable() -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
    response
}

async fn with_token(
    http: &HttpClient,
    mut request: Request,
    token: &str,
    piece: Option<&Piece<'_>>,
) -> Result<Response, SendError> {
    request.headers_mut().insert(header::AUTHORIZATION, authorization("Bearer", token)?);
    match piece {
        Some(piece) => http.relay(request.into_parts().0, piece, Reach::Listed).await,
        None => http.send(request, Reach::Listed).await,
    }
}
