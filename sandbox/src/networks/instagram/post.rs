//! Published posts in the table. Each is stored under its id and in the feeds.

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::{comment::Comment, container::PostKind, media::Media, settings::Settings, spec::SPEC};
use crate::{
    account::Account,
    context::Context,
    error::Error,
    posts::published,
    secret,
    store::{Key, Write},
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) kind: PostKind,
    pub(crate) caption: String,
    pub(crate) media: Vec<Media>,
    pub(crate) settings: Settings,
    /// Comments by the account itself, in order.
    pub(crate) comments: Vec<Comment>,
    /// The time of publishing, in milliseconds.
    pub(crate) at: i64,
}

impl published::Visible for Post {
    fn visible_at(&self) -> i64 {
        self.at
    }
}

/// A random id of 17 digits. The prefix of two digits shows what kind of object it identifies.
pub(crate) fn new_id(prefix: &str) -> Result<String, Error> {
    Ok(format!("{prefix}{:015}", secret::number()? % 1_000_000_000_000_000))
}

impl Post {
    pub(crate) fn new(
        id: String,
        account: &Account,
        kind: PostKind,
        caption: String,
        media: Vec<Media>,
        settings: Settings,
        at: i64,
    ) -> Self {
        Self { id, account: account.id.to_owned(), kind, caption, media, settings, comments: Vec::new(), at }
    }

    /// The id in base64, as in Instagram's URLs.
    pub(crate) fn shortcode(&self) -> String {
        BASE64URL_NOPAD.encode(&self.id.parse::<u64>().unwrap_or_default().to_be_bytes())
    }

    pub(crate) fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at).unwrap_or_default()
    }

    pub(crate) fn username(&self) -> &'static str {
        SPEC.account_by_id(&self.account).map_or("", |account| account.username)
    }

    pub(crate) fn permalink(&self, context: &Context) -> String {
        let shortcode = self.shortcode();
        let path = match self.kind {
            PostKind::Story => format!("stories/{}/{}", self.username(), self.id),
            PostKind::Reel => format!("reel/{shortcode}/"),
            _ => format!("p/{shortcode}/"),
        };
        format!("{}/www.instagram.com/{path}", context.public_url)
    }

    /// The writes that publish the post.
    pub(crate) fn writes(&self) -> Result<Vec<Write>, Error> {
        let mut writes = vec![Write::put(key(&self.id), self)?];
        let sort_key = format!("{}#{}", sort_key(self.at), self.id);
        writes.extend(published::writes(&SPEC, &self.account, &sort_key, self)?);
        Ok(writes)
    }
}

fn key(id: &str) -> Key {
    Key::new(format!("instagram#media#{id}"), "media")
}

fn sort_key(milliseconds: i64) -> String {
    format!("{milliseconds:015}")
}

/// The newest posts of one account or of all, since a time in milliseconds.
pub(crate) async fn newest(
    context: &Context,
    account: Option<&Account>,
    since: i64,
    limit: usize,
) -> Result<Vec<Post>, Error> {
    published::newest(context, &SPEC, account, (&sort_key(since.max(0)), &sort_key(999_999_999_999_999)), limit).await
}

pub(crate) async fn find(context: &Context, id: &str) -> Result<Option<Post>, Error> {
    let found = context.store.get::<Post>(key(id)).await?;
    Ok(found.filter(|post| post.at <= context.now().timestamp_millis()))
}

pub(crate) async fn by_shortcode(context: &Context, shortcode: &str) -> Result<Option<Post>, Error> {
    let bytes = BASE64URL_NOPAD.decode(shortcode.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    match bytes.map(u64::from_be_bytes) {
        Some(id) => find(context, &id.to_string()).await,
        None => Ok(None),
    }
}
