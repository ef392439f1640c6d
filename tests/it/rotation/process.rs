//! A process over the same tables and networks with its own versions of the secrets.

use futures_util::FutureExt;
use http::Method;
use local::functions::Functions;
use serde_json::{Value, json};
use shared::{
    deployment,
    net::HttpClient,
    routes::Routes,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    store,
    testing::{Ask, TestResponse},
};
use url::Url;

use crate::{
    publish::{opened, target_messages},
    world::{LEASE, PAGE_COOKIE, SANDBOX, URL, World, atproto::ANN_HANDLE, sites, way_out},
};

pub(super) struct Process {
    /// The version that it encrypts with.
    pub(super) version: u8,
    pub(super) functions: Functions,
}

impl Process {
    pub(super) fn new(world: &World, secret: &str) -> Self {
        Self::with(world, [secret; 3])
    }

    /// A process with these link, vault and client key secrets.
    pub(super) fn with(world: &World, [link, vault, client]: [&str; 3]) -> Self {
        let link_keys = LinkKeys::parse(link).unwrap();
        let client_keys = ClientKeys::parse(client).unwrap();
        let version = link_keys.version();
        let mut sites = sites();
        sites.at.as_mut().unwrap().keys = Some(client_keys.clone());
        let parts = deployment::Process {
            dynamodb: world.engine.client.clone(),
            gate: world.gate.clone(),
            store: world.store.clone(),
            vault: world.engine.vault(VaultKeys::parse(vault).unwrap()),
            link_keys,
            client_keys,
            sites,
            http: HttpClient::new(world.network.clone(), LEASE / 3).with_own(&SANDBOX.parse().unwrap()),
            queue: world.functions.publish_target.queue.clone(),
            clock: world.clock.clock(),
            public_url: URL.parse().unwrap(),
            lease: LEASE,
            sandbox_table: "sandbox".into(),
        };
        let functions = Functions::of(&parts.into()).now_or_never().expect("the parts are there").unwrap();
        Self { version, functions }
    }

    pub(super) async fn ask(&self, ask: Ask) -> TestResponse {
        let routes = Routes::of_this_build();
        let path = ask.path().split('?').next().unwrap().to_owned();
        let (function, parameters) = routes.find(ask.method().as_str(), &path);
        let ask = parameters.iter().fold(ask, |ask, (name, values)| ask.parameter(name, &values[0]));
        TestResponse::read(self.functions.answer(function, ask.build()).await)
    }

    /// Mints an invite for X and Bluesky; a second call for a client is a replay.
    pub(super) async fn mint(&self, world: &World, client: &str) -> Value {
        self.mint_with(world, client, "same").await
    }

    pub(super) async fn mint_with(&self, world: &World, client: &str, key: &str) -> Value {
        let path = format!("/v1/clients/{client}/connect-invites");
        let ask = Ask::post(&path, &json!({ "platforms": ["x", "bluesky"] })).idempotency_key(key);
        let answer = self.ask(ask.key(&world.key)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.data()
    }

    pub(super) async fn read_invite(&self, world: &World, invite: &Value) -> Value {
        let path = format!("/v1/connect-invites/{}", invite["inviteId"].as_str().unwrap());
        let answer = self.ask(Ask::get(&path).key(&world.key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.data()
    }

    /// Presses a platform's button on the link's page.
    pub(super) async fn press(&self, link: &str, platform: &str) -> TestResponse {
        let ask = Ask::new(Method::POST, &format!("{link}/{platform}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", PAGE_COOKIE);
        self.ask(ask.body(format!("handle={ANN_HANDLE}"))).await
    }

    /// Starts an attempt: the cookie and the authorization URL.
    pub(super) async fn start(&self, link: &str, platform: &str) -> (String, Url) {
        let page = self.press(link, platform).await;
        let cookie = page.header("set-cookie").unwrap_or_else(|| panic!("{}", page.text));
        (cookie.split(';').next().unwrap().to_owned(), way_out(&page))
    }

    pub(super) async fn try_publish(&self, world: &World, post: &Value) -> Result<(), store::Error> {
        opened(world, post).await;
        for message in target_messages(world, post) {
            publish_target::handle(&self.functions.publish_target, message).await?;
        }
        Ok(())
    }

    pub(super) async fn publish(&self, world: &World, post: &Value) {
        self.try_publish(world, post).await.unwrap();
    }

    pub(super) async fn disconnect(&self, world: &World, account: &Value) -> Value {
        let path = format!("/v1/accounts/{}", account["id"].as_str().unwrap());
        let answer = self.ask(Ask::new(Method::DELETE, &path).key(&world.key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.data()
    }
}
