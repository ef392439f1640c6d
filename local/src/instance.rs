//! One local deployment: the parts of its functions, over one engine, and the sandbox.

use std::{fs, sync::Arc, time::Duration};

use aws_sdk_dynamodb::Client;
use bytes::Bytes;
use shared::{
    clock::Clock,
    deployment::Process,
    net::{HttpClient, Wire},
    queue::{InProcess, Queue},
    routes::Routes,
    secret::Secret,
    secrets::{ClientKeys, LinkKeys, VaultKeys},
    site::{App, AtNetwork, Sites, sites},
    store::{Gate, Store, Vault, schema},
};
use url::Url;

use crate::{
    Sentence,
    arguments::Arguments,
    data::Data,
    functions::Functions,
    server::{BodyLimits, UnreadBody},
    sources::Sources,
};

/// The name of the main table.
pub const MAIN: &str = "onbehalf-main";
/// The name of the vault table.
pub const VAULT: &str = "onbehalf-vault";
pub(crate) const SANDBOX: &str = "onbehalf-sandbox";
/// An upload to the sandbox comes from a media server that may be slow, and lasts as long as a claim at most.
pub(crate) const SANDBOX_BODY: BodyLimits = BodyLimits { size: sandbox::LARGEST_BODY, time: Duration::from_secs(900) };
/// Our app's id at the sandbox.
pub(crate) const SANDBOX_APP: &str = "onbehalf-local";

pub(crate) struct Instance {
    pub(crate) routes: Routes,
    pub(crate) gate: Gate,
    pub(crate) url: Url,
    pub(crate) sandbox_url: Url,
    pub(crate) functions: Functions,
    pub(crate) queue: InProcess,
    pub(crate) clock: Clock,
    pub(crate) sources: Sources,
}

impl Instance {
    pub(crate) async fn build(
        arguments: &Arguments,
        data: &Data,
        dynamodb: Client,
        url: &Url,
        sandbox_url: &Url,
        queue: InProcess,
    ) -> Result<Self, Sentence> {
        let unreadable = |_| "The data folder's secrets cannot be read: restore its onbehalf.json.".to_owned();
        let link_keys = LinkKeys::parse(&data.kept.link_secret.to_string()).map_err(unreadable)?;
        let vault_keys = VaultKeys::parse(&data.kept.vault_secret.to_string()).map_err(unreadable)?;
        // Locally the link secret is also used for these: each use derives its own keys.
        let client_keys = ClientKeys::parse(&data.kept.link_secret.to_string()).map_err(unreadable)?;
        let clock = Clock::system();
        schema::create(&dynamodb, MAIN, VAULT).await.map_err(|error| format!("The tables cannot be made: {error}."))?;
        let lease = Duration::from_secs(arguments.lease);
        let store = Store::new(dynamodb.clone(), MAIN.into(), clock.clone());
        let gate = Gate::new(store.clone()).trusting(arguments.tokens.issuer()?);
        let sites = offered(arguments, data, sandbox_url, &client_keys)?;
        let parts = Process {
            dynamodb: dynamodb.clone(),
            gate: gate.clone(),
            store,
            vault: Vault::new(dynamodb, VAULT.into(), vault_keys),
            link_keys,
            client_keys,
            sites,
            http: HttpClient::new(Wire::new(arguments.allow_loopback), lease / 3).with_own(sandbox_url),
            queue: Queue::InProcess(Arc::clone(&queue)),
            clock: clock.clone(),
            public_url: url.clone(),
            lease,
            sandbox_table: SANDBOX.into(),
        };
        let functions =
            Functions::of(&parts.into()).await.map_err(|error| format!("The functions cannot start: {error}."))?;
        let made = functions.serve_sandbox.sandbox.create_table().await;
        made.map_err(|error| format!("The sandbox's table cannot be made: {error}."))?;
        Ok(Self {
            routes: Routes::of_this_build(),
            functions,
            queue,
            gate,
            url: url.clone(),
            sandbox_url: sandbox_url.clone(),
            clock,
            sources: Sources::new(arguments.public_url.is_some()),
        })
    }

    /// `None` closes the connection without an answer.
    pub(crate) async fn sandbox_answer(&self, request: http::Request<UnreadBody>) -> Option<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let request = match body.read().await {
            Ok(body) => http::Request::from_parts(parts, body),
            Err(refusal) => return Some(refusal),
        };
        let sandbox = self.functions.serve_sandbox.sandbox.at(self.sandbox_url.as_str());
        match sandbox.answer(request).await {
            sandbox::Answer::Response(response) => Some(response),
            sandbox::Answer::Lost => None,
            // Dropped when the caller closes the connection.
            sandbox::Answer::Never => std::future::pending().await,
        }
    }
}

/// The JSON of `--platforms`: our apps at the platforms.
pub(crate) fn platforms(arguments: &Arguments) -> Result<String, Sentence> {
    let Some(file) = &arguments.platforms else { return Ok("{}".into()) };
    fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

/// Platforms with credentials are the real networks; the others, and test mode, use the sandbox.
fn offered(arguments: &Arguments, data: &Data, sandbox_url: &Url, keys: &ClientKeys) -> Result<Sites, Sentence> {
    let credentials = platforms(arguments)?;
    let mut sites = sites(&credentials, Some(sandbox_url.clone())).map_err(|error| {
        format!("--platforms needs {{\"x\":{{\"clientId\":\"…\",\"clientSecret\":\"…\"}}}}: {error}.")
    })?;
    let client_secret = Secret::new(data.kept.sandbox_secret.clone());
    sites.sandbox_app = Some(App { client_id: SANDBOX_APP.into(), client_secret });
    sites.sandbox_as_fallback = true;
    sites.at = Some(AtNetwork {
        resolver: arguments.bluesky_resolver.clone(),
        plc: arguments.plc.clone(),
        keys: arguments.public_url.as_ref().map(|_| keys.clone()),
    });
    Ok(sites)
}
