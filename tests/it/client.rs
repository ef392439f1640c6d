//! A typed client as an integrator would write it from `openapi.json`.

mod api;
mod wire;

use std::collections::BTreeSet;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::world::{Browser, URL, World};
use api::{Api, Failure, OPERATIONS};
use wire::{
    Account, AccountStatus, Client, ErrorCode, FieldError, MintedInvite, NewPost, Page, Platform, Post, PostStatus,
    Problem, Schedule, Target, TargetError, TargetStatus, Targets,
};

const CHECKED_IN: &str = include_str!("../../openapi.json");

#[tokio::test]
async fn a_typed_client_can_do_the_four_steps() {
    let world = World::new().await;
    let api = Api::new(&world, &world.key);
    let client = api.create_client("Autoloom Detailing", "create-autoloom").await.unwrap();
    assert!(!client.replayed);
    let again = api.create_client("Autoloom Detailing", "create-autoloom").await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.data, client.data);

    let invite = api.mint_invite(&client.data.id, &[Platform::X], "invite-autoloom").await.unwrap().data;
    let page = Browser::default().connect_x(&world, &invite.url.unwrap().replace(URL, ""), "demo_shop").await;
    assert_eq!(page.status, 200, "{}", page.text);

    let accounts = api.accounts(&client.data.id, 20).all().await.unwrap();
    let [account] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!((account.platform, account.status), (Platform::X, AccountStatus::Connected));

    let post = NewPost {
        client_id: &client.data.id,
        content: "New drop is live 🚗",
        targets: Targets::Selection { account_ids: &[&account.id] },
        schedule: Schedule::At { scheduled_at: world.now() + chrono::Duration::minutes(2) },
    };
    let created = api.create_post(&post, "post-1").await.unwrap().data;
    assert_eq!(created.status, PostStatus::Scheduled);
    world.pass(chrono::Duration::minutes(2)).await;
    let published = api.post(&created.id).await.unwrap().data;
    assert_eq!((published.status, published.targets[0].status), (PostStatus::Published, TargetStatus::Published));
    assert!(published.targets[0].url.is_some() && published.targets[0].error.is_none());
}

#[tokio::test]
async fn a_typed_client_can_read_every_page() {
    let world = World::new().await;
    let api = Api::new(&world, &world.key);
    let client = api.create_client("Autoloom", "c").await.unwrap().data;
    for account in ["demo_shop", "demo_cafe", "busy_shop"] {
        let invite = api.mint_invite(&client.id, &[Platform::X], account).await.unwrap().data;
        Browser::default().connect_x(&world, &invite.url.unwrap().replace(URL, ""), account).await;
        world.clock.advance(chrono::Duration::seconds(1));
    }
    let mut pages = api.accounts(&client.id, 2);
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [2, 1]);
    let handles: Vec<_> =
        api.accounts(&client.id, 1).all().await.unwrap().into_iter().map(|account| account.handle).collect();
    assert_eq!(handles, ["demo_shop", "demo_cafe", "busy_shop"]);
}

#[tokio::test]
async fn a_typed_client_can_read_an_errors_code() {
    let world = World::new().await;
    let api = Api::new(&world, &world.key);
    let Err(Failure::Problem(problem)) = api.create_client("", "k").await else { panic!("an empty name was taken") };
    assert_eq!((problem.code, problem.status, problem.retryable), (ErrorCode::ValidationFailed, 422, false));
    let paths: Vec<_> = problem.errors.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["name"]);
    api.create_client("Autoloom", "k").await.unwrap();
    let Err(Failure::Problem(problem)) = api.create_client("Other", "k").await else {
        panic!("the key was used twice")
    };
    assert_eq!(problem.code, ErrorCode::IdempotencyKeyReused);
    let Err(Failure::Problem(problem)) = Api::new(&world, "no key").post("post_1").await else {
        panic!("no key, and admitted")
    };
    assert_eq!(problem.code, ErrorCode::Unauthenticated);
}

#[test]
fn the_clients_operations_are_in_the_document() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    for (id, method, path) in OPERATIONS {
        assert_eq!(document["paths"][path][method.to_lowercase()]["operationId"], id, "{method} {path}");
    }
}

/// Every field that the client reads is documented, and every optional one is an `Option`.
#[test]
fn the_clients_types_agree_with_the_document() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    agrees::<Client>(&document, &mut generator);
    agrees::<Account>(&document, &mut generator);
    agrees::<MintedInvite>(&document, &mut generator);
    agrees::<Post>(&document, &mut generator);
    agrees::<Target>(&document, &mut generator);
    agrees::<TargetError>(&document, &mut generator);
    agrees::<Page>(&document, &mut generator);
    agrees::<Problem>(&document, &mut generator);
    agrees::<FieldError>(&document, &mut generator);
    agrees::<AccountStatus>(&document, &mut generator);
    agrees::<ErrorCode>(&document, &mut generator);
    agrees::<Platform>(&document, &mut generator);
    agrees::<PostStatus>(&document, &mut generator);
    agrees::<TargetStatus>(&document, &mut generator);
}

fn agrees<T: JsonSchema>(document: &Value, generator: &mut SchemaGenerator) {
    let name = T::schema_name();
    let (own, described) = (T::json_schema(generator).to_value(), &document["components"]["schemas"][name.as_ref()]);
    let set = |value: &Value| -> BTreeSet<String> {
        value.as_array().into_iter().flatten().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(set(&own["enum"]), set(&described["enum"]), "{name}");
    let nullable = |field: &Value| {
        let is_null = |choice: &Value| choice["type"] == "null";
        set(&json!(field["type"].as_array())).contains("null")
            || field["anyOf"].as_array().is_some_and(|any| any.iter().any(is_null))
    };
    for (field, type_of) in own["properties"].as_object().into_iter().flatten() {
        let there = &described["properties"][field];
        assert!(!there.is_null(), "{name}.{field} is not in openapi.json");
        let always = set(&described["required"]).contains(field) && !nullable(there);
        let read_always = set(&own["required"]).contains(field) && !nullable(type_of);
        assert!(always || !read_always, "{name}.{field} is optional in the document but not in the client");
    }
}
