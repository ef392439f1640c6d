//! What happens while an account is disconnected.

use std::sync::{Arc, Mutex};

use shared::{
    account::{Account, AccountStatus},
    store::Grant,
};

use super::{X, disconnect, standing};
use crate::{
    connect::{called, count, is, stored, tables, tenant, vault, wait},
    world::{Browser, World},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_the_platform_is_told_leaves_the_account_disconnected() {
    let world = Arc::new(World::new().await);
    let (client, account) = world.connected("demo_shop").await;
    let (agency, seen) = (Arc::clone(&world), Arc::new(Mutex::new(None)));
    let kept = Arc::clone(&seen);
    world.network.hook(move |request| {
        if is(request, X) {
            let state = wait(async { (stored(&agency, &client).await[0].status, count(&agency, "GRANT").await) });
            *kept.lock().unwrap() = Some(state);
        }
        None
    });
    disconnect(&world, &account).await;
    world.network.unhook();
    assert_eq!(*seen.lock().unwrap(), Some((AccountStatus::Disconnected, 0)), "before anything was sent");
}

#[tokio::test]
async fn a_reconnect_or_a_refresh_in_between_is_seen() {
    let world = World::new().await;
    let (client, _) = world.connected("demo_shop").await;
    let (account, grant) = standing(&world, &client).await;
    let vault = vault(&world);
    let disconnect = async |account: &Account, grant: Option<&Grant>| {
        world.store.disconnect_account(&vault, tenant(&world), account, grant).await.unwrap()
    };
    assert!(vault.store_rotated(tenant(&world), &grant, &grant.tokens).await.unwrap());
    let before = tables(&world).await;
    assert!(!disconnect(&account, Some(&grant)).await, "its tokens are others by now");
    assert_eq!(tables(&world).await, before);

    let link = world.link(&client, &["x"]).await;
    Browser::default().connect_x(&world, &link, "demo_shop").await;
    let before = tables(&world).await;
    for read in [Some(&grant), None] {
        assert!(!disconnect(&account, read).await, "it stands on another grant");
    }
    assert_eq!(tables(&world).await, before);

    let (account, grant) = standing(&world, &client).await;
    assert!(disconnect(&account, Some(&grant)).await);
    assert!(!disconnect(&account, Some(&grant)).await, "of two at once, one tells the platform");
}

#[tokio::test]
async fn of_many_who_disconnect_at_once_one_tells_the_platform() {
    let world = World::new().await;
    let (_, account) = world.connected("demo_shop").await;
    let _ = world.network.seen();
    let answers = futures_util::future::join_all((0..8).map(|_| disconnect(&world, &account))).await;
    assert!(answers.iter().all(|answer| answer.data()["status"] == "disconnected"));
    assert_eq!(answers.iter().filter(|answer| answer.data()["revokedAtPlatform"] == true).count(), 1);
    assert_eq!(called(&world, X), 1);
}
