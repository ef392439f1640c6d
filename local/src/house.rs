//! Every function with its parts, over one engine.

use std::{fs, sync::Arc, time::Duration};

use aws_sdk_dynamodb::Client;
use bytes::Bytes;
use sandbox::Sandbox;
use shared::{
    clock::Clock,
    net::{Engine, Wire},
    oauth,
    platform::{
        Sites,
        site::{App, AtNetwork, sites},
    },
    queue::{InProcess, Queue},
    routes::Routes,
    secret::Secret,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    store::{Gate, Store, Vault, schema},
};
use url::Url;

use crate::{Sentence, arguments::Arguments, data::Data, workers};

/// Name of the main table.
pub const MAIN: &str = "onbehalf-main";
/// Name of the vault.
pub const VAULT: &str = "onbehalf-vault";
pub(crate) const SANDBOX: &str = "onbehalf-sandbox";
/// Our app's id at the sandbox.
pub(crate) const SANDBOX_APP: &str = "onbehalf-local";

pub(crate) struct House {
    pub(crate) routes: Routes,
    pub(crate) gate: Gate,
    pub(crate) url: Url,
    pub(crate) sandbox_url: Url,
    sandbox: Sandbox,
    pub(crate) create_client: create_client::Deps,
    pub(crate) get_client: get_client::Deps,
    pub(crate) mint_invite: mint_invite::Deps,
    pub(crate) redeem_invite: redeem_invite::Deps,
    pub(crate) list_accounts: list_accounts::Deps,
    pub(crate) list_clients: list_clients::Deps,
    pub(crate) list_invites: list_invites::Deps,
    pub(crate) get_invite: get_invite::Deps,
    pub(crate) revoke_invite: revoke_invite::Deps,
    pub(crate) disconnect_account: disconnect_account::Deps,
    pub(crate) create_post: create_post::Deps,
    pub(crate) get_post: get_post::Deps,
    pub(crate) list_posts: list_posts::Deps,
    pub(crate) edit_post: edit_post::Deps,
    pub(crate) cancel_post: cancel_post::Deps,
    pub(crate) retry_post: retry_post::Deps,
    pub(crate) resolve_target: resolve_target::Deps,
    pub(crate) validate_post: validate_post::Deps,
    pub(crate) get_agency: get_agency::Deps,
    pub(crate) edit_agency: edit_agency::Deps,
    pub(crate) create_key: create_key::Deps,
    pub(crate) list_keys: list_keys::Deps,
    pub(crate) revoke_key: revoke_key::Deps,
    pub(crate) client_metadata: client_metadata::Deps,
    pub(crate) error_page: error_page::Deps,
    pub(crate) openapi: openapi::Deps,
    pub(crate) no_route: no_route::Deps,
    pub(crate) dispatch_due: dispatch_due::Deps,
    pub(crate) publish_post: publish_post::Deps,
    pub(crate) queue: InProcess,
}

impl House {
    pub(crate) async fn build(
        arguments: &Arguments,
        data: &Data,
        dynamodb: Client,
        url: &Url,
        sandbox_url: &Url,
    ) -> Result<Self, Sentence> {
        let unreadable = |_| "The data folder's secrets cannot be read: restore its onbehalf.json.".to_owned();
        let link_keys = LinkKeys::parse(&data.kept.link_secret.to_string()).map_err(unreadable)?;
        let vault_keys = VaultKeys::parse(&data.kept.vault_secret.to_string()).map_err(unreadable)?;
        // On one machine the link secret serves for these, too: each use of it has keys of its own.
        let client_keys = ClientKeys::parse(&data.kept.link_secret.to_string()).map_err(unreadable)?;
        let clock = Clock::system();
        schema::create(&dynamodb, MAIN, VAULT).await.map_err(|error| format!("The tables cannot be made: {error}."))?;
        let lease = Duration::from_secs(arguments.lease);
        let engine = Engine::new(Wire::new(arguments.allow_loopback), lease / 3).with_own(sandbox_url);
        let sandbox = sandbox(data, dynamodb.clone(), url, sandbox_url, (&clock, &engine));
        sandbox.create_table().await.map_err(|error| format!("The sandbox's table cannot be made: {error}."))?;

        let store = Store::new(dynamodb.clone(), MAIN.into(), clock.clone());
        let gate = Gate::new(store.clone()).trusting(arguments.tokens.issuer()?);
        let vault = Vault::new(dynamodb, VAULT.into(), vault_keys);
        let sites = offered(arguments, data, sandbox_url, &client_keys)?;
        let workers = workers::start();
        let queue = Queue::InProcess(Arc::clone(&workers));
        let public_url = Some(url.clone());
        Ok(Self {
            routes: Routes::of_this_build(),
            create_client: create_client::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            get_client: get_client::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
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
                public_url: public_url.clone(),
            },
            list_accounts: list_accounts::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            list_clients: list_clients::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            list_invites: list_invites::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            revoke_invite: revoke_invite::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            disconnect_account: disconnect_account::Deps {
                gate: gate.clone(),
                store: store.clone(),
                vault: vault.clone(),
                sites: sites.clone(),
                engine: engine.clone(),
                patience: oauth::PATIENCE,
                clock: clock.clone(),
            },
            create_post: create_post::Deps {
                gate: gate.clone(),
                store: store.clone(),
                queue: queue.clone(),
                engine: engine.clone(),
                clock: clock.clone(),
            },
            get_post: get_post::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            list_posts: list_posts::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            edit_post: edit_post::Deps {
                gate: gate.clone(),
                store: store.clone(),
                queue: queue.clone(),
                engine: engine.clone(),
                clock: clock.clone(),
            },
            retry_post: retry_post::Deps {
                gate: gate.clone(),
                store: store.clone(),
                queue: queue.clone(),
                clock: clock.clone(),
            },
            resolve_target: resolve_target::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            validate_post: validate_post::Deps {
                gate: gate.clone(),
                store: store.clone(),
                engine: engine.clone(),
                clock: clock.clone(),
            },
            cancel_post: cancel_post::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            get_agency: get_agency::Deps { gate: gate.clone(), clock: clock.clone() },
            edit_agency: edit_agency::Deps { gate: gate.clone(), clock: clock.clone() },
            create_key: create_key::Deps { gate: gate.clone(), store: store.clone(), clock: clock.clone() },
            list_keys: list_keys::Deps { gate: gate.clone(), clock: clock.clone() },
            revoke_key: revoke_key::Deps { gate: gate.clone(), clock: clock.clone() },
            client_metadata: client_metadata::Deps { client_keys, public_url: Some(url.clone()) },
            error_page: error_page::Deps,
            openapi: openapi::Deps { public_url },
            no_route: no_route::Deps,
            dispatch_due: dispatch_due::Deps {
                store: store.clone(),
                queue: queue.clone(),
                clock: clock.clone(),
                last: dispatch_due::LastTick::default(),
                function: "dispatch-due".into(),
            },
            publish_post: publish_post::Deps { store, vault, sites, engine, queue, clock, lease },
            queue: workers,
            gate,
            url: url.clone(),
            sandbox_url: sandbox_url.clone(),
            sandbox,
        })
    }

    /// None: the connection is to be closed without an answer.
    pub(crate) async fn sandbox_answer(&self, request: http::Request<Bytes>) -> Option<http::Response<Bytes>> {
        match self.sandbox.answer(request).await {
            sandbox::Answer::Response(response) => Some(response),
            sandbox::Answer::Lost => None,
        }
    }
}

fn sandbox(data: &Data, dynamodb: Client, url: &Url, sandbox_url: &Url, (clock, engine): (&Clock, &Engine)) -> Sandbox {
    let app = sandbox::App {
        client_id: SANDBOX_APP.into(),
        client_secret: data.kept.sandbox_secret.clone(),
        redirect_uris: serve_sandbox::redirect_uris(url),
    };
    let public_url = sandbox_url.as_str().trim_end_matches('/').to_owned();
    let clock = clock.clone();
    let config = sandbox::Config {
        table: SANDBOX.into(),
        public_url,
        apps: vec![app],
        fetch: serve_sandbox::fetch(engine.clone()),
    };
    Sandbox::new(dynamodb, config, Arc::new(move || clock.now()))
}

/// Our apps at the platforms, as `--platforms` has them.
pub(crate) fn platforms(arguments: &Arguments) -> Result<String, Sentence> {
    let Some(file) = &arguments.platforms else { return Ok("{}".into()) };
    fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

/// Platforms with credentials are the real ones; the others, and test mode, go to the sandbox.
fn offered(arguments: &Arguments, data: &Data, sandbox_url: &Url, keys: &ClientKeys) -> Result<Sites, Sentence> {
    let credentials = platforms(arguments)?;
    let mut sites = sites(&credentials, Some(sandbox_url.clone())).map_err(|error| {
        format!("--platforms needs {{\"x\":{{\"clientId\":\"…\",\"clientSecret\":\"…\"}}}}: {error}.")
    })?;
    let client_secret = Secret::new(data.kept.sandbox_secret.clone());
    sites.sandbox_app = Some(App { client_id: SANDBOX_APP.into(), client_secret });
    sites.sandbox_stands_in = true;
    sites.at = Some(AtNetwork {
        resolver: arguments.bluesky_resolver.clone(),
        plc: arguments.plc.clone(),
        keys: arguments.public_url.as_ref().map(|_| keys.clone()),
    });
    Ok(sites)
}
