//! Every function with its parts, and by its name: for this process, and for the ones that the tests make. Whose parts
//! they are, and who asks, is not known here.

use std::time::Duration;

use lambda_http::{Body, Request};
use shared::{
    clock::Clock,
    lambda::respond,
    net::Engine,
    oauth,
    queue::Queue,
    secrets::{ClientKeys, LinkKeys},
    site::Sites,
    store::{Gate, Store, Vault},
};
use url::Url;

/// What the functions of one process share.
pub struct Parts {
    pub gate: Gate,
    pub store: Store,
    pub vault: Vault,
    pub link_keys: LinkKeys,
    pub client_keys: ClientKeys,
    pub sites: Sites,
    pub engine: Engine,
    pub queue: Queue,
    pub clock: Clock,
    pub public_url: Url,
    /// How long a worker's claim lasts.
    pub lease: Duration,
}

pub struct Functions {
    pub create_client: create_client::Deps,
    pub get_client: get_client::Deps,
    pub mint_invite: mint_invite::Deps,
    pub redeem_invite: redeem_invite::Deps,
    pub list_accounts: list_accounts::Deps,
    pub list_clients: list_clients::Deps,
    pub list_invites: list_invites::Deps,
    pub get_invite: get_invite::Deps,
    pub revoke_invite: revoke_invite::Deps,
    pub disconnect_account: disconnect_account::Deps,
    pub create_post: create_post::Deps,
    pub get_post: get_post::Deps,
    pub list_posts: list_posts::Deps,
    pub edit_post: edit_post::Deps,
    pub cancel_post: cancel_post::Deps,
    pub retry_post: retry_post::Deps,
    pub resolve_target: resolve_target::Deps,
    pub validate_post: validate_post::Deps,
    pub get_agency: get_agency::Deps,
    pub edit_agency: edit_agency::Deps,
    pub create_key: create_key::Deps,
    pub list_keys: list_keys::Deps,
    pub revoke_key: revoke_key::Deps,
    pub client_metadata: client_metadata::Deps,
    pub error_page: error_page::Deps,
    pub openapi: openapi::Deps,
    pub no_route: no_route::Deps,
    pub dispatch_due: dispatch_due::Deps,
    pub publish_post: publish_post::Deps,
}

impl Functions {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { gate, store, vault, link_keys, client_keys, sites, engine, queue, clock, public_url, lease } =
            parts;
        let public_url = Some(public_url);
        Self {
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
            client_metadata: client_metadata::Deps { client_keys, public_url: public_url.clone() },
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
        }
    }

    /// What the function of this name answers; where there is none, what is answered where no route leads.
    pub async fn answer(&self, function: &str, request: Request) -> http::Response<Body> {
        match function {
            "create-client" => respond(&self.create_client, create_client::handle, request).await,
            "get-client" => respond(&self.get_client, get_client::handle, request).await,
            "mint-invite" => respond(&self.mint_invite, mint_invite::handle, request).await,
            "redeem-invite" => respond(&self.redeem_invite, redeem_invite::handle, request).await,
            "list-accounts" => respond(&self.list_accounts, list_accounts::handle, request).await,
            "list-clients" => respond(&self.list_clients, list_clients::handle, request).await,
            "list-invites" => respond(&self.list_invites, list_invites::handle, request).await,
            "get-invite" => respond(&self.get_invite, get_invite::handle, request).await,
            "revoke-invite" => respond(&self.revoke_invite, revoke_invite::handle, request).await,
            "disconnect-account" => respond(&self.disconnect_account, disconnect_account::handle, request).await,
            "create-post" => respond(&self.create_post, create_post::handle, request).await,
            "get-post" => respond(&self.get_post, get_post::handle, request).await,
            "list-posts" => respond(&self.list_posts, list_posts::handle, request).await,
            "edit-post" => respond(&self.edit_post, edit_post::handle, request).await,
            "retry-post" => respond(&self.retry_post, retry_post::handle, request).await,
            "resolve-target" => respond(&self.resolve_target, resolve_target::handle, request).await,
            "validate-post" => respond(&self.validate_post, validate_post::handle, request).await,
            "cancel-post" => respond(&self.cancel_post, cancel_post::handle, request).await,
            "get-agency" => respond(&self.get_agency, get_agency::handle, request).await,
            "edit-agency" => respond(&self.edit_agency, edit_agency::handle, request).await,
            "create-key" => respond(&self.create_key, create_key::handle, request).await,
            "list-keys" => respond(&self.list_keys, list_keys::handle, request).await,
            "revoke-key" => respond(&self.revoke_key, revoke_key::handle, request).await,
            "client-metadata" => respond(&self.client_metadata, client_metadata::handle, request).await,
            "error-page" => respond(&self.error_page, error_page::handle, request).await,
            "openapi" => respond(&self.openapi, openapi::handle, request).await,
            _ => respond(&self.no_route, no_route::handle, request).await,
        }
    }
}
