//! The configured platforms. In live mode, the sandbox simulates all but Bluesky.

use std::sync::Arc;

use platforms::PlatformId;
use sandbox::Sandbox;
use shared::{
    clock::Clock,
    secret::Secret,
    secrets::ClientKeys,
    site::{App, AtNetwork, Sites},
    testing::Engine,
};

use super::{Files, SANDBOX, SECRET, URL};

pub(super) fn sandbox(engine: &Engine, clock: &Clock, files: &Files) -> Sandbox {
    let clock = clock.clone();
    let config = sandbox::Config {
        table: "sandbox".into(),
        public_url: SANDBOX.into(),
        apps: vec![sandbox::App {
            client_id: "onbehalf".into(),
            client_secret: "sandbox-app-secret".into(),
            redirect_uris: PlatformId::ALL.map(|platform| format!("{URL}/connect/{platform}/callback")).into(),
        }],
        fetch: files.fetch(),
    };
    Sandbox::new(engine.client.clone(), config, Arc::new(move || clock.now()))
}

pub(crate) fn sites() -> Sites {
    let app = App { client_id: "onbehalf".into(), client_secret: Secret::new("sandbox-app-secret") };
    let mut sites = shared::site::sites("{}", Some(SANDBOX.parse().unwrap())).unwrap();
    sites.sandbox_app = Some(app);
    sites.sandbox_as_fallback = true;
    sites.at = Some(AtNetwork {
        resolver: "https://resolver.test".parse().unwrap(),
        plc: "https://plc.test".parse().unwrap(),
        keys: Some(ClientKeys::parse(SECRET).unwrap()),
    });
    sites
}
