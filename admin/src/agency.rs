//! `agency`: creates and lists agencies, and sets their limits.

use shared::{
    agency::AgencyName,
    id::AgencyId,
    store::{Limits, NewGate},
    tenant::{Mode, Tenant},
};

use crate::{Sentence, arguments::AgencyCommand, deployed::Deployed, print, store_failed};

pub(crate) async fn run(deployed: &Deployed, command: AgencyCommand) -> Result<(), Sentence> {
    match command {
        AgencyCommand::Create { name, reads, writes } => create(deployed, &name, Limits { reads, writes }).await,
        AgencyCommand::List => list(deployed).await,
        AgencyCommand::SetLimits { agency, mode, reads, writes } => {
            let modes = mode.map_or(vec![Mode::Live, Mode::Test], |mode| vec![mode.into()]);
            for mode in modes {
                set_limits(deployed, Tenant { agency, mode }, Limits { reads, writes }).await?;
            }
            Ok(())
        }
    }
}

async fn create(deployed: &Deployed, name: &str, limits: Limits) -> Result<(), Sentence> {
    let name = AgencyName::parse(name).map_err(|fault| format!("The name {fault}."))?;
    let agency = AgencyId::random();
    for mode in [Mode::Live, Mode::Test] {
        let tenant = Tenant { agency, mode };
        let new = NewGate { tenant, name: name.as_str().to_owned(), limits, keys: Vec::new() };
        deployed.gate.insert(new, deployed.clock.now()).await.map_err(store_failed)?;
    }
    print::line(format_args!("{agency}  {}", name.as_str()))?;
    eprintln!("Its first key: admin key create {agency} --mode live --label production");
    Ok(())
}

async fn list(deployed: &Deployed) -> Result<(), Sentence> {
    let agencies = deployed.gate.agencies().await.map_err(store_failed)?;
    if agencies.is_empty() {
        eprintln!("There is no agency yet: admin agency create NAME");
    }
    for (Tenant { agency, mode }, name, Limits { reads, writes }) in agencies {
        print::line(format_args!("{agency}  {}  {reads} reads, {writes} writes an hour  {name}", mode.as_str()))?;
    }
    Ok(())
}

async fn set_limits(deployed: &Deployed, tenant: Tenant, limits: Limits) -> Result<(), Sentence> {
    if !deployed.gate.set_limits(tenant, limits).await.map_err(store_failed)? {
        return Err(format!("There is no agency {}: `agency list` shows them.", tenant.agency));
    }
    let (mode, Limits { reads, writes }) = (tenant.mode.as_str(), limits);
    print::line(format_args!("{}  {mode}  {reads} reads, {writes} writes an hour", tenant.agency))
}
