//! The media of a post: which uploads may be posted together, and what is kept of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    category::Category,
    problem,
    upload::{self, MediaState, MediaUpload, Segment},
};
use crate::{account::Account, context::Context, error::Error, reply::Reply};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attached {
    pub(crate) key: String,
    pub(crate) category: Category,
    pub(crate) bytes: u64,
    pub(crate) alt_text: Option<String>,
    segments: Vec<Segment>,
}

impl From<MediaUpload> for Attached {
    fn from(upload: MediaUpload) -> Self {
        let key = upload.media_key();
        let MediaUpload { category, total_bytes, alt_text, segments, .. } = upload;
        Self { key, category, bytes: total_bytes, alt_text, segments }
    }
}

impl Attached {
    /// As the JSON feed shows it.
    pub(crate) fn details(&self) -> Value {
        let segments: Vec<Value> =
            self.segments.iter().map(|segment| json!({ "bytes": segment.bytes, "sha256": segment.sha256 })).collect();
        json!({
            "kind": self.category.noun(),
            "bytes": self.bytes,
            "altText": self.alt_text,
            "segments": segments,
        })
    }
}

/// The uploads with these ids, if they can be posted together: up to four images, or one GIF, or one video. Otherwise X's
/// refusal.
pub(crate) async fn attach(
    context: &Context,
    account: &Account,
    ids: &[String],
) -> Result<Result<Vec<Attached>, Box<Reply>>, Error> {
    let mut media: Vec<Attached> = Vec::with_capacity(ids.len());
    for id in ids {
        let found = upload::find(context, account, id).await?;
        let ready = |upload: &MediaUpload| matches!(upload.state(account, context.now()), MediaState::Succeeded);
        match found.filter(ready).map(Attached::from) {
            Some(one) if media.iter().all(|other| other.key != one.key) => media.push(one),
            _ => return Ok(Err(Box::new(problem::invalid_media(ids)))),
        }
    }
    let images = media.iter().all(|one| one.category == Category::Image);
    if media.len() > 1 && !images {
        return Ok(Err(Box::new(problem::not_permitted())));
    }
    Ok(Ok(media))
}
