//! Where a platform is reached, the real network or the sandbox, and with which app. Only the tenant's mode chooses, so
//! a test key cannot reach a live platform.

use std::collections::BTreeMap;

use url::Url;

use platforms::{Endpoints, PlatformId, spec, spec::Authorization};

use crate::{secret::Secret, secrets::ClientKeys, tenant::Mode};

/// Our app's registration at a platform.
#[derive(Clone)]
pub struct App {
    pub client_id: String,
    pub client_secret: Secret,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Credentials {
    client_id: String,
    client_secret: String,
}

impl App {
    /// From a JSON object, `{ "clientId": "…", "clientSecret": "…" }`.
    ///
    /// # Errors
    /// If the JSON has another shape.
    pub fn parse(credentials: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Credentials>(credentials).map(Into::into)
    }
}

impl From<Credentials> for App {
    fn from(credentials: Credentials) -> Self {
        Self { client_id: credentials.client_id, client_secret: Secret::new(credentials.client_secret) }
    }
}

/// An AT Protocol network: who resolves its handles and DIDs, and the keys by which its servers know us.
#[derive(Clone)]
pub struct AtNetwork {
    /// A server that answers `com.atproto.identity.resolveHandle`.
    pub resolver: Url,
    /// The PLC directory.
    pub plc: Url,
    /// Our client keys, for a deployment with a public https address. `None`: the development client, which has no keys
    /// and works on loopback only.
    pub keys: Option<ClientKeys>,
}

/// Resolves handles of the public network.
pub const RESOLVER: &str = "https://public.api.bsky.app";
/// The PLC directory of the public network.
pub const PLC: &str = "https://plc.directory";

impl AtNetwork {
    /// The public network, without keys. `None` if the `configured` public address is not https, because its servers
    /// could not fetch our metadata. Without a configured address the gateway's own is used, which is https.
    #[must_use]
    pub fn of_deployment(configured: Option<&Url>) -> Option<Self> {
        #[expect(clippy::expect_used, reason = "constants that are URLs")]
        let url = |text: &str| text.parse().expect("a constant that is a URL");
        let is_https = configured.is_none_or(|url| url.scheme() == "https");
        is_https.then(|| Self { resolver: url(RESOLVER), plc: url(PLC), keys: None })
    }
}

/// A platform as one tenant's mode reaches it.
#[derive(Clone)]
pub struct Site {
    pub platform: PlatformId,
    pub endpoints: Endpoints,
    pub app: Option<App>,
    /// Set for platforms of the AT Protocol.
    pub at: Option<AtNetwork>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("platform", &self.platform)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// The version of the client key for new sessions; `None` without keys.
    #[must_use]
    pub fn client_key(&self) -> Option<u8> {
        Some(self.at.as_ref()?.keys.as_ref()?.version())
    }
}

/// Every platform this deployment offers, by mode.
#[derive(Clone)]
pub struct Sites {
    /// The sandbox's origin; `None` if it is not deployed.
    pub sandbox: Option<Url>,
    /// Our app at the sandbox.
    pub sandbox_app: Option<App>,
    /// Whether the sandbox replaces platforms without credentials in live mode, too. Only `local` sets it.
    pub sandbox_as_fallback: bool,
    pub apps: BTreeMap<PlatformId, App>,
    /// `None`: platforms of the AT Protocol are not offered, not in test mode either.
    pub at: Option<AtNetwork>,
}

impl Sites {
    /// How a tenant of `mode` reaches `platform`; `None` if it is not offered.
    #[must_use]
    pub fn site(&self, mode: Mode, platform: PlatformId) -> Option<Site> {
        let sandboxed = || {
            let sandbox = self.sandbox.clone()?;
            let endpoints = Endpoints::sandbox(sandbox.clone());
            Some(match &spec(platform).authorization {
                // The sandbox is the resolver and the PLC directory, too. It knows us by the same keys.
                Authorization::AtProtocol => {
                    let keys = self.at.as_ref()?.keys.clone();
                    let at = AtNetwork { resolver: sandbox.clone(), plc: sandbox, keys };
                    Site { platform, endpoints, app: None, at: Some(at) }
                }
                Authorization::App { .. } => Site { platform, endpoints, app: self.sandbox_app.clone(), at: None },
            })
        };
        match (mode, &spec(platform).authorization) {
            (Mode::Test, _) => sandboxed(),
            (Mode::Live, Authorization::AtProtocol) => {
                self.at.clone().map(|at| Site { platform, endpoints: Endpoints::real(), app: None, at: Some(at) })
            }
            (Mode::Live, Authorization::App { .. }) => match self.apps.get(&platform) {
                Some(app) => Some(Site { platform, endpoints: Endpoints::real(), app: Some(app.clone()), at: None }),
                None => self.sandbox_as_fallback.then(sandboxed)?,
            },
        }
    }
}

/// Platforms with credentials, and the sandbox for test mode.
///
/// `credentials` is a JSON object, `{ "x": { "clientId": "…", "clientSecret": "…" }, "sandbox": {…} }`; a platform that
/// is not in it is not offered.
///
/// # Errors
/// If the JSON has another shape or names an unknown platform.
pub fn sites(credentials: &str, sandbox: Option<Url>) -> Result<Sites, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Apps {
        sandbox: Option<Credentials>,
        #[serde(flatten)]
        platforms: BTreeMap<PlatformId, Credentials>,
    }
    let apps: Apps = serde_json::from_str(credentials)?;
    Ok(Sites {
        sandbox,
        sandbox_app: apps.sandbox.map(Into::into),
        sandbox_as_fallback: false,
        apps: apps.platforms.into_iter().map(|(platform, credentials)| (platform, credentials.into())).collect(),
        at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(sites: &Sites) -> Vec<(Mode, PlatformId)> {
        [Mode::Live, Mode::Test]
            .into_iter()
            .flat_map(|mode| PlatformId::ALL.map(|platform| (mode, platform)))
            .filter(|(mode, platform)| sites.site(*mode, *platform).is_some())
            .collect()
    }

    #[test]
    fn a_platform_is_offered_if_it_has_credentials_or_a_sandbox() {
        let sandbox: Url = "http://127.0.0.1:9001".parse().unwrap();
        let both = r#"{"x":{"clientId":"i","clientSecret":"s"},"sandbox":{"clientId":"i","clientSecret":"s"}}"#;
        assert_eq!(offered(&sites("{}", None).unwrap()), []);
        assert_eq!(offered(&sites(both, None).unwrap()), [(Mode::Live, PlatformId::X)]);
        let simulated =
            [PlatformId::Instagram, PlatformId::TikTok, PlatformId::X].map(|platform| (Mode::Test, platform));
        assert_eq!(offered(&sites("{}", Some(sandbox.clone())).unwrap()), simulated);
        assert!(sites(r#"{"myspace":{"clientId":"i","clientSecret":"s"}}"#, None).is_err());
        let site = sites(both, Some(sandbox)).unwrap().site(Mode::Test, PlatformId::X).unwrap();
        assert_eq!(
            site.endpoints.url("https://api.x.com/2/tweets?a=b").as_str(),
            "http://127.0.0.1:9001/api.x.com/2/tweets?a=b"
        );
    }

    #[test]
    fn bluesky_is_offered_by_a_deployment_with_a_public_https_address() {
        for (configured, expected) in
            [(None, true), (Some("https://api.example.com"), true), (Some("http://api.example.com"), false)]
        {
            let configured: Option<Url> = configured.map(|url| url.parse().unwrap());
            let mut sites = sites("{}", None).unwrap();
            sites.at = AtNetwork::of_deployment(configured.as_ref());
            assert_eq!(sites.site(Mode::Live, PlatformId::Bluesky).is_some(), expected, "{configured:?}");
            assert!(sites.site(Mode::Test, PlatformId::Bluesky).is_none(), "without a sandbox");
            sites.sandbox = Some("https://sandbox.example.com".parse().unwrap());
            let simulated = sites.site(Mode::Test, PlatformId::Bluesky);
            assert_eq!(simulated.is_some(), expected, "{configured:?}");
            let at = simulated.and_then(|site| site.at);
            assert!(at.is_none_or(|at| Some(at.resolver) == sites.sandbox && Some(at.plc) == sites.sandbox));
        }
    }

    #[test]
    fn a_test_tenant_never_reaches_a_live_platform() {
        let sites = sites(r#"{"x":{"clientId":"i","clientSecret":"s"}}"#, None).unwrap();
        assert!(sites.site(Mode::Test, PlatformId::X).is_none());
        let live = sites.site(Mode::Live, PlatformId::X).unwrap();
        assert_eq!(live.endpoints.url("https://api.x.com/2/tweets").as_str(), "https://api.x.com/2/tweets");
    }
}
