//! A post from its start to its public id. Its stage depends on the clock. Of uploaded media only digests are kept.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    account::{moderation, processing},
    chunk_plan::ChunkPlan,
    scripted,
    spec::SPEC,
};
use crate::{
    account::Account, behavior::Behavior, context::Context, error::Error, posts::published, secret, store::Key,
};

/// Text and visibility of a post.
#[derive(Default)]
pub(crate) struct PostInfo {
    pub(crate) title: String,
    /// Empty for videos.
    pub(crate) description: String,
    /// Empty for drafts.
    pub(crate) privacy_level: String,
    pub(crate) branded: bool,
    /// Whether it goes to the creator's inbox, to be finished there.
    pub(crate) draft: bool,
    /// The chosen settings, for the feed.
    pub(crate) settings: PostSettings,
}

/// What only the feed shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostSettings {
    pub(crate) disable_comment: bool,
    pub(crate) disable_duet: bool,
    pub(crate) disable_stitch: bool,
    pub(crate) brand_content: bool,
    pub(crate) brand_organic: bool,
    pub(crate) ai_generated: bool,
    pub(crate) add_music: bool,
    /// The frame in milliseconds, or the index of the photo.
    pub(crate) cover: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// The fingerprint of the upload URL's secret.
    pub(crate) token: String,
    pub(crate) plan: ChunkPlan,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pulled {
    pub(crate) url: String,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Upload(Upload),
    Video(Pulled),
    Photos(Vec<Pulled>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Publishing {
    pub(crate) publish_id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) client_key: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) privacy_level: String,
    pub(crate) draft: bool,
    pub(crate) settings: PostSettings,
    pub(crate) content: Content,
    /// The SHA-256 of each received chunk, in order.
    pub(crate) digests: Vec<String>,
    /// Milliseconds since the epoch.
    pub(crate) started_at: i64,
    /// When the media was complete, in milliseconds since the epoch. It is in the future while the last request of
    /// [`Behavior::LandsLate`] is under way.
    pub(crate) received_at: Option<i64>,
    /// The reason of the failure after processing, if it fails.
    pub(crate) fail_reason: Option<String>,
}

pub(crate) enum Stage {
    /// Media is being transferred or processed.
    Processing,
    /// Published.
    Complete,
    /// In the creator's inbox.
    InInbox,
    Failed(String),
}

/// The key of an upload id, which is the end of the publish id.
pub(crate) fn key(upload_id: &str) -> Key {
    Key::new(format!("tiktok#publishing#{upload_id}"), "publishing")
}

impl Publishing {
    pub(crate) fn new(
        context: &Context,
        account: &Account,
        client_key: &str,
        post: PostInfo,
        content: Content,
    ) -> Result<Self, Error> {
        let prefix = match (&content, post.draft) {
            (Content::Upload(_), false) => "v_pub_file~v2-1",
            (Content::Video(_), false) => "v_pub_url~v2-1",
            (Content::Photos(_), false) => "p_pub_url~v2",
            (Content::Upload(_), true) => "v_inbox_file~v2",
            (Content::Video(_), true) => "v_inbox_url~v2",
            (Content::Photos(_), true) => "p_inbox_url~v2",
        };
        let texts = [post.title.as_str(), post.description.as_str()];
        let fails = match (account.behavior, &content) {
            (Behavior::ProcessingFails, Content::Photos(_)) => Some("picture_size_check_failed"),
            (Behavior::ProcessingFails, _) => Some("frame_rate_check_failed"),
            _ => scripted::failure(account, &texts, "status"),
        };
        Ok(Self {
            publish_id: new_id(prefix)?,
            account: account.id.to_owned(),
            client_key: client_key.to_owned(),
            fail_reason: fails.map(str::to_owned),
            title: post.title,
            description: post.description,
            privacy_level: post.privacy_level,
            draft: post.draft,
            settings: post.settings,
            content,
            digests: Vec::new(),
            started_at: context.now().timestamp_millis(),
            received_at: None,
        })
    }

    /// The same post once more.
    pub(crate) fn again(&self, received_at: i64) -> Result<Self, Error> {
        let prefix = self.publish_id.split('.').next().unwrap_or_default();
        Ok(Self { publish_id: new_id(prefix)?, received_at: Some(received_at), ..self.clone() })
    }

    /// The number of chunks that have arrived.
    pub(crate) fn arrived(&self, now: DateTime<Utc>) -> u64 {
        let under_way = self.received_at.is_some_and(|at| at > now.timestamp_millis());
        u64::try_from(self.digests.len().saturating_sub(usize::from(under_way))).unwrap_or_default()
    }

    /// When the media is processed, in milliseconds since the epoch.
    fn processed_at(&self) -> Option<i64> {
        Some(self.received_at? + SPEC.account_by_id(&self.account).map_or(0, processing))
    }

    /// The number in the publish id.
    pub(crate) fn upload_id(&self) -> &str {
        upload_id(&self.publish_id)
    }

    /// TikTok's ids hold the second above 32 other bits. Here, the millisecond is the first of these.
    pub(crate) fn post_id(&self) -> i64 {
        let unique = self.upload_id().parse::<i64>().unwrap_or_default() & ((1 << 22) - 1);
        first_id(self.received_at.unwrap_or_default()) | unique
    }

    pub(crate) fn stage(&self, now: DateTime<Utc>) -> Stage {
        match self.processed_at() {
            Some(at) if now.timestamp_millis() >= at => match &self.fail_reason {
                Some(reason) => Stage::Failed(reason.clone()),
                None if self.draft => Stage::InInbox,
                None => Stage::Complete,
            },
            _ => Stage::Processing,
        }
    }

    /// The id of a public post after moderation.
    pub(crate) fn public_id(&self, now: DateTime<Utc>) -> Option<i64> {
        let moderation = moderation(SPEC.account_by_id(&self.account)?) * 1000;
        let passed = now.timestamp_millis() >= self.processed_at()? + moderation;
        (passed && self.privacy_level == "PUBLIC_TO_EVERYONE" && self.fail_reason.is_none()).then(|| self.post_id())
    }
}

impl published::Visible for Publishing {
    fn visible_at(&self) -> i64 {
        self.processed_at().unwrap_or(i64::MAX)
    }
}

/// TikTok's ids have at most 19 digits.
fn new_id(prefix: &str) -> Result<String, Error> {
    Ok(format!("{prefix}.{}", secret::number()? >> 4))
}

/// The smallest post id of this millisecond.
fn first_id(at: i64) -> i64 {
    (at.div_euclid(1000) << 32) | (at.rem_euclid(1000) << 22)
}

fn upload_id(publish_id: &str) -> &str {
    publish_id.rsplit('.').next().unwrap_or_default()
}

pub(crate) async fn find(context: &Context, publish_id: &str) -> Result<Option<Publishing>, Error> {
    let found = context.store.get::<Publishing>(key(upload_id(publish_id))).await?;
    Ok(found.filter(|publishing| publishing.publish_id == publish_id))
}
