//! Reports which platforms are offered, and the callback URL that each one's console needs.

use platforms::{PlatformId, spec::Authorization};
use shared::tenant::Mode;

use super::Finding;
use crate::deployed::Deployed;

pub(super) async fn check(deployed: &Deployed) -> Vec<Finding> {
    let sites = match deployed.sites().await {
        Ok(Some(sites)) => sites,
        Ok(None) => return Vec::new(),
        Err(why) => return vec![Finding::fault("platforms", why)],
    };
    let api = deployed.api();
    let say = |platform: PlatformId| {
        let subject = format!("platform {}", platform.as_str());
        if sites.site(Mode::Live, platform).is_none() {
            return Finding::ok(
                subject,
                "not offered: the platforms' secret has no credentials for it (docs/operating.md says how to add them)",
            );
        }
        match (&platforms::spec(platform).authorization, &api) {
            (Authorization::App { .. }, Some(api)) => {
                let callback = format!("{}/connect/{}/callback", api.as_str().trim_end_matches('/'), platform.as_str());
                Finding::ok(subject, format!("offered; the callback URL in its console has to be {callback}"))
            }
            _ => Finding::ok(subject, "offered; it needs no console"),
        }
    };
    PlatformId::ALL.map(say).into()
}
