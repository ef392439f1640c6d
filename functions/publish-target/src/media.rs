//! The facts of the target's media.

use futures_util::future::join_all;
use platforms::{
    FaultCode,
    media::{Facts, Media},
};
use publishing::{Event, Fault};
use shared::net::{HttpClient, media::Unusable};

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

/// The facts of all media, read from the files. `uploads`: their lengths have to be known.
pub(super) async fn facts(http: &HttpClient, media: &[Media], uploads: bool) -> Result<Vec<Facts>, UnusableMedia> {
    let results = join_all(media.iter().map(|media| http.look_at_media(&media.url))).await;
    let results = results.into_iter().enumerate().map(|(index, result)| match result {
        Ok(facts) if uploads && facts.format.is_some() && facts.bytes.is_none() => {
            Err(UnusableMedia { index, reason: Reason::Unusable(Unusable::NoLength) })
        }
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
