//! The target's media: their facts, and the upload in chunks for platforms that need the bytes.

use futures_util::future::join_all;
use platforms::{
    FaultCode, Upload,
    media::{Facts, Media},
};
use publishing::{Event, Fault};
use shared::net::{
    HttpClient, Line, Reach, Request, Response, SendError,
    media::{Piece, Unusable},
};

/// A media file that cannot be used.
#[derive(Debug)]
pub(super) struct UnusableMedia {
    index: usize,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Unusable(Unusable),
    /// No platform accepts the format.
    UnknownFormat,
}

/// The facts of all media, read from the files.
pub(super) async fn facts(http: &HttpClient, media: &[Media]) -> Result<Vec<Facts>, UnusableMedia> {
    let results = join_all(media.iter().map(|media| http.look_at_media(&media.url))).await;
    let results = results.into_iter().enumerate().map(|(index, result)| match result {
        Ok(facts) if facts.format.is_some() => Ok(facts),
        Ok(_) => Err(UnusableMedia { index, reason: Reason::UnknownFormat }),
        Err(unusable) => Err(UnusableMedia { index, reason: Reason::Unusable(unusable) }),
    });
    results.collect()
}

impl UnusableMedia {
    /// What that means for the target: temporary failures are retried.
    pub(super) fn event(&self) -> Event {
        let index = self.index;
        match &self.reason {
            Reason::Unusable(Unusable::Film(broken)) => {
                let message = format!("media[{index}] cannot be published; nothing was sent: {broken}.");
                Event::Refused(Fault::new(FaultCode::MediaFormat, message))
            }
            Reason::Unusable(unusable) => {
                let message = format!("media[{index}] cannot be fetched; nothing was sent: {unusable}.");
                match unusable.is_final() {
                    true => Event::Refused(Fault::new(FaultCode::MediaUnreachable, message)),
                    false => Event::MediaUnreachable { message },
                }
            }
            Reason::UnknownFormat => {
                let message = format!("media[{index}] is no picture or video of a known form; nothing was sent.");
                Event::Refused(Fault::new(FaultCode::MediaFormat, message))
            }
        }
    }
}

/// Where a chunk of a file goes: to an upload address that the platform named, through the address guard.
pub(super) fn reach(http: &HttpClient, request: &Request) -> Result<Reach, SendError> {
    let to = request.uri().to_string().parse();
    to.map(|to| http.reach(&to)).map_err(|_| SendError::NotSent("there is no such address".into()))
}

/// Sends a chunk of a file without a credential. The text of [`SendError::Media`] is a message for the agency. `line`: the connection, if it has its own.
pub(super) async fn relay(
    http: &HttpClient,
    line: Option<Line<'_>>,
    media: &[Media],
    request: Request,
    upload: &Upload,
) -> Result<Response, SendError> {
    let Some(media) = media.get(upload.media) else {
        return Err(SendError::NotSent("there is no such media".into()));
    };
    let reach = reach(http, &request)?;
    let piece = Piece { url: &media.url, range: upload.range.clone(), total: upload.total };
    let sent = match line {
        Some(line) => line.relay(request.into_parts().0, &piece).await,
        None => http.relay(request.into_parts().0, &piece, reach).await,
    };
    sent.map_err(|failure| match failure {
        SendError::Media(reason) => {
            SendError::Media(format!("media[{}] cannot be fetched, so it was not sent: {reason}.", upload.media))
        }
        failure => failure,
    })
}
