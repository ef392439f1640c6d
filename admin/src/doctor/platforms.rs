//! Which platforms are offered, and what has to stand in each one's console.

use platforms::{PlatformId, spec::Authorization};
use shared::tenant::Mode;

use super::Finding;
use crate::deployed::Deployed;

pub(super) async fn look(deployed: &Deployed) -> Vec<Finding> {
    let sites = match deployed.sites().await {
        Ok(Some(sites)) => sites,
        Ok(None) => return Vec::new(),
        Err(why) => return vec![Finding::ill("platforms", why)],
    };
    let api = deployed.api();
    let say = |platform: PlatformId| {
        let subject = format!("platform {}", platform.as_str());
        if sites.site(Mode::Live, platform).is_none() {
            return Finding::well(
                subject,
                "not offered: the platforms' secret has no credentials of it (docs/operating.md says how to add them)",
            );
        }
        match (&platforms::spec(platform).authorization, &api) {
            (Authorization::App { .. }, Some(api)) => {
                let callback = format!("{}/connect/{}/callback", api.as_str().trim_end_matches('/'), platform.as_str());
                Finding::well(subject, format!("offered; the callback URL in its console has to be {callback}"))
            }
            _ => Finding::well(subject, "offered; it needs no console"),
        }
    };
    PlatformId::ALL.map(say).into()
}
