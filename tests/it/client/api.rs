//! The client's calls: one method each.

use std::marker::PhantomData;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use super::wire::{Account, Client, MintedInvite, NewPost, Page, Platform, Post, Problem};
use crate::world::World;

/// The operations that it calls: id, method and path.
pub(super) const OPERATIONS: [(&str, &str, &str); 5] = [
    ("createClient", "POST", "/v1/clients"),
    ("mintInvite", "POST", "/v1/clients/{clientId}/connect-invites"),
    ("listAccounts", "GET", "/v1/accounts"),
    ("createPost", "POST", "/v1/posts"),
    ("getPost", "GET", "/v1/posts/{postId}"),
];

pub(super) struct Api<'a> {
    world: &'a World,
    key: String,
}

/// A successful answer.
#[derive(Debug)]
pub(super) struct Replied<T> {
    pub(super) data: T,
    /// Whether this is the replayed answer of an earlier request with the same idempotency key.
    pub(super) replayed: bool,
}

#[derive(Debug)]
pub(super) enum Failure {
    Problem(Problem),
    /// An undocumented answer.
    #[expect(dead_code, reason = "shown when a test fails")]
    Unreadable(String),
}

#[derive(Deserialize)]
struct One<T> {
    data: T,
}

#[derive(Deserialize)]
struct Many<T> {
    data: Vec<T>,
    page: Page,
}

impl<'a> Api<'a> {
    pub(super) fn new(world: &'a World, key: &str) -> Self {
        Self { world, key: key.to_owned() }
    }

    pub(super) async fn create_client(&self, name: &str, idempotency_key: &str) -> Result<Replied<Client>, Failure> {
        self.create("/v1/clients", &json!({ "name": name }), idempotency_key).await
    }

    pub(super) async fn mint_invite(
        &self,
        client: &str,
        platforms: &[Platform],
        idempotency_key: &str,
    ) -> Result<Replied<MintedInvite>, Failure> {
        let path = format!("/v1/clients/{client}/connect-invites");
        self.create(&path, &json!({ "platforms": platforms }), idempotency_key).await
    }

    pub(super) fn accounts(&self, client: &str, limit: usize) -> Pages<'_, Account> {
        let path = format!("/v1/accounts?clientId={client}&limit={limit}");
        Pages { api: self, path, cursor: None, is_over: false, of: PhantomData }
    }

    pub(super) async fn create_post(
        &self,
        post: &NewPost<'_>,
        idempotency_key: &str,
    ) -> Result<Replied<Post>, Failure> {
        self.create("/v1/posts", &json!(post), idempotency_key).await
    }

    pub(super) async fn post(&self, id: &str) -> Result<Replied<Post>, Failure> {
        one(&self.send(Ask::get(&format!("/v1/posts/{id}"))).await)
    }

    async fn create<T: DeserializeOwned>(&self, path: &str, body: &Value, key: &str) -> Result<Replied<T>, Failure> {
        one(&self.send(Ask::post(path, body).idempotency_key(key)).await)
    }

    async fn send(&self, ask: Ask) -> TestResponse {
        self.world.ask(ask.key(&self.key)).await
    }
}

fn one<T: DeserializeOwned>(answer: &TestResponse) -> Result<Replied<T>, Failure> {
    let One { data } = read(answer)?;
    Ok(Replied { data, replayed: answer.header("idempotent-replayed") == Some("true") })
}

fn read<T: DeserializeOwned>(answer: &TestResponse) -> Result<T, Failure> {
    let unreadable = |error: serde_json::Error| Failure::Unreadable(format!("{error}: {}", answer.text));
    if answer.status.is_success() {
        return serde_json::from_str(&answer.text).map_err(unreadable);
    }
    Err(serde_json::from_str(&answer.text).map_or_else(unreadable, Failure::Problem))
}

/// A list, page by page.
pub(super) struct Pages<'a, T> {
    api: &'a Api<'a>,
    path: String,
    cursor: Option<String>,
    is_over: bool,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> Pages<'_, T> {
    /// The next page; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<T>>, Failure> {
        if self.is_over {
            return Ok(None);
        }
        let cursor = self.cursor.take().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let Many { data, page } = read(&self.api.send(Ask::get(&format!("{}{cursor}", self.path))).await)?;
        self.is_over = !page.has_more;
        self.cursor = page.next_cursor;
        Ok(Some(data))
    }

    pub(super) async fn all(mut self) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }
}
