//! Every position of an id in every route, with a request that has a given id there. All other ids in the request are the
//! caller's own. None of these requests changes anything if the id is foreign.

use http::Method;
use serde_json::{Value, json};
use shared::testing::Ask;

use super::fixture::{ClientData, Kind};

pub(super) struct IdPosition {
    pub(super) kind: Kind,
    pub(super) ask: Box<dyn Fn(&str) -> Ask + Send + Sync>,
}

fn position(kind: Kind, ask: impl Fn(&str) -> Ask + Send + Sync + 'static) -> IdPosition {
    IdPosition { kind, ask: Box::new(ask) }
}

/// A GET, with the id where the pattern has `{}`.
fn get(kind: Kind, pattern: &str) -> IdPosition {
    let pattern = pattern.to_owned();
    position(kind, move |id| Ask::get(&pattern.replace("{}", id)))
}

fn delete(kind: Kind, pattern: &str) -> IdPosition {
    let pattern = pattern.to_owned();
    position(kind, move |id| Ask::new(Method::DELETE, &pattern.replace("{}", id)))
}

/// A POST with the id where path or body has `{}`.
fn post(kind: Kind, pattern: &str, body: &Value) -> IdPosition {
    let (pattern, body) = (pattern.to_owned(), body.to_string());
    position(kind, move |id| Ask::post(&pattern.replace("{}", id), &Value::Null).body(body.replace("{}", id)))
}

fn patch(kind: Kind, pattern: &str, body: &Value) -> IdPosition {
    let (pattern, body) = (pattern.to_owned(), body.to_string());
    position(kind, move |id| {
        let ask = Ask::new(Method::PATCH, &pattern.replace("{}", id)).header("content-type", "application/json");
        ask.body(body.replace("{}", id))
    })
}

/// The positions in a post's body.
fn composed(path: &str, own: &ClientData) -> Vec<IdPosition> {
    let (client, account) = (&own.client, &own.account);
    let body = |client: &str, accounts: Value, overrides: Value| {
        json!({
            "clientId": client, "content": "Hello", "overrides": overrides, "schedule": { "type": "draft" },
            "targets": { "mode": "selection", "accountIds": accounts },
        })
    };
    let all =
        json!({ "clientId": "{}", "content": "Hello", "schedule": { "type": "now" }, "targets": { "mode": "all" } });
    vec![
        post(Kind::Client, path, &body("{}", json!([account]), json!({}))),
        post(Kind::Client, path, &all),
        post(Kind::Account, path, &body(client, json!(["{}"]), json!({}))),
        post(Kind::Account, path, &body(client, json!([account, "{}"]), json!({}))),
        post(Kind::Account, path, &body(client, json!([account]), json!({ "{}": { "content": "Hi" } }))),
        post(Kind::Account, path, &body(client, json!(["{}"]), json!({ "{}": { "content": "Hi" } }))),
    ]
}

/// # Panics
/// For a route that takes more than an id in its path and has no row here.
pub(super) fn id_positions(method: &str, path: &str, own: &ClientData) -> Vec<IdPosition> {
    use Kind::{Account, Client, Cursor, Invite, Key, Link, Post};
    let (client, account, invite, draft) = (&own.client, &own.account, &own.invite, &own.draft);
    let invites = format!("/v1/clients/{client}/connect-invites");
    let new_key = |client: &str| json!({ "label": "new", "scopes": ["posts.read"], "clientId": client });
    match (method, path) {
        ("GET", "/v1/clients") => {
            vec![get(Cursor("clients"), "/v1/clients?cursor={}"), get(Client, "/v1/clients?clientId={}")]
        }
        ("POST", "/v1/clients") => vec![
            post(Client, path, &json!({ "name": "New", "type": "{}" })),
            post(Client, path, &json!({ "name": "New", "clientId": "{}" })),
        ],
        ("GET", "/v1/clients/{clientId}/connect-invites") => vec![
            get(Client, "/v1/clients/{}/connect-invites"),
            get(Client, &format!("{invites}?clientId={{}}")),
            get(Cursor("connect-invites"), &format!("{invites}?cursor={{}}")),
        ],
        ("POST", "/v1/clients/{clientId}/connect-invites") => vec![
            post(Client, "/v1/clients/{}/connect-invites", &json!({ "platforms": ["x"] })),
            post(Client, &invites, &json!({ "platforms": ["x"], "clientId": "{}" })),
            post(Client, &invites, &json!({ "platforms": ["{}"] })),
        ],
        ("GET", "/v1/connect-invites/{inviteId}") => {
            vec![
                get(Invite, "/v1/connect-invites/{}"),
                get(Client, &format!("/v1/connect-invites/{invite}?clientId={{}}")),
            ]
        }
        ("GET", "/v1/accounts") => vec![
            get(Client, "/v1/accounts?clientId={}"),
            get(Cursor("agency-accounts"), "/v1/accounts?cursor={}"),
            get(Cursor("accounts"), &format!("/v1/accounts?clientId={client}&cursor={{}}")),
            get(Account, "/v1/accounts?platform={}"),
            get(Account, &format!("/v1/accounts?clientId={client}&status={{}}")),
        ],
        ("POST", "/v1/posts" | "/v1/posts/validate") => composed(path, own),
        ("GET", "/v1/posts") => vec![
            get(Client, "/v1/posts?clientId={}"),
            get(Cursor("posts"), "/v1/posts?cursor={}"),
            get(Cursor("posts"), &format!("/v1/posts?clientId={client}&cursor={{}}")),
        ],
        ("GET", "/v1/events") => vec![
            get(Client, "/v1/events?clientId={}"),
            get(Post, "/v1/events?types={}"),
            get(Cursor("events"), "/v1/events?cursor={}"),
        ],
        ("PATCH", "/v1/posts/{postId}") => {
            let at = format!("/v1/posts/{draft}");
            let to = |account: &str| json!({ "targets": { "mode": "selection", "accountIds": [account, "{}"] } });
            vec![
                patch(Post, "/v1/posts/{}", &json!({ "content": "Other" })),
                patch(Account, &at, &to(account)),
                patch(Account, &at, &json!({ "targets": { "mode": "selection", "accountIds": ["{}"] } })),
                patch(Account, &at, &json!({ "overrides": { "{}": { "content": "Other" } } })),
                patch(Client, &at, &json!({ "clientId": "{}" })),
            ]
        }
        ("POST", "/v1/posts/{postId}/retry") => vec![post(Post, "/v1/posts/{}/retry", &json!({}))],
        ("POST", "/v1/posts/{postId}/targets/{accountId}/resolve") => {
            let body = json!({ "as": "not_published" });
            vec![
                post(Post, &format!("/v1/posts/{{}}/targets/{account}/resolve"), &body),
                post(Account, &format!("/v1/posts/{draft}/targets/{{}}/resolve"), &body),
                post(Post, "/v1/posts/{}/targets/{}/resolve", &body),
            ]
        }
        ("GET", "/v1/agency") => vec![get(Client, "/v1/agency?clientId={}")],
        ("PATCH", "/v1/agency") => vec![
            patch(Client, path, &json!({ "color": "{}" })),
            patch(Client, path, &json!({ "returnUrls": ["{}"] })),
            patch(Client, path, &json!({ "agencyId": "{}" })),
        ],
        ("GET", "/v1/api-keys") => {
            vec![get(Cursor("api-keys"), "/v1/api-keys?cursor={}"), get(Client, "/v1/api-keys?clientId={}")]
        }
        ("POST", "/v1/api-keys") => vec![
            post(Client, path, &new_key("{}")),
            post(Key, path, &json!({ "label": "new", "scopes": ["posts.read"], "mintedBy": "{}" })),
            post(Key, path, &json!({ "label": "new", "scopes": ["{}"] })),
        ],
        ("DELETE", "/v1/api-keys/{keyId}") => {
            vec![delete(Key, "/v1/api-keys/{}"), delete(Key, "/v1/api-keys/{}?minted=true")]
        }
        // A genuine token is a credential by itself, so these are forged tokens and ids.
        ("GET", "/invite/{token}") => vec![get(Link, "/invite/{}"), get(Invite, "/invite/{}")],
        ("GET", "/invite/{token}/{platform}") => vec![get(Link, "/invite/{}/x"), get(Link, "/invite/{}/logo")],
        ("POST", "/invite/{token}/{platform}") => {
            let start = position(Link, |id| {
                let ask = Ask::new(Method::POST, &format!("/invite/{id}/x")).header("sec-fetch-site", "same-origin");
                ask.header("content-type", "application/x-www-form-urlencoded").body("")
            });
            vec![start]
        }
        ("GET", "/connect/{platform}/callback") => vec![
            get(Invite, "/connect/x/callback?state={}&code=c"),
            get(Account, "/connect/x/callback?state=s&code={}"),
            get(Account, "/connect/{}/callback?state=s&code=c"),
        ],
        ("POST", "/connect/{platform}/deauthorize" | "/connect/{platform}/data-deletion") => {
            let path = path.replace("{platform}", "instagram");
            vec![position(Account, move |id| {
                let ask = Ask::new(Method::POST, &path).header("content-type", "application/x-www-form-urlencoded");
                ask.body(format!("signed_request={id}"))
            })]
        }
        ("GET", "/connect/{platform}/data-deletion/{code}") => {
            vec![get(Account, "/connect/instagram/data-deletion/{}"), get(Account, "/connect/{}/data-deletion/c")]
        }
        ("GET", "/errors/{code}") => vec![get(Client, "/errors/{}")],
        ("GET", "/openapi.json" | "/oauth/client-metadata.json") => vec![],
        (method, path) => vec![only_position(method, path)],
    }
}

/// The one position of a route that takes an id in its path and nothing else.
fn only_position(method: &str, path: &str) -> IdPosition {
    let kinds = [
        ("{clientId}", Kind::Client),
        ("{inviteId}", Kind::Invite),
        ("{accountId}", Kind::Account),
        ("{postId}", Kind::Post),
        ("{keyId}", Kind::Key),
    ];
    let found = kinds.into_iter().find(|(name, _)| path.contains(name) && path.matches('{').count() == 1);
    match (method, found) {
        ("GET", Some((name, kind))) => get(kind, &path.replace(name, "{}")),
        ("DELETE", Some((name, kind))) => delete(kind, &path.replace(name, "{}")),
        _ => panic!("{method} {path} needs a row in tenancy/id_positions.rs: say where in it an id can stand"),
    }
}
