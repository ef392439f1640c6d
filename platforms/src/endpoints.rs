//! The addresses of a platform: its real servers or the sandbox.

use url::Url;

/// Maps a platform's own URLs to the servers to call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The origin of the sandbox that replaces the platform; `None` for the real platform.
    sandbox: Option<Url>,
}

impl Endpoints {
    /// The platform's real servers.
    #[must_use]
    pub const fn real() -> Self {
        Self { sandbox: None }
    }

    /// The sandbox at `origin`.
    #[must_use]
    pub const fn sandbox(origin: Url) -> Self {
        Self { sandbox: Some(origin) }
    }

    /// The address to call for `endpoint`, a URL of the real platform. In the sandbox, the host name is the first
    /// segment of the path.
    #[must_use]
    pub fn url(&self, endpoint: &str) -> Url {
        #[expect(clippy::expect_used, reason = "scheme and host are constants of a Spec, and any text is a path")]
        let real: Url = endpoint.parse().expect("a Spec's endpoints are valid URLs");
        let Some(sandbox) = &self.sandbox else { return real };
        let mut url = sandbox.clone();
        url.set_path(&format!("/{}{}", real.host_str().unwrap_or_default(), real.path()));
        url.set_query(real.query());
        url
    }
}
