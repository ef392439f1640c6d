//! Checks that the secrets can be read and are well-formed. No part of them is printed.

use super::Finding;
use crate::{Sentence, deployed::Deployed};

pub(super) async fn check(deployed: &Deployed) -> [Finding; 3] {
    let say = |subject: &str, parsed: Result<(), Sentence>| match parsed {
        Ok(()) => Finding::ok(subject, "can be read"),
        Err(why) => Finding::fault(subject, why),
    };
    [
        say("secret of links", deployed.check_link_keys().await),
        say("secret of the vault", deployed.check_vault_keys().await),
        say("secret of client keys", deployed.check_client_keys().await),
    ]
}
