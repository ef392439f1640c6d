//! A published post of any network.

use chrono::{DateTime, Utc};
use maud::Markup;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Sandbox, account::Account, network::Network, page::Allow, store::Error};

pub(crate) trait Post: Serialize + DeserializeOwned {
    type Network: Network;

    /// What its pages let through.
    const ALLOW: Allow;

    /// The newest posts of an account, or of everybody.
    async fn newest(
        sandbox: &Sandbox,
        account: Option<&Account<Self::Network>>,
        limit: usize,
    ) -> Result<Vec<Self>, Error>;

    /// The account's id.
    fn account(&self) -> &str;

    fn username(&self) -> &'static str {
        Account::<Self::Network>::by_id(self.account()).map_or("", |account| account.username)
    }

    fn id(&self) -> String;

    /// A later post has a greater one.
    fn sort_key(&self) -> String;

    fn created_at(&self) -> DateTime<Utc>;

    /// As it was posted.
    fn text(&self) -> &str;

    /// Its own page.
    fn path(&self) -> String;

    /// All that is shown between who posted it and when.
    fn content(&self) -> Markup;

    /// What is said beside its id.
    fn remark(&self) -> Option<&str> {
        None
    }

    /// What the JSON has of it beside id, text and time: an object.
    fn details(&self, sandbox: &Sandbox) -> Value;
}
