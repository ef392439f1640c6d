//! A table stands, with its indexes, its time to live, and in AWS with its backups and its protection.

use aws_sdk_dynamodb::types::{IndexStatus, PointInTimeRecoveryStatus, TableStatus, TimeToLiveStatus};
use shared::store::schema::INDEXES;

use super::{Finding, mend};
use crate::{
    deployed::{Deployed, Place},
    root,
};

pub(super) async fn look(deployed: &Deployed, name: &str, is_main: bool) -> Vec<Finding> {
    let mut findings = vec![stands(deployed, name, is_main).await];
    if findings[0].well {
        findings.push(time_to_live(deployed, name).await);
        if matches!(deployed.place, Place::Aws(_)) {
            findings.push(backups(deployed, name).await);
        }
    }
    findings
}

/// What to do about a table that is not as it was made.
fn remedy(deployed: &Deployed, table: &str, change: &str) -> String {
    match &deployed.place {
        Place::Aws(aws) => format!("run `{}`", mend::command(change, table, &aws.deployment.config.region)),
        Place::Folder(_) => "this version did not make the folder; begin a new one".into(),
    }
}

async fn stands(deployed: &Deployed, name: &str, is_main: bool) -> Finding {
    let subject = format!("table {name}");
    let table = match deployed.dynamodb.describe_table().table_name(name).send().await {
        Ok(answer) => answer.table,
        Err(error) => {
            let why = root(&error);
            return Finding::ill(
                subject,
                format!("cannot be looked at ({why}); deploy the stack, or see that you may use it"),
            );
        }
    };
    let Some(table) = table.filter(|table| table.table_status() == Some(&TableStatus::Active)) else {
        return Finding::ill(subject, "is not active; wait until AWS has made or restored it, then look again");
    };
    let wanted = if is_main { &INDEXES[..] } else { &[] };
    for index in wanted {
        let lacks = index.0;
        let found = table.global_secondary_indexes().iter().find(|found| found.index_name() == Some(lacks));
        match found.map(|found| found.index_status()) {
            Some(Some(IndexStatus::Active) | None) => {}
            Some(_) => return Finding::ill(subject, format!("its index {lacks} is not active; wait, then look again")),
            None => {
                let remedy = remedy(deployed, name, &mend::index(*index));
                return Finding::ill(subject, format!("lacks the index {lacks}; {remedy}"));
            }
        }
    }
    if matches!(deployed.place, Place::Aws(_)) && table.deletion_protection_enabled() != Some(true) {
        let remedy = remedy(deployed, name, &mend::protection());
        return Finding::ill(subject, format!("is not protected against deletion; {remedy}"));
    }
    Finding::well(subject, format!("active, with {} indexes", wanted.len()))
}

async fn time_to_live(deployed: &Deployed, name: &str) -> Finding {
    let subject = format!("table {name}, time to live");
    match deployed.dynamodb.describe_time_to_live().table_name(name).send().await {
        Err(error) => Finding::ill(subject, format!("cannot be looked at ({}); see that you may", root(&error))),
        Ok(answer) => {
            let found = answer.time_to_live_description();
            let status = found.and_then(|found| found.time_to_live_status());
            // AWS takes up to an hour to turn it on, and refuses to be asked again.
            let on = matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
            let of_ttl = found.and_then(|found| found.attribute_name()) == Some("ttl");
            match on && of_ttl {
                true => Finding::well(subject, "on, by `ttl`"),
                false => {
                    let remedy = remedy(deployed, name, &mend::time_to_live());
                    Finding::ill(subject, format!("is not on for `ttl`, so nothing stale is ever dropped; {remedy}"))
                }
            }
        }
    }
}

async fn backups(deployed: &Deployed, name: &str) -> Finding {
    let subject = format!("table {name}, backups");
    match deployed.dynamodb.describe_continuous_backups().table_name(name).send().await {
        Err(error) => Finding::ill(subject, format!("cannot be looked at ({}); see that you may", root(&error))),
        Ok(answer) => {
            let recovery = answer
                .continuous_backups_description()
                .and_then(|backups| backups.point_in_time_recovery_description())
                .and_then(|recovery| recovery.point_in_time_recovery_status());
            match recovery == Some(&PointInTimeRecoveryStatus::Enabled) {
                true => Finding::well(subject, "point-in-time recovery is on"),
                false => {
                    let remedy = remedy(deployed, name, &mend::backups());
                    Finding::ill(subject, format!("point-in-time recovery is off; {remedy}"))
                }
            }
        }
    }
}
