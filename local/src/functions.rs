//! Every function by its name: made of the parts of one process, called as its trigger would call it.

use lambda_http::{Body, Request};
use shared::{
    api::contract::Operation,
    deployment::{self, Parts},
    lambda::respond,
    queue::Message,
    store,
};

macro_rules! functions {
    (
        route { $($one:ident: $one_name:literal,)* }
        routes { $($many:ident: $many_name:literal,)* }
        default { $default:ident: $default_name:literal, }
        queue { $($queue:ident: $queue_name:literal,)* }
        schedule { $($schedule:ident: $schedule_name:literal,)* }
        own_gateway { $($own:ident: $own_name:literal,)* }
    ) => {
        /// What each function is made of.
        pub struct Functions {
            $(pub $one: $one::Deps,)*
            $(pub $many: $many::Deps,)*
            pub $default: $default::Deps,
            $(pub $queue: $queue::Deps,)*
            $(pub $schedule: $schedule::Deps,)*
            $(pub $own: $own::Deps,)*
        }

        impl Functions {
            /// # Errors
            /// A part cannot be made.
            pub async fn of(parts: &Parts) -> Result<Self, deployment::Error> {
                Ok(Self {
                    $($one: $one::Deps::of(parts).await?,)*
                    $($many: $many::Deps::of(parts).await?,)*
                    $default: $default::Deps::of(parts).await?,
                    $($queue: $queue::Deps::of(parts).await?,)*
                    $($schedule: $schedule::Deps::of(parts).await?,)*
                    $($own: $own::Deps::of(parts).await?,)*
                })
            }

            /// The answer of the function of this name; of any other name, that to a request which no route takes.
            pub async fn answer(&self, function: &str, request: Request) -> http::Response<Body> {
                match function {
                    $($one_name => respond(&self.$one, $one::handle, request).await,)*
                    $($many_name => respond(&self.$many, $many::handle, request).await,)*
                    _ => respond(&self.$default, $default::handle, request).await,
                }
            }
        }

        /// Every operation of the API, with its function's name.
        #[must_use]
        pub fn operations() -> Vec<(&'static str, Operation)> {
            let mut all = vec![$(($one_name, $one::operation()),)*];
            $(all.extend($many::operations().into_iter().map(|operation| ($many_name, operation)));)*
            all
        }
    };
}

impl Functions {
    /// Gives a message to the function that its queue calls.
    ///
    /// # Errors
    /// The store failed: the message is to be delivered again.
    pub async fn take(&self, message: Message) -> Result<(), store::Error> {
        match message.target {
            None => open_post::handle(&self.open_post, message).await,
            Some(_) => publish_target::handle(&self.publish_target, message).await,
        }
    }
}

functions! {
    // generated from template.yaml by `cargo run -p generate`
    route {
        cancel_post: "cancel-post",
        client_metadata: "client-metadata",
        create_client: "create-client",
        create_key: "create-key",
        create_post: "create-post",
        disconnect_account: "disconnect-account",
        edit_agency: "edit-agency",
        edit_post: "edit-post",
        error_page: "error-page",
        get_account: "get-account",
        get_agency: "get-agency",
        get_client: "get-client",
        get_invite: "get-invite",
        get_post: "get-post",
        list_accounts: "list-accounts",
        list_clients: "list-clients",
        list_events: "list-events",
        list_invites: "list-invites",
        list_keys: "list-keys",
        list_posts: "list-posts",
        mint_invite: "mint-invite",
        openapi: "openapi",
        resolve_target: "resolve-target",
        retry_post: "retry-post",
        revoke_invite: "revoke-invite",
        revoke_key: "revoke-key",
        validate_post: "validate-post",
    }
    routes {
        forget_person: "forget-person",
        redeem_invite: "redeem-invite",
    }
    default {
        no_route: "no-route",
    }
    queue {
        open_post: "open-post",
        publish_target: "publish-target",
    }
    schedule {
        dispatch_due: "dispatch-due",
    }
    own_gateway {
        serve_sandbox: "serve-sandbox",
    }
    // generated until here
}
