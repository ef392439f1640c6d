//! The secrets can be read and are what they have to be. No word of them is printed.

use super::Finding;
use crate::{Sentence, deployed::Deployed};

pub(super) async fn look(deployed: &Deployed) -> [Finding; 3] {
    let say = |subject: &str, parsed: Result<(), Sentence>| match parsed {
        Ok(()) => Finding::well(subject, "can be read"),
        Err(why) => Finding::ill(subject, why),
    };
    [
        say("secret of links", deployed.check_link_keys().await),
        say("secret of the vault", deployed.check_vault_keys().await),
        say("secret of client keys", deployed.check_client_keys().await),
    ]
}
