//! `key`: creates, lists and revokes keys. Keys created here have no minter, so revoking another key never revokes them.

use chrono::Duration;
use shared::{
    id::{AgencyId, ClientId, KeyId},
    key::{ApiKey, Label},
    scope::Scope,
    store::{AgencyKeys, KeyRecord, KeyStatus, MOST_KEYS, Mint},
    tenant::{Mode, Tenant},
};

use crate::{Sentence, arguments::KeyCommand, deployed::Deployed, print, store_failed};

pub(crate) async fn run(deployed: &Deployed, command: KeyCommand) -> Result<(), Sentence> {
    match command {
        KeyCommand::Create { agency, mode, label, scopes, client, days } => {
            let tenant = Tenant { agency, mode: mode.into() };
            create(deployed, tenant, &label, scopes, client, days).await
        }
        KeyCommand::List { agency } => list(deployed, agency).await,
        KeyCommand::Revoke { agency, key, minted } => revoke(deployed, agency, key, minted).await,
    }
}

async fn create(
    deployed: &Deployed,
    tenant: Tenant,
    label: &str,
    scopes: Vec<Scope>,
    client: Option<ClientId>,
    days: u16,
) -> Result<(), Sentence> {
    let keys = agency_keys(deployed, tenant).await?;
    if let Some(client) = client {
        let found = deployed.store.find_client(tenant, client).await.map_err(store_failed)?;
        found.ok_or_else(|| format!("The agency has no client {client} in mode {}.", tenant.mode.as_str()))?;
    }
    let now = deployed.clock.now();
    let api_key = ApiKey::generate(tenant, KeyId::random());
    let record = KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&api_key.digest),
        scopes: if scopes.is_empty() { Scope::default_set() } else { scopes },
        expires_at: (now + Duration::days(days.into())).timestamp(),
        client,
        label: Label::parse(label).map_err(|fault| format!("The label {fault}."))?.into(),
        last_used: None,
        minted: None,
    };
    match deployed.gate.mint(&keys, api_key.id, &record, now).await.map_err(store_failed)? {
        Mint::New => {
            eprintln!("{}, shown only once:", api_key.id);
            print::line(api_key.text().expose())
        }
        Mint::Full => Err(format!(
            "The agency has {MOST_KEYS} keys in this mode, which is the maximum: revoke one that is no longer needed."
        )),
        Mint::Given(_) | Mint::MinterGone => Err("The key was not created: try again.".into()),
    }
}

async fn list(deployed: &Deployed, agency: AgencyId) -> Result<(), Sentence> {
    let now = deployed.clock.now();
    let mut none = true;
    for mode in [Mode::Live, Mode::Test] {
        for key in agency_keys(deployed, Tenant { agency, mode }).await?.seen_by(None) {
            none = false;
            let record = &key.record;
            let day = |seconds| chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.date_naive().to_string());
            let expires = day(record.expires_at).unwrap_or_default();
            let status = match key.status(now) {
                KeyStatus::Expired => "expired",
                KeyStatus::Active | KeyStatus::Revoked => "active",
            };
            let client = record.client.map(|client| format!("  only {client}")).unwrap_or_default();
            let used = record.last_used.as_deref().unwrap_or("never");
            print::line(format_args!(
                "{}  {}  {status} until {expires}  last used {used}{client}  {}",
                key.id,
                mode.as_str(),
                record.label
            ))?;
        }
    }
    if none {
        eprintln!("It has no key yet: admin key create {agency} --mode live --label production");
    }
    Ok(())
}

async fn revoke(deployed: &Deployed, agency: AgencyId, id: KeyId, minted: bool) -> Result<(), Sentence> {
    let now = deployed.clock.now();
    for mode in [Mode::Live, Mode::Test] {
        let keys = agency_keys(deployed, Tenant { agency, mode }).await?;
        // Also one that is revoked already: keys that it minted may still be active.
        if deployed.gate.find_key(&keys, id).await.map_err(store_failed)?.is_some() {
            let revoked = deployed.gate.revoke(&keys, id, minted, now).await.map_err(store_failed)?;
            if revoked.is_empty() {
                eprintln!("It was revoked before.");
            }
            return revoked.into_iter().try_for_each(|key| print::line(format_args!("{key}  revoked")));
        }
    }
    Err(format!("The agency has no key {id}: `key list {agency}` lists its keys."))
}

async fn agency_keys(deployed: &Deployed, tenant: Tenant) -> Result<AgencyKeys, Sentence> {
    let keys = deployed.gate.keys(tenant).await.map_err(store_failed)?;
    keys.ok_or_else(|| format!("There is no agency {}: `agency list` shows them.", tenant.agency))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use shared::store::{Limits, Minted, MinterId, NewGate};

    use super::*;
    use crate::arguments::Arguments;

    /// A deployment in a folder with one agency, whose second key was minted by the first.
    async fn deployed(folder: &std::path::Path, agency: AgencyId, keys: [KeyId; 2]) -> Deployed {
        drop(local::Data::open(folder).unwrap());
        let arguments = ["admin", "--local", folder.to_str().unwrap(), "doctor"];
        let deployed = Deployed::open(&Arguments::parse_from(arguments)).await.unwrap();
        let now = deployed.clock.now();
        let record = |minter: Option<KeyId>| KeyRecord {
            digest: "0".repeat(64),
            scopes: Scope::ALL.to_vec(),
            expires_at: now.timestamp() + 60,
            client: None,
            label: "k".into(),
            last_used: None,
            minted: minter.map(|key| Minted { by: MinterId::Key(key), fingerprint: String::new(), at: now }),
        };
        let keys = vec![(keys[0], record(None)), (keys[1], record(Some(keys[0])))];
        for (mode, keys) in [(Mode::Live, Vec::new()), (Mode::Test, keys)] {
            let (tenant, limits) = (Tenant { agency, mode }, Limits { reads: 1, writes: 1 });
            deployed.gate.insert(NewGate { tenant, name: "A".into(), limits, keys }, now).await.unwrap();
        }
        deployed
    }

    #[tokio::test]
    async fn minted_keys_can_be_revoked_through_a_minter_that_is_revoked_already() {
        let folder = std::env::temp_dir().join(format!("onbehalf-admin-{}", std::process::id()));
        let (agency, keys) = (AgencyId::random(), [(); 2].map(|()| KeyId::random()));
        let deployed = deployed(&folder, agency, keys).await;
        let tenant = Tenant { agency, mode: Mode::Test };
        let active = async || agency_keys(&deployed, tenant).await.unwrap().seen_by(None).len();
        revoke(&deployed, agency, keys[0], false).await.unwrap();
        assert_eq!(active().await, 1);
        revoke(&deployed, agency, keys[0], true).await.unwrap();
        assert_eq!(active().await, 0);
        assert_eq!(revoke(&deployed, agency, keys[0], true).await, Ok(()), "revoking is idempotent");
        assert!(revoke(&deployed, agency, KeyId::random(), true).await.unwrap_err().contains("has no key"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
