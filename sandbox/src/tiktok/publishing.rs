//! A post on its way: what was asked, what has arrived, and what becomes of it as time goes by. No
//! byte of its media is kept, only digests.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    account::{Account, Behavior},
    plan::Plan,
    script,
};
use crate::{
    Sandbox, secret,
    store::{Error, Key},
};

/// How long TikTok works on media that it has, in milliseconds.
pub(crate) const PROCESSING: i64 = 5000;

/// What an app asks to be published.
pub(crate) struct Post {
    pub(crate) title: String,
    /// Of photos only.
    pub(crate) description: String,
    pub(crate) privacy_level: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// The fingerprint of the upload URL's secret.
    pub(crate) token: String,
    pub(crate) plan: Plan,
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
    pub(crate) content: Content,
    /// The SHA-256 of every chunk that has arrived, in order.
    pub(crate) digests: Vec<String>,
    /// Milliseconds since the epoch.
    pub(crate) started_at: i64,
    /// When all of the media was there, in milliseconds since the epoch.
    pub(crate) received_at: Option<i64>,
    /// Why it fails once all of it is there.
    pub(crate) fail_reason: Option<String>,
}

pub(crate) enum Stage {
    /// Media is on its way, or is worked on.
    Processing,
    /// On the profile.
    Complete,
    Failed(String),
}

/// Where the item of an upload id is; the id is also what a publish id ends in.
pub(crate) fn key(upload_id: &str) -> Key {
    Key::new(format!("tiktok#publishing#{upload_id}"), "publishing")
}

impl Publishing {
    pub(crate) fn new(
        sandbox: &Sandbox,
        account: &Account,
        client_key: &str,
        post: Post,
        content: Content,
    ) -> Result<Self, Error> {
        let prefix = match content {
            Content::Upload(_) => "v_pub_file~v2-1",
            Content::Video(_) => "v_pub_url~v2-1",
            Content::Photos(_) => "p_pub_url~v2",
        };
        let texts = [post.title.as_str(), post.description.as_str()];
        let fails = match (account.behavior, &content) {
            (Behavior::ProcessingFails, Content::Photos(_)) => Some("picture_size_check_failed"),
            (Behavior::ProcessingFails, _) => Some("frame_rate_check_failed"),
            _ => script::failure(account, &texts, "status"),
        };
        Ok(Self {
            // At most 19 digits: TikTok's ids are no longer.
            publish_id: format!("{prefix}.{}", secret::number()? >> 4),
            account: account.id.to_owned(),
            client_key: client_key.to_owned(),
            fail_reason: fails.map(str::to_owned),
            title: post.title,
            description: post.description,
            privacy_level: post.privacy_level,
            content,
            digests: Vec::new(),
            started_at: (sandbox.clock)().timestamp_millis(),
            received_at: None,
        })
    }

    /// The number in the publish id.
    pub(crate) fn upload_id(&self) -> &str {
        upload_id(&self.publish_id)
    }

    /// TikTok's ids: the second above 32 other bits, which here begin with the millisecond.
    pub(crate) fn post_id(&self) -> i64 {
        let unique = self.upload_id().parse::<i64>().unwrap_or_default() & ((1 << 22) - 1);
        first_id(self.received_at.unwrap_or_default()) | unique
    }

    pub(crate) fn stage(&self, now: DateTime<Utc>) -> Stage {
        match self.received_at {
            Some(at) if now.timestamp_millis() >= at + PROCESSING => match &self.fail_reason {
                Some(reason) => Stage::Failed(reason.clone()),
                None => Stage::Complete,
            },
            _ => Stage::Processing,
        }
    }

    /// The id, once everybody may see the post and moderation has passed it.
    pub(crate) fn public_id(&self, now: DateTime<Utc>) -> Option<i64> {
        let moderation = Account::by_id(&self.account)?.moderation() * 1000;
        let passed = now.timestamp_millis() >= self.received_at? + PROCESSING + moderation;
        (passed && self.privacy_level == "PUBLIC_TO_EVERYONE" && self.fail_reason.is_none()).then(|| self.post_id())
    }
}

/// The first post id of this millisecond since the epoch.
pub(crate) fn first_id(at: i64) -> i64 {
    (at.div_euclid(1000) << 32) | (at.rem_euclid(1000) << 22)
}

fn upload_id(publish_id: &str) -> &str {
    publish_id.rsplit('.').next().unwrap_or_default()
}

pub(crate) async fn find(sandbox: &Sandbox, publish_id: &str) -> Result<Option<Publishing>, Error> {
    let found = sandbox.store.get::<Publishing>(key(upload_id(publish_id))).await?;
    Ok(found.filter(|publishing| publishing.publish_id == publish_id))
}
