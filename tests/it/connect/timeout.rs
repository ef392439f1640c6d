//! Slow servers: the customer gets a page before Lambda's timeout and can start again.

use std::time::Duration;

use shared::oauth;

use super::{TOKEN, called, count, said};
use crate::world::{Browser, World};

#[tokio::test]
async fn an_exchange_that_times_out_connects_nothing_and_can_be_started_again() {
    let mut world = World::new().await;
    let client = world.client("A").await;
    let link = world.link(&client, &["x"]).await;
    let mut browser = Browser::default();
    let callback = browser.authorize_x(&world, &link, "demo_shop").await;
    world.hurry(Duration::ZERO);
    let page = browser.get(&world, &callback).await;
    assert_eq!(said(&page), (502, "platform_down"));
    assert!(page.text.contains("Connect X</button>"), "{}", page.text);
    assert_eq!((called(&world, TOKEN), count(&world, "GRANT").await), (0, 0));
    world.hurry(oauth::PATIENCE);
    assert_eq!(said(&browser.get(&world, &callback).await), (400, "state_used"));
    assert_eq!(said(&browser.connect_x(&world, &link, "demo_shop").await), (200, ""));
}
