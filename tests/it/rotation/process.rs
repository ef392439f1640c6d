//! Another process over the same tables and networks, with the secrets as it has read them.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use shared::{
    lambda::respond,
    net::Engine,
    oauth,
    platform::Sites,
    routes::Routes,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    store::{self, Vault},
    testing::{Answer, Ask},
};
use url::Url;

use crate::{
    publish::message,
    world::{LEASE, SANDBOX, URL, World, atproto::ANN_HANDLE, sites, way_out},
};

/// Every function that reads a secret.
pub(super) struct Process {
    /// The version that it makes new things with.
    pub(super) version: u8,
    pub(super) client_metadata: Arc<client_metadata::Deps>,
    mint_invite: mint_invite::Deps,
    get_invite: get_invite::Deps,
    redeem_invite: redeem_invite::Deps,
    disconnect_account: disconnect_account::Deps,
    publish_post: publish_post::Deps,
}

impl Process {
    pub(super) fn new(world: &World, secret: &str) -> Self {
        Self::with(world, [secret; 3])
    }

    /// The link, the vault and the client keys secret.
    pub(super) fn with(world: &World, [link, vault, client]: [&str; 3]) -> Self {
        let link_keys = LinkKeys::parse(link).unwrap();
        let client_keys = ClientKeys::parse(client).unwrap();
        let vault: Vault = world.engine.vault(VaultKeys::parse(vault).unwrap());
        let mut sites: Sites = sites();
        sites.at.as_mut().unwrap().keys = Some(client_keys.clone());
        let engine = Engine::new(world.network.clone(), LEASE / 3).with_own(&SANDBOX.parse().unwrap());
        let (gate, store, clock) = (world.gate.clone(), world.store.clone(), world.clock.clock());
        let public_url: Option<Url> = Some(URL.parse().unwrap());
        Self {
            version: link_keys.version(),
            client_metadata: Arc::new(client_metadata::Deps { client_keys, public_url: public_url.clone() }),
            mint_invite: mint_invite::Deps {
                gate: gate.clone(),
                store: store.clone(),
                link_keys: link_keys.clone(),
                sites: sites.clone(),
                clock: clock.clone(),
                public_url: public_url.clone(),
            },
            get_invite: get_invite::Deps {
                gate: gate.clone(),
                store: store.clone(),
                link_keys: link_keys.clone(),
                clock: clock.clone(),
                public_url: public_url.clone(),
            },
            redeem_invite: redeem_invite::Deps {
                store: store.clone(),
                gate: gate.clone(),
                vault: vault.clone(),
                link_keys,
                sites: sites.clone(),
                engine: engine.clone(),
                patience: oauth::PATIENCE,
                clock: clock.clone(),
                public_url,
            },
            disconnect_account: disconnect_account::Deps {
                gate,
                store: store.clone(),
                vault: vault.clone(),
                sites: sites.clone(),
                engine: engine.clone(),
                patience: oauth::PATIENCE,
                clock: clock.clone(),
            },
            publish_post: publish_post::Deps {
                store,
                vault,
                sites,
                engine,
                queue: world.publish_post.queue.clone(),
                clock,
                lease: LEASE,
            },
        }
    }

    pub(super) async fn ask(&self, ask: Ask) -> Answer {
        let routes = Routes::of_this_build();
        let path = ask.path().split('?').next().unwrap().to_owned();
        let (function, parameters) = routes.find(ask.method().as_str(), &path);
        let ask = parameters.iter().fold(ask, |ask, (name, values)| ask.parameter(name, &values[0]));
        let request = ask.build();
        Answer::read(match function {
            "mint-invite" => respond(&self.mint_invite, mint_invite::handle, request).await,
            "get-invite" => respond(&self.get_invite, get_invite::handle, request).await,
            "redeem-invite" => respond(&self.redeem_invite, redeem_invite::handle, request).await,
            "disconnect-account" => respond(&self.disconnect_account, disconnect_account::handle, request).await,
            other => panic!("{other} reads no secret"),
        })
    }

    /// An invite for X and Bluesky; the same one again for the same client.
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

    /// Presses a platform's button.
    pub(super) async fn press(&self, link: &str, platform: &str) -> Answer {
        let ask = Ask::new(Method::POST, &format!("{link}/{platform}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.ask(ask.body(format!("handle={ANN_HANDLE}"))).await
    }

    /// The cookie, and where the browser goes on to.
    pub(super) async fn start(&self, link: &str, platform: &str) -> (String, Url) {
        let page = self.press(link, platform).await;
        let cookie = page.header("set-cookie").unwrap_or_else(|| panic!("{}", page.text));
        (cookie.split(';').next().unwrap().to_owned(), way_out(&page))
    }

    pub(super) async fn try_publish(&self, world: &World, post: &Value) -> Result<(), store::Error> {
        publish_post::handle(&self.publish_post, message(world, post)).await
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
