//! What everybody sees: the feeds and the page of one post, with the text exactly as it was posted.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    X,
    account::Account,
    tweet::{self, Tweet},
};
use crate::{
    Sandbox,
    feed::{self, Post},
    home,
    page::Allow,
    reply::Reply,
    store::Error,
};

/// The test accounts and what each does, for the front page.
pub(crate) fn account_list() -> Markup {
    feed::accounts::<X>()
}

/// `GET /x.com/{username}/status/{id}`
pub(crate) async fn status(sandbox: &Sandbox, username: &str, id: &str) -> Result<Reply, Error> {
    let (Some(account), Ok(id @ 0..)) = (Account::by_username(username), id.parse::<i64>()) else {
        return home::not_found();
    };
    match tweet::find(sandbox, account, id).await? {
        Some(tweet) => feed::single("post", &tweet),
        None => home::not_found(),
    }
}

impl Post for Tweet {
    type Network = X;

    const ALLOW: Allow = Allow::Nothing;

    async fn newest(sandbox: &Sandbox, account: Option<&Account>, limit: usize) -> Result<Vec<Self>, Error> {
        tweet::newest(sandbox, account, (0, i64::MAX), limit).await
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn sort_key(&self) -> String {
        tweet::sort_key(self.id)
    }

    /// The time is in the id, as in X's own.
    fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(tweet::EPOCH + (self.id >> 22)).unwrap_or_default()
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn path(&self) -> String {
        format!("/x.com/{}/status/{}", self.username(), self.id)
    }

    fn content(&self) -> Markup {
        html! { p { bdi { (self.text) } } }
    }

    fn details(&self, _: &Sandbox) -> Value {
        json!({})
    }
}
