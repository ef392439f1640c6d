//! Keys that the operator gives out and takes back. Nobody minted them: no key's revocation takes them along.

use chrono::Duration;
use shared::{
    id::{AgencyId, ClientId, KeyId},
    key::{ApiKey, Label},
    scope::Scope,
    store::{KeyRecord, KeyRing, KeyStatus, MOST_KEYS, Mint},
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
    let ring = ring(deployed, tenant).await?;
    if let Some(client) = client {
        let found = deployed.store.find_client(tenant, client).await.map_err(store_failed)?;
        found.ok_or_else(|| format!("The agency has no client {client} in mode {}.", tenant.mode.as_str()))?;
    }
    let now = deployed.clock.now();
    let api_key = ApiKey::generate(tenant, KeyId::random());
    let record = KeyRecord {
        digest: data_encoding::HEXLOWER.encode(&api_key.digest),
        scopes: if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes },
        expires_at: (now + Duration::days(days.into())).timestamp(),
        client,
        label: Label::parse(label).map_err(|fault| format!("The label {fault}."))?.into(),
        last_used: None,
        minted: None,
    };
    match deployed.gate.mint(&ring, api_key.id, &record, now).await.map_err(store_failed)? {
        Mint::New => {
            eprintln!("{}, shown only now:", api_key.id);
            print::line(api_key.text().expose())
        }
        Mint::Full => Err(format!(
            "The agency has {MOST_KEYS} keys in this mode, which is the most: revoke one that is not needed any more."
        )),
        Mint::Given(_) | Mint::MinterGone => Err("The key was not made: try again.".into()),
    }
}

async fn list(deployed: &Deployed, agency: AgencyId) -> Result<(), Sentence> {
    let now = deployed.clock.now();
    let mut none = true;
    for mode in [Mode::Live, Mode::Test] {
        for key in ring(deployed, Tenant { agency, mode }).await?.seen_by(None) {
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
        let ring = ring(deployed, Tenant { agency, mode }).await?;
        if ring.find(id).is_some() {
            for revoked in deployed.gate.revoke(&ring, id, minted, now).await.map_err(store_failed)? {
                print::line(format_args!("{revoked}  revoked"))?;
            }
            return Ok(());
        }
    }
    Err(format!("The agency has no key {id} that stands: `key list {agency}` shows them."))
}

async fn ring(deployed: &Deployed, tenant: Tenant) -> Result<KeyRing, Sentence> {
    let ring = deployed.gate.ring(tenant).await.map_err(store_failed)?;
    ring.ok_or_else(|| format!("There is no agency {}: `agency list` shows them.", tenant.agency))
}
