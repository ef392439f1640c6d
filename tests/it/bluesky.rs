//! Bluesky from the handle to the published record, against a network that enforces the specification.

mod callback;
mod client;
mod media;
mod publish;
mod revoke;
mod sandbox;
mod start;

use shared::testing::TestResponse;

use crate::{
    connect::said,
    world::{
        Browser, World,
        atproto::{ANN_HANDLE, AtProtocol},
        way_out,
    },
};

/// A world with the AT Protocol network, a client, and a link of it for Bluesky.
struct Setup {
    world: World,
    network: AtProtocol,
    client: String,
    link: String,
    browser: Browser,
}

impl Setup {
    async fn new() -> Self {
        let world = World::new().await;
        let network = AtProtocol::install(&world);
        let client = world.client("Autoloom Detailing").await;
        let link = world.link(&client, &["bluesky"]).await;
        let _ = (world.engine.calls(), world.network.seen());
        Self { world, network, client, link, browser: Browser::default() }
    }

    /// Enters a handle or DID on the link's page and presses the button.
    async fn press(&mut self, typed: &str) -> TestResponse {
        let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("handle", typed).finish();
        self.browser.press(&self.world, &format!("{}/bluesky", self.link), &form).await
    }

    /// Starts as Ann and consents; returns the callback's path.
    async fn authorize(&mut self) -> String {
        let page = self.press(ANN_HANDLE).await;
        assert_eq!(said(&page), (200, ""), "{}", page.text);
        let callback = self.network.approve(&way_out(&page));
        let _ = (self.world.engine.calls(), self.world.network.seen());
        callback
    }

    /// Opens a callback and follows its redirect.
    async fn follow(&mut self, callback: &str) -> TestResponse {
        self.browser.follow(&self.world, callback).await
    }

    /// Connects Ann's account; returns its id.
    async fn connect(&mut self) -> String {
        let callback = self.authorize().await;
        let page = self.follow(&callback).await;
        assert_eq!(said(&page), (200, ""), "{}", page.text);
        assert!(page.text.contains("✓") && page.text.contains(ANN_HANDLE), "{}", page.text);
        self.world.accounts(&self.client).await[0]["id"].as_str().unwrap().to_owned()
    }

    async fn accounts(&self) -> usize {
        self.world.accounts(&self.client).await.len()
    }
}
