//! A cursor is a position in one list, and untrusted input.

use chrono::Duration;
use serde_json::json;
use shared::{id::AgencyId, tenant::Mode, testing::Ask};

use super::{cursor, faults, get, none, page};
use crate::world::World;

/// The path of every list, with its name in cursors.
async fn lists(world: &World) -> Vec<(String, String)> {
    let mut lists: Vec<_> =
        ["clients", "accounts", "posts", "api-keys"].map(|name| (format!("/v1/{name}"), name.to_owned())).into();
    for name in ["Autoloom", "Blue Door"] {
        let client = world.client(name).await;
        lists.extend([
            (format!("/v1/accounts?clientId={client}"), format!("accounts of {client}")),
            (format!("/v1/posts?clientId={client}"), format!("posts of {client}")),
            (format!("/v1/clients/{client}/connect-invites"), format!("connect-invites of {client}")),
        ]);
    }
    lists
}

fn with(path: &str, query: &str) -> String {
    format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' })
}

#[tokio::test]
async fn an_invalid_cursor_or_one_of_another_list_is_refused() {
    let world = World::new().await;
    let lists = lists(&world).await;
    for (path, list) in &lists {
        let position = "2026-07-01T12:00:00.000Z#x";
        let other = lists.iter().map(|(_, other)| other).filter(|other| *other != list);
        let mut bad: Vec<String> = other.map(|other| cursor(&json!([other, position]))).collect();
        bad.extend([
            String::new(),
            "x".into(),
            "%22".into(),
            "a".repeat(4000),
            cursor(&json!([])),
            cursor(&json!({ "list": list })),
            cursor(&json!([list, 5])),
            cursor(&json!([list, position, position])),
            cursor(&json!([list, ""])),
            cursor(&json!([list, "x".repeat(257)])),
        ]);
        for cursor in bad {
            let refused = get(&world, &with(path, &format!("cursor={cursor}"))).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "cursor_invalid"), "{path} {cursor}");
        }
        let good = get(&world, &with(path, &format!("cursor={}", cursor(&json!([list, position]))))).await;
        assert_eq!(good.status, 200, "{}", good.text);
    }
}

#[tokio::test]
async fn a_limit_is_a_whole_number_from_one_to_a_hundred() {
    let world = World::new().await;
    for (path, _) in lists(&world).await {
        for limit in ["0", "101", "-1", "1.5", "all", ""] {
            let refused = get(&world, &with(&path, &format!("limit={limit}"))).await;
            assert_eq!(faults(&refused), (422, vec!["limit".to_owned()]), "{path} {limit}");
        }
        for limit in ["1", "100"] {
            assert_eq!(get(&world, &with(&path, &format!("limit={limit}"))).await.status, 200);
        }
    }
}

/// Ignoring a misspelled filter would answer everything as if it were the filtered list.
#[tokio::test]
async fn an_unknown_parameter_is_refused_by_name() {
    let world = World::new().await;
    for (path, _) in lists(&world).await {
        for (query, at_fault) in [
            ("clientid=x", &["clientid"][..]),
            ("Limit=1&mode=live&Limit=2", &["Limit", "mode"]),
            ("=&cursor=x", &[""]),
            ("status%5B%5D=failed&limit=0", &["limit", "status[]"]),
        ] {
            let refused = get(&world, &with(&path, query)).await;
            assert_eq!(faults(&refused), (422, at_fault.iter().map(ToString::to_string).collect()), "{path} {query}");
            let last = refused.json()["errors"].as_array().unwrap().last().unwrap()["message"].clone();
            assert_eq!(last, "is not a known parameter");
        }
        // A parameter of another list is unknown too.
        let status = get(&world, &with(&path, "status=connected")).await;
        assert_eq!(status.status == 200, path.starts_with("/v1/accounts"), "{path}");
    }
    let bound = super::bound(&world, &world.client("A").await).await;
    let refused = world.ask(Ask::get("/v1/accounts?clientid=x&platform=myspace").key(&bound)).await;
    assert_eq!(faults(&refused), (422, vec!["platform".to_owned(), "clientid".to_owned()]));
}

#[tokio::test]
async fn another_agencys_cursor_reads_the_callers_own_list() {
    let world = World::new().await;
    let stranger = world.agency(AgencyId::random(), Mode::Live).await;
    let create = async |key: &str, name: &str| {
        let made = world.ask(Ask::post("/v1/clients", &json!({ "name": name })).key(key)).await;
        assert_eq!(made.status, 201);
        world.clock.advance(Duration::seconds(1));
    };
    create(&world.key, "Old").await;
    create(&stranger, "Theirs").await;
    create(&stranger, "Theirs, too").await;
    create(&world.key, "New").await;
    let (_, theirs) = page(&world, &stranger, "/v1/clients?limit=1", "name").await;
    let own = page(&world, &world.key, &format!("/v1/clients?cursor={}", theirs.unwrap()), "name").await;
    assert_eq!(own, (vec!["Old".to_owned()], None));
    let nothing = cursor(&json!(["clients", "0"]));
    assert_eq!(get(&world, &format!("/v1/clients?cursor={nothing}")).await.data(), none());
}
