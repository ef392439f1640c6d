//! Every operation, by its function.

use shared::api::contract::Operation;

pub(crate) fn all() -> Vec<(&'static str, Operation)> {
    let mut all = vec![
        ("create-client", create_client::operation()),
        ("list-clients", list_clients::operation()),
        ("get-client", get_client::operation()),
        ("mint-invite", mint_invite::operation()),
        ("list-invites", list_invites::operation()),
        ("get-invite", get_invite::operation()),
        ("revoke-invite", revoke_invite::operation()),
        ("list-accounts", list_accounts::operation()),
        ("disconnect-account", disconnect_account::operation()),
        ("create-post", create_post::operation()),
        ("list-posts", list_posts::operation()),
        ("validate-post", validate_post::operation()),
        ("get-post", get_post::operation()),
        ("edit-post", edit_post::operation()),
        ("cancel-post", cancel_post::operation()),
        ("retry-post", retry_post::operation()),
        ("resolve-target", resolve_target::operation()),
        ("get-agency", get_agency::operation()),
        ("edit-agency", edit_agency::operation()),
        ("create-key", create_key::operation()),
        ("list-keys", list_keys::operation()),
        ("revoke-key", revoke_key::operation()),
        ("client-metadata", client_metadata::operation()),
        ("openapi", openapi::operation()),
        ("error-page", error_page::operation()),
    ];
    all.extend(redeem_invite::operations().map(|operation| ("redeem-invite", operation)));
    all
}
