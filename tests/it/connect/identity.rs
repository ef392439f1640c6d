//! An account is identified by the platform's immutable id within one client, and a link connects one identity.

use serde_json::json;

use super::{count, end_grant, is, publish, reply, said, stored, tables, tenant, vault};
use crate::{
    connect::WHOAMI,
    world::{Browser, World},
};

#[tokio::test]
async fn a_link_that_connected_one_account_refuses_another() {
    let world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let (mut a, mut b) = (Browser::default(), Browser::default());
    let of_a = a.authorize_x(&world, &link, "demo_shop").await;
    let of_b = b.authorize_x(&world, &link, "demo_cafe").await;
    assert_eq!(said(&a.follow(&world, &of_a).await), (200, ""));
    let before = tables(&world).await;

    let page = b.follow(&world, &of_b).await;
    assert_eq!(said(&page), (409, "other_identity"));
    assert!(page.text.contains("demo_shop") && !page.text.contains("demo_cafe"), "{}", page.text);
    assert_eq!(tables(&world).await, before);
    let accounts = world.accounts(&client).await;
    assert_eq!((accounts.len(), accounts[0]["handle"].as_str()), (1, Some("demo_shop")));

    // Also once the account has to be connected again.
    end_grant(&world, &stored(&world, &client).await[0]).await;
    let page = b.connect_x(&world, &link, "demo_cafe").await;
    assert_eq!(said(&page), (409, "other_identity"));
    assert!(page.text.contains("Reconnect X</button>"), "{}", page.text);
    assert_eq!(world.accounts(&client).await[0]["status"], "reconnect_required");
    assert_eq!(said(&b.connect_x(&world, &link, "demo_shop").await), (200, ""));
}

#[tokio::test]
async fn connecting_again_keeps_the_account_and_replaces_its_grant() {
    let world = World::new().await;
    let (client, id) = world.connected("demo_shop").await;
    let first = stored(&world, &client).await.remove(0);
    assert!(vault(&world).find(tenant(&world), &first).await.unwrap().is_some());
    let at = world.now() + chrono::Duration::minutes(15);
    let waits = world.post(&client, &[&id], "planned before", json!({ "type": "at", "scheduledAt": at })).await;

    world.clock.advance(chrono::Duration::minutes(5));
    end_grant(&world, &first).await;
    let page = Browser::default().connect_x(&world, &world.link(&client, &["x"]).await, "demo_shop").await;
    assert_eq!(said(&page), (200, ""));
    let second = stored(&world, &client).await;
    let [second] = &second[..] else { panic!("{second:?}") };
    assert_eq!((second.id, second.connected_at), (first.id, first.connected_at));
    assert_ne!(second.grant, first.grant);
    assert!(vault(&world).find(tenant(&world), &first).await.unwrap().is_none(), "the old grant is gone");
    assert!(vault(&world).find(tenant(&world), second).await.unwrap().is_some());
    assert_eq!((count(&world, "GRANT").await, count(&world, "ACCOUNT").await), (1, 1));

    world.pass(chrono::Duration::minutes(10)).await;
    world.tick().await;
    world.deliver().await;
    assert_eq!(world.target(&waits).await["status"], "published", "the scheduled post is kept");
    assert_eq!(world.feed("demo_shop").await, ["planned before"]);
}

#[tokio::test]
async fn the_same_platform_account_under_another_client_is_another_account() {
    let world = World::new().await;
    let (one, of_one) = world.connected("demo_shop").await;
    let two = world.client("Two").await;
    let link = world.link(&two, &["x"]).await;
    let page = Browser::default().get(&world, &link).await;
    assert!(!page.text.contains("demo_shop"), "the page does not show the other client's account: {}", page.text);
    assert_eq!(said(&Browser::default().connect_x(&world, &link, "demo_shop").await), (200, ""));

    let (of_one, of_two) = ((of_one, stored(&world, &one).await), stored(&world, &two).await);
    assert_eq!((of_one.1.len(), of_two.len()), (1, 1));
    assert_ne!(of_two[0].id.to_string(), of_one.0);
    assert_ne!(of_two[0].grant, of_one.1[0].grant);
    assert_eq!(of_two[0].user_id, of_one.1[0].user_id, "both are the same platform user");
    for (client, account) in [(&one, &of_one.1[0]), (&two, &of_two[0])] {
        let target = publish(&world, client, &account.id.to_string(), &format!("for {client}")).await;
        assert_eq!(target["status"], "published", "{target}");
    }
}

#[tokio::test]
async fn an_account_connected_by_another_link_of_its_client_keeps_its_id() {
    let world = World::new().await;
    let (client, id) = world.connected("demo_shop").await;
    let link = world.link(&client, &["x"]).await;
    let page = Browser::default().get(&world, &link).await;
    assert!(page.text.contains("✓") && page.text.contains("Connect another account"), "{}", page.text);
    assert_eq!(said(&Browser::default().connect_x(&world, &link, "demo_shop").await), (200, ""));
    let accounts = world.accounts(&client).await;
    assert_eq!((accounts.len(), accounts[0]["id"].as_str()), (1, Some(id.as_str())));
    assert_eq!(count(&world, "GRANT").await, 1);

    // Another link can connect another account.
    let other = world.link(&client, &["x"]).await;
    assert_eq!(said(&Browser::default().connect_x(&world, &other, "demo_cafe").await), (200, ""));
    assert_eq!((world.accounts(&client).await.len(), count(&world, "GRANT").await), (2, 2));
}

#[tokio::test]
async fn an_account_is_identified_by_its_id_not_its_handle() {
    let world = World::new().await;
    let client = world.client("A").await;
    let whoami = |id: &str, username: &str| {
        let user = json!({ "data": { "id": id, "name": "N", "username": username } });
        world.network.hook(move |request| is(request, WHOAMI).then(|| Ok(reply(200, &user))));
    };
    for (id, username, accounts) in [("1", "ann", 1), ("1", "ann_new", 1), ("2", "ann_new", 2)] {
        whoami(id, username);
        let link = world.link(&client, &["x"]).await;
        assert_eq!(said(&Browser::default().connect_x(&world, &link, "demo_shop").await), (200, ""));
        let stored = stored(&world, &client).await;
        assert_eq!(stored.len(), accounts, "{id} {username}");
        assert!(stored.iter().any(|account| account.user_id == id && account.handle == username));
    }
    // The first account's handle is the last one that the platform reported.
    assert!(stored(&world, &client).await.iter().all(|account| account.handle == "ann_new"));
}
