//! What was published: kept under its id, in its account's feed and in the feed of all.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::{account::Account, container::Kind, media::Media};
use crate::{
    Sandbox,
    feed::shelf,
    secret,
    store::{Error, Key, Write},
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: String,
    /// The account's id.
    pub(crate) account: String,
    pub(crate) kind: Kind,
    pub(crate) caption: String,
    pub(crate) media: Vec<Media>,
    /// Milliseconds.
    pub(crate) at: i64,
}

/// 17 digits that nobody has: the first two tell what it is the id of.
pub(crate) fn new_id(prefix: &str) -> Result<String, Error> {
    Ok(format!("{prefix}{:015}", secret::number()? % 1_000_000_000_000_000))
}

impl Post {
    pub(crate) fn new(id: String, account: &Account, kind: Kind, caption: String, media: Vec<Media>, at: i64) -> Self {
        Self { id, account: account.id.to_owned(), kind, caption, media, at }
    }

    /// The id in base64, as in Instagram's own addresses.
    pub(crate) fn shortcode(&self) -> String {
        BASE64URL_NOPAD.encode(&self.id.parse::<u64>().unwrap_or_default().to_be_bytes())
    }

    pub(crate) fn permalink(&self, sandbox: &Sandbox) -> String {
        let kind = if self.kind == Kind::Reel { "reel" } else { "p" };
        format!("{}/www.instagram.com/{kind}/{}/", sandbox.config.public_url, self.shortcode())
    }

    /// The writes that put it everywhere where it is found.
    pub(crate) fn writes(&self) -> Result<Vec<Write>, Error> {
        let mut writes = vec![Write::put(key(&self.id), self)?];
        writes.extend(shelf::writes(self)?);
        Ok(writes)
    }
}

fn key(id: &str) -> Key {
    Key::new(format!("instagram#media#{id}"), "media")
}

pub(crate) fn sort_key(milliseconds: i64) -> String {
    format!("{milliseconds:015}")
}

/// The newest posts of an account, or of everybody, since a time in milliseconds.
pub(crate) async fn newest(
    sandbox: &Sandbox,
    account: Option<&Account>,
    since: i64,
    limit: usize,
) -> Result<Vec<Post>, Error> {
    shelf::newest(sandbox, account, (&sort_key(since.max(0)), &sort_key(999_999_999_999_999)), limit).await
}

pub(crate) async fn find(sandbox: &Sandbox, id: &str) -> Result<Option<Post>, Error> {
    sandbox.store.get(key(id)).await
}

pub(crate) async fn by_shortcode(sandbox: &Sandbox, shortcode: &str) -> Result<Option<Post>, Error> {
    let bytes = BASE64URL_NOPAD.decode(shortcode.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    match bytes.map(u64::from_be_bytes) {
        Some(id) => find(sandbox, &id.to_string()).await,
        None => Ok(None),
    }
}
