//! Lists of clients, connect invites and accounts; revoking an invite and disconnecting an account.

mod accounts;
mod clients;
mod cursors;
mod disconnect;
mod invites;
mod revoke;
mod tenancy;

use data_encoding::BASE64URL_NOPAD;
use http::Method;
use serde_json::{Value, json};
use shared::testing::{Ask, TestResponse};

use crate::world::World;

/// A GET with the first agency's key.
async fn get(world: &World, path: &str) -> TestResponse {
    world.ask(Ask::get(path).key(&world.key)).await
}

async fn delete(world: &World, key: &str, path: &str) -> TestResponse {
    world.ask(Ask::new(Method::DELETE, path).key(key)).await
}

/// A page of a list: the values of a field, and the next page's cursor.
async fn page(world: &World, key: &str, path: &str, field: &str) -> (Vec<String>, Option<String>) {
    let answer = world.ask(Ask::get(path).key(key)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    let next = body["page"]["nextCursor"].as_str().map(ToOwned::to_owned);
    assert_eq!(body["page"]["hasMore"], next.is_some());
    let values = body["data"].as_array().unwrap().iter();
    (values.map(|thing| thing[field].as_str().unwrap().to_owned()).collect(), next)
}

/// Every page of a list, each as the values of a field.
async fn pages(world: &World, path: &str, limit: usize, field: &str) -> Vec<Vec<String>> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{separator}limit={limit}");
    let (mut all, mut next) = (Vec::new(), Some(first.clone()));
    while let Some(path) = next {
        let (values, cursor) = page(world, &world.key, &path, field).await;
        all.push(values);
        next = cursor.map(|cursor| format!("{first}&cursor={cursor}"));
    }
    all
}

/// Encodes a cursor as the API does.
fn cursor(content: &Value) -> String {
    BASE64URL_NOPAD.encode(content.to_string().as_bytes())
}

/// Mints a link for these platforms: the invite's id and the link's path.
async fn minted(world: &World, client: &str, platforms: &[&str]) -> (String, String) {
    let invite = world.link_with(&world.key, client, platforms).await;
    let link = invite["url"].as_str().unwrap().replace(crate::world::URL, "");
    (invite["inviteId"].as_str().unwrap().to_owned(), link)
}

/// Creates a key of the same agency that is bound to a client.
async fn bound(world: &World, client: &str) -> String {
    world.bound_key(shared::tenant::Mode::Live, client.parse().unwrap()).await
}

/// A problem's status and faulty fields.
fn faults(answer: &TestResponse) -> (u16, Vec<String>) {
    let fields = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    let paths = fields.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect();
    (answer.status.as_u16(), paths)
}

fn none() -> Value {
    json!([])
}
