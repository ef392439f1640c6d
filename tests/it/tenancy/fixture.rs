//! The data of an agency in one mode, created by its own requests: at least one resource of each kind, each with a unique
//! name.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use http::Method;
use serde_json::{Value, json};
use shared::{
    id::{AccountId, AgencyId, ClientId, InviteId, KeyId, PostId},
    key::ApiKey,
    net::SendError,
    scope::Scope,
    tenant::{Mode, Tenant},
    testing::Ask,
};

use crate::{
    publish::{answer, is_commit, now},
    world::{Browser, URL, World},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Client,
    Invite,
    Account,
    Post,
    Key,
    /// A forged token of a link: a genuine one is a credential by itself.
    Link,
    /// A cursor of the list with this name.
    Cursor(&'static str),
}

#[derive(Debug)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    pub(super) id: String,
}

impl Resource {
    /// A key that two resources share if their unknown ids get the same answer.
    pub(super) fn control(&self) -> String {
        match self.kind {
            Kind::Cursor(_) => json!(position(&self.id).0).to_string(),
            kind => format!("{kind:?}"),
        }
    }
}

/// A well-formed unknown id of a resource's kind; for a cursor, one at the same time in the same list.
pub(super) fn unknown_id(resource: &Resource) -> String {
    match resource.kind {
        Kind::Client => ClientId::random().to_string(),
        Kind::Invite => InviteId::random().to_string(),
        Kind::Account => AccountId::random().to_string(),
        Kind::Post => PostId::random().to_string(),
        Kind::Key => KeyId::random().to_string(),
        Kind::Link => forged(&resource.id, 2),
        Kind::Cursor(_) => {
            let ((list, time), id) = position(&resource.id);
            let other = "a".repeat(id.len());
            BASE64URL_NOPAD.encode(json!([list, format!("{time}#{other}")]).to_string().as_bytes())
        }
    }
}

/// A cursor's list and time, and its id.
fn position(cursor: &str) -> ((String, String), String) {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
    let (list, position): (String, String) = serde_json::from_slice(&bytes).unwrap();
    let (time, id) = position.split_once('#').unwrap();
    ((list, time.into()), id.into())
}

/// A forged token: a genuine one with the character `from_end` places before its end replaced.
fn forged(token: &str, from_end: usize) -> String {
    let at = token.len() - from_end;
    let other = if token[at..].starts_with('A') { 'B' } else { 'A' };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

/// A POST that was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) body: String,
    pub(super) idempotency_key: String,
}

impl Sent {
    pub(super) fn ask(&self) -> Ask {
        Ask::post(&self.path, &Value::Null).body(self.body.clone()).idempotency_key(&self.idempotency_key)
    }
}

/// A client's data.
pub(super) struct ClientData {
    /// A key that is bound to the client.
    pub(super) key: String,
    pub(super) client: String,
    pub(super) account: String,
    pub(super) invite: String,
    /// A draft, which can be edited.
    pub(super) draft: String,
    pub(super) resources: Vec<Resource>,
    pub(super) marks: Vec<String>,
    pub(super) sent: Vec<Sent>,
}

/// An agency's data in one mode.
pub(super) struct TenantData {
    pub(super) name: String,
    /// The unbound key.
    pub(super) key: String,
    pub(super) clients: [ClientData; 2],
    pub(super) resources: Vec<Resource>,
    pub(super) marks: Vec<String>,
}

impl TenantData {
    pub(super) async fn create(world: &World, name: &str, agency: AgencyId, mode: Mode) -> Self {
        let key = world.agency(agency, mode).await;
        let site = format!("https://mark-{name}.example");
        let change = json!({ "name": format!("mark-{name}-agency"), "returnUrls": [format!("{site}/")] });
        let patch = Ask::new(Method::PATCH, "/v1/agency").header("content-type", "application/json");
        assert_eq!(world.ask(patch.body(change.to_string()).key(&key)).await.status, 200);

        let tenant = Tenant { agency, mode };
        let one = Maker::new(world, tenant, &key, format!("mark-{name}-one")).client_data(&site).await;
        let two = Maker::new(world, tenant, &key, format!("mark-{name}-two")).client_data(&site).await;
        let root = ApiKey::parse(&key).unwrap().id.to_string();
        let mut resources = vec![Resource { kind: Kind::Key, id: root.clone() }];
        let client = &one.client;
        // The page of two keys ends after the first minted key: a cursor after the first key of an agency has no creation
        // time and is the same for all agencies.
        for (name, list) in [
            ("clients", "/v1/clients?limit=1"),
            ("agency-accounts", "/v1/accounts?limit=1"),
            ("accounts", &format!("/v1/accounts?clientId={client}&limit=1")),
            ("posts", "/v1/posts?limit=1"),
            ("posts", &format!("/v1/posts?clientId={client}&limit=1")),
            ("connect-invites", &format!("/v1/clients/{client}/connect-invites?limit=1")),
            ("api-keys", "/v1/api-keys?limit=2"),
        ] {
            let page = world.ask(Ask::get(list).key(&key)).await.json();
            let cursor = page["page"]["nextCursor"].as_str().unwrap_or_else(|| panic!("{list} is one page: {page}"));
            resources.push(Resource { kind: Kind::Cursor(name), id: cursor.into() });
        }
        let marks = vec![format!("mark-{name}-agency"), site, agency.to_string(), key.clone(), root];
        Self { name: name.into(), key, clients: [one, two], resources, marks }
    }
}

/// Creates a client's data with an agency's unbound key.
struct Maker<'a> {
    world: &'a World,
    tenant: Tenant,
    key: &'a str,
    mark: String,
    sent: Vec<Sent>,
    resources: Vec<Resource>,
}

impl<'a> Maker<'a> {
    fn new(world: &'a World, tenant: Tenant, key: &'a str, mark: String) -> Self {
        Self { world, tenant, key, mark, sent: Vec::new(), resources: Vec::new() }
    }

    /// Sends and records a request, and advances a second, so that no two resources have the same creation time.
    async fn post(&mut self, path: &str, body: Value) -> Value {
        let sent = Sent {
            path: path.into(),
            body: body.to_string(),
            idempotency_key: format!("{}-{}", self.mark, self.sent.len()),
        };
        let answer = self.world.ask(sent.ask().key(self.key)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        self.sent.push(sent);
        self.world.clock.advance(Duration::seconds(1));
        answer.data()
    }

    fn keep(&mut self, kind: Kind, id: &Value) -> String {
        let id = id.as_str().unwrap().to_owned();
        self.resources.push(Resource { kind, id: id.clone() });
        id
    }

    async fn client_data(mut self, site: &str) -> ClientData {
        let (world, mark) = (self.world, self.mark.clone());
        let made = self.post("/v1/clients", json!({ "name": format!("{mark}-client") })).await;
        let client = self.keep(Kind::Client, &made["id"]);
        let invites = format!("/v1/clients/{client}/connect-invites");
        let mut links = Vec::new();
        for account in ["busy_shop", "demo_cafe"] {
            let body = json!({ "platforms": ["x"], "returnUrl": format!("{site}/{mark}") });
            let invite = self.post(&invites, body).await;
            if links.is_empty() {
                self.keep(Kind::Invite, &invite["inviteId"]);
            }
            let link = invite["url"].as_str().unwrap().replace(URL, "");
            let mut browser = Browser::default();
            let callback = browser.authorize_x(world, &link, account).await;
            // The callback redirects to the return URL, which does not exist.
            assert_eq!(browser.get(world, &callback).await.status, 303);
            links.push(invite["token"].as_str().unwrap().to_owned());
            world.clock.advance(Duration::seconds(1));
        }
        self.resources.push(Resource { kind: Kind::Link, id: forged(&links[0], 1) });
        let accounts = self.accounts(&client).await;
        let account = self.keep(Kind::Account, &accounts[0]["id"]);

        let body = |content: &str, schedule: Value| {
            json!({
                "clientId": client, "content": format!("{mark}-{content}"), "schedule": schedule,
                "targets": { "mode": "selection", "accountIds": [account] },
                "overrides": { &account: { "content": format!("{mark}-own-{content}") } },
            })
        };
        let draft = self.post("/v1/posts", body("draft", json!({ "type": "draft" }))).await;
        let at = world.now() + Duration::days(30);
        let scheduled = self.post("/v1/posts", body("later", json!({ "type": "at", "scheduledAt": at }))).await;
        let failed = self.post("/v1/posts", body("failed", now())).await;
        world.network.hook(|ask| is_commit(ask).then(|| Ok(answer(403, &json!({ "title": "Forbidden" })))));
        world.deliver().await;
        world.network.hook(|ask| is_commit(ask).then(|| Err(SendError::OutcomeUnknown("lost".into()))));
        let lost = self.post("/v1/posts", body("lost", now())).await;
        world.deliver().await;
        world.network.unhook();
        let draft = self.keep(Kind::Post, &draft["id"]);
        self.keep(Kind::Post, &scheduled["id"]);
        let lost = lost["id"].as_str().unwrap();
        let failed = self.keep(Kind::Post, &failed["id"]);
        let resolve = format!("/v1/posts/{lost}/targets/{account}/resolve");
        self.post(&resolve, json!({ "as": "published", "url": format!("https://x.com/{mark}") })).await;
        self.post(&format!("/v1/posts/{failed}/retry"), json!({})).await;
        world.deliver().await;
        let published = world.ask(Ask::get(&format!("/v1/posts/{failed}")).key(self.key)).await.data();
        assert_eq!(published["status"], "published");
        self.post("/v1/posts/validate", body("valid", now())).await;

        let key = json!({ "label": format!("{mark}-key"), "scopes": Scope::ALL, "clientId": client });
        let key = self.post("/v1/api-keys", key).await;
        let id = self.keep(Kind::Key, &key["id"]);
        let gone = json!({ "label": format!("{mark}-gone"), "scopes": ["posts.read"], "clientId": client });
        let gone = self.post("/v1/api-keys", gone).await;
        let gone = self.keep(Kind::Key, &gone["id"]);
        let revoke = Ask::new(Method::DELETE, &format!("/v1/api-keys/{gone}")).key(self.key);
        assert_eq!(world.ask(revoke).await.status, 200);

        let secret = key["key"].as_str().unwrap().to_owned();
        let mut marks = vec![mark, secret.clone(), id];
        marks.extend(links);
        marks.push(published["targets"][0]["platformPostId"].as_str().unwrap().to_owned());
        marks.extend(self.resources.iter().map(|resource| resource.id.clone()));
        let invite = self.resources.iter().find(|resource| resource.kind == Kind::Invite).unwrap().id.clone();
        ClientData { key: secret, client, account, invite, draft, resources: self.resources, marks, sent: self.sent }
    }

    /// The client's accounts, after giving each a unique handle and name.
    async fn accounts(&self, client: &str) -> Vec<Value> {
        let list = format!("/v1/accounts?clientId={client}");
        let listed = self.world.ask(Ask::get(&list).key(self.key)).await.data();
        let accounts = listed.as_array().unwrap().clone();
        assert_eq!(accounts.len(), 2, "{listed}");
        for account in &accounts {
            let text = |text: String| AttributeValue::S(text);
            let id = account["id"].as_str().unwrap();
            let update = self.world.engine.client.update_item().table_name("main");
            let update = update.key("pk", text(format!("T#{}#C#{client}", self.tenant)));
            let update = update.key("sk", text(format!("ACCOUNT#{id}")));
            let update = update.update_expression("SET #handle = :handle, #name = :name");
            let update = update.expression_attribute_names("#handle", "handle");
            let update = update.expression_attribute_names("#name", "display_name");
            let update = update.expression_attribute_values(":handle", text(format!("{}-{id}", self.mark)));
            update.expression_attribute_values(":name", text(format!("{}-{id}", self.mark))).send().await.unwrap();
        }
        accounts
    }
}
