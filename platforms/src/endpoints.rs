//! Where a platform's endpoints are reached: on the real network, or on the sandbox.

use url::Url;

/// Where one platform is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The sandbox's origin, where it stands in for the platform; none: the real network.
    sandbox: Option<Url>,
}

impl Endpoints {
    /// The platform's own servers.
    #[must_use]
    pub const fn real() -> Self {
        Self { sandbox: None }
    }

    /// The sandbox at `origin`.
    #[must_use]
    pub const fn sandbox(origin: Url) -> Self {
        Self { sandbox: Some(origin) }
    }

    /// The address to call for `endpoint`, a platform's own absolute URL. The sandbox answers for a host under a path
    /// that begins with its name.
    #[must_use]
    pub fn url(&self, endpoint: &str) -> Url {
        let real: Url = endpoint.parse().expect("a Spec's endpoints are valid URLs");
        let Some(sandbox) = &self.sandbox else { return real };
        let mut url = sandbox.clone();
        url.set_path(&format!("/{}{}", real.host_str().unwrap_or_default(), real.path()));
        url.set_query(real.query());
        url
    }
}
