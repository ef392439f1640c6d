//! The post's media: looked at once a claim, and handed on in pieces where a platform wants the bytes.

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use platforms::{
    FaultCode, Upload,
    media::{Facts, Media},
};
use publishing::{
    Target,
    outcome::{self, fault},
};
use shared::net::{
    HttpClient, Request, Response, SendError,
    media::{Piece, Unusable},
};
use tokio::sync::OnceCell;

/// What the media are, told from their bytes.
#[derive(Default)]
pub(super) struct Looked(OnceCell<Result<Vec<Facts>, Spoiled>>);

/// One of them cannot be used.
#[derive(Debug)]
pub(super) struct Spoiled {
    place: usize,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Unusable(Unusable),
    /// Its bytes are of no form that any platform takes.
    Unknown,
}

impl Looked {
    /// Looks at them all, the first time it is asked: a post with fifty targets looks once.
    pub(super) async fn facts(&self, http: &HttpClient, media: &[Media]) -> Result<&[Facts], &Spoiled> {
        let looked = self.0.get_or_init(|| async {
            let looks = join_all(media.iter().map(|media| http.look_at_media(&media.url))).await;
            let judged = looks.into_iter().enumerate().map(|(place, look)| match look {
                Ok(facts) if facts.format.is_some() => Ok(facts),
                Ok(_) => Err(Spoiled { place, why: Why::Unknown }),
                Err(unusable) => Err(Spoiled { place, why: Why::Unusable(unusable) }),
            });
            judged.collect()
        });
        looked.await.as_deref()
    }
}

impl Spoiled {
    /// Sets the target's outcome: what may pass is tried again.
    pub(super) fn tell(&self, target: &mut Target, spread: i32, now: DateTime<Utc>) {
        let place = self.place;
        match &self.why {
            Why::Unusable(unusable) if !unusable.is_final() => {
                let message = format!("media[{place}] cannot be fetched; nothing was sent: {unusable}.");
                outcome::not_looked_at(target, message, spread, now);
            }
            Why::Unusable(unusable) => {
                let message = format!("media[{place}] cannot be fetched; nothing was sent: {unusable}.");
                outcome::failed(target, fault(FaultCode::MediaUnreachable, message));
            }
            Why::Unknown => {
                let message = format!("media[{place}] is no picture or video of a known form; nothing was sent.");
                outcome::failed(target, fault(FaultCode::MediaFormat, message));
            }
        }
    }
}

/// Sends a piece of a file to an address that the platform named: through the guard, and without a credential.
pub(super) async fn relay(
    http: &HttpClient,
    media: &[Media],
    request: Request,
    upload: &Upload,
) -> Result<Response, SendError> {
    let (Some(media), Ok(to)) = (media.get(upload.media), request.uri().to_string().parse()) else {
        return Err(SendError::NotSent("there is no such media or no such address".into()));
    };
    let piece = Piece { url: &media.url, range: upload.range.clone(), total: upload.total };
    http.relay(request.into_parts().0, &piece, http.reach(&to)).await
}
