//! The lists of accounts, of the agency and of one client; and one account by its id.

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    id::{AccountId, AgencyId},
    tenant::Mode,
    testing::Ask,
};

use super::{bound, delete, faults, get, none, page, pages};
use crate::{
    calls::{calls, of},
    connect::{end_grant, stored},
    world::{Browser, World},
};

const PATH: &str = "/v1/accounts";

/// Two clients: one with X and TikTok connected, one with another X account, whose grant is dead.
async fn connected(world: &World) -> [String; 2] {
    let clients = [world.client("A").await, world.client("B").await];
    for (client, platform, account) in
        [(&clients[0], "x", "demo_shop"), (&clients[1], "x", "demo_cafe"), (&clients[0], "tiktok", "demo_shop")]
    {
        world.clock.advance(Duration::seconds(1));
        let link = world.link(client, &[platform]).await;
        let page = Browser::default().connect(world, &link, platform, account).await;
        assert_eq!(page.status, 200, "{}", page.text);
    }
    end_grant(world, &stored(world, &clients[1]).await[0]).await;
    clients
}

#[tokio::test]
async fn an_agency_lists_the_accounts_of_all_its_clients_newest_first() {
    let world = World::new().await;
    assert_eq!(get(&world, PATH).await.data(), none());
    let [a, b] = connected(&world).await;
    assert_eq!(pages(&world, PATH, 2, "clientId").await, [vec![a.clone(), b.clone()], vec![a.clone()]]);
    assert_eq!(pages(&world, PATH, 3, "platform").await, [["tiktok", "x", "x"]]);
    let all = get(&world, PATH).await.data();
    let of_b = get(&world, &format!("{PATH}?clientId={b}")).await.data();
    assert_eq!(all[1], of_b[0], "both lists have the same object");
    let of_a = pages(&world, &format!("{PATH}?clientId={a}"), 10, "platform").await;
    assert_eq!(of_a, [["x", "tiktok"]], "a client's accounts are listed oldest first");
}

#[tokio::test]
async fn a_reconnected_account_keeps_its_place() {
    let world = World::new().await;
    let [_, b] = connected(&world).await;
    let before = pages(&world, PATH, 10, "id").await;
    let link = world.link(&b, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_cafe").await;
    assert_eq!(pages(&world, PATH, 10, "status").await, [["connected"; 3]]);
    assert_eq!(pages(&world, PATH, 10, "id").await, before);
}

#[tokio::test]
async fn accounts_can_be_filtered_by_platform_and_status() {
    let world = World::new().await;
    let [a, _] = connected(&world).await;
    let found = async |query: &str| pages(&world, &format!("{PATH}?{query}"), 10, "handle").await.concat();
    assert_eq!(found("platform=x").await, ["demo_cafe", "demo_shop"]);
    assert_eq!(found("platform=tiktok").await.len(), 1);
    assert_eq!(found("platform=bluesky").await.len(), 0);
    assert_eq!(found("status=reconnect_required").await, ["demo_cafe"]);
    assert_eq!(found("status=connected&platform=x").await, ["demo_shop"]);
    assert_eq!(found("status=disconnected").await.len(), 0);
    assert_eq!(found(&format!("clientId={a}&platform=x")).await, ["demo_shop"]);
    assert_eq!(found(&format!("clientId={a}&status=reconnect_required")).await.len(), 0);

    let refused = get(&world, &format!("{PATH}?platform=facebook&status=gone")).await.json();
    assert_eq!(refused["errors"][0]["message"], "must be one of bluesky, instagram, tiktok, x");
    assert_eq!(refused["errors"][1]["message"], "must be one of connected, reconnect_required, disconnected");

    // A page is filtered after it is read, so it can be short or empty although another follows.
    assert_eq!(
        pages(&world, &format!("{PATH}?platform=x"), 1, "handle").await,
        [vec![], vec!["demo_cafe"], vec!["demo_shop"]]
    );
    let of_client = pages(&world, &format!("{PATH}?clientId={a}&platform=tiktok"), 1, "platform").await;
    assert_eq!(of_client, [["tiktok"]], "a client's accounts are all read before filtering");
    for path in [PATH.to_owned(), format!("{PATH}?clientId={a}")] {
        let separator = if path == PATH { '?' } else { '&' };
        for (query, at_fault) in [
            ("platform=myspace&status=gone", vec!["platform", "status"]),
            ("platform=myspace&limit=0", vec!["platform", "limit"]),
            ("status=gone&limit=all&platform=X", vec!["platform", "status", "limit"]),
            ("status=gone&cursor=x", vec!["status"]),
        ] {
            let refused = get(&world, &format!("{path}{separator}{query}")).await;
            assert_eq!(faults(&refused), (422, at_fault.into_iter().map(ToOwned::to_owned).collect()), "{query}");
        }
    }
}

#[tokio::test]
async fn a_client_bound_key_lists_that_clients_accounts() {
    let world = World::new().await;
    let [a, b] = connected(&world).await;
    let key = bound(&world, &a).await;
    let own = page(&world, &key, &format!("{PATH}?clientId={a}"), "id").await;
    assert_eq!(page(&world, &key, PATH, "id").await, own);
    assert_eq!(own.0.len(), 2);
    let (first, next) = page(&world, &key, &format!("{PATH}?limit=1"), "platform").await;
    let (second, end) = page(&world, &key, &format!("{PATH}?limit=1&cursor={}", next.unwrap()), "platform").await;
    assert_eq!((first, second, end), (vec!["x".to_owned()], vec!["tiktok".to_owned()], None));
    let other = world.ask(Ask::get(&format!("{PATH}?clientId={b}")).key(&key)).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (404, &json!("not_found")));
}

fn path_of(account: &Value) -> String {
    format!("{PATH}/{}", account["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_account_is_got_by_its_id() {
    let world = World::new().await;
    connected(&world).await;
    let listed = get(&world, PATH).await.data();
    for account in listed.as_array().unwrap() {
        assert_eq!(get(&world, &path_of(account)).await.data(), *account, "the same thing as in the list");
    }
    let path = path_of(&listed[0]);
    // The gate beside the pointer, then the account.
    let costs = calls(&world, Ask::get(&path).key(&world.key), 200).await;
    assert_eq!(costs, of([("GetItem", 2), ("UpdateItem", 1)]));
    assert_eq!(delete(&world, &world.key, &path).await.status, 200);
    let mut account = get(&world, &path).await.data();
    assert_eq!(account["status"], "disconnected");
    account["status"] = listed[0]["status"].clone();
    assert_eq!((&account["id"], &account["handle"]), (&listed[0]["id"], &listed[0]["handle"]), "all else stays");
}

#[tokio::test]
async fn an_account_of_others_is_not_there() {
    let world = World::new().await;
    let [a, b] = connected(&world).await;
    let of_client = async |client: &str| get(&world, &format!("{PATH}?clientId={client}")).await.data()[0].clone();
    let (own, other) = (of_client(&a).await, of_client(&b).await);
    let status = async |key: &str, path: &str| {
        let answer = world.ask(Ask::get(path).key(key)).await;
        if answer.status == 404 {
            assert_eq!(answer.json()["detail"], "There is no such account.");
        }
        answer.status.as_u16()
    };
    let key = bound(&world, &a).await;
    assert_eq!((status(&key, &path_of(&own)).await, status(&key, &path_of(&other)).await), (200, 404));
    let stranger = world.agency(AgencyId::random(), Mode::Live).await;
    let test = world.agency(world.agency, Mode::Test).await;
    for key in [&stranger, &test] {
        assert_eq!(status(key, &path_of(&own)).await, 404);
    }
    for nothing in [AccountId::random().to_string(), "acc_".into(), "x".into()] {
        assert_eq!(status(&world.key, &format!("{PATH}/{nothing}")).await, 404, "{nothing}");
    }
}
