//! Checks a table: its status, indexes and time to live, and in AWS its backups and deletion protection.

use aws_sdk_dynamodb::types::{IndexStatus, PointInTimeRecoveryStatus, TableStatus, TimeToLiveStatus};
use shared::store::schema::INDEXES;

use super::{Finding, repair};
use crate::{
    deployed::{Deployed, Place},
    root,
};

pub(super) async fn check(deployed: &Deployed, name: &str, is_main: bool) -> Vec<Finding> {
    let found = table(deployed, name, is_main).await;
    let is_there = found.ok;
    let mut findings = vec![found];
    if is_there {
        findings.push(time_to_live(deployed, name).await);
        if matches!(deployed.place, Place::Aws(_)) {
            findings.push(backups(deployed, name).await);
        }
    }
    findings
}

/// What to do about a table that is not as the template or `local` created it.
fn remedy(deployed: &Deployed, table: &str, change: &str) -> String {
    match &deployed.place {
        Place::Aws(aws) => format!("run `{}`", repair::command(change, table, &aws.deployment.config.region)),
        Place::Folder(_) => "another version created the folder; use a new one".into(),
    }
}

async fn table(deployed: &Deployed, name: &str, is_main: bool) -> Finding {
    let subject = format!("table {name}");
    let table = match deployed.dynamodb.describe_table().table_name(name).send().await {
        Ok(answer) => answer.table,
        Err(error) => {
            let why = root(&error);
            return Finding::fault(
                subject,
                format!("cannot be read ({why}); deploy the stack, or check your permissions"),
            );
        }
    };
    let Some(table) = table.filter(|table| table.table_status() == Some(&TableStatus::Active)) else {
        return Finding::fault(
            subject,
            "is not active; wait until AWS has created or restored it, then run this again",
        );
    };
    let wanted = if is_main { &INDEXES[..] } else { &[] };
    for index in wanted {
        let index_name = index.0;
        let found = table.global_secondary_indexes().iter().find(|found| found.index_name() == Some(index_name));
        match found.map(|found| found.index_status()) {
            Some(Some(IndexStatus::Active) | None) => {}
            Some(_) => {
                return Finding::fault(
                    subject,
                    format!("its index {index_name} is not active; wait, then run this again"),
                );
            }
            None => {
                let remedy = remedy(deployed, name, &repair::index(*index));
                return Finding::fault(subject, format!("lacks the index {index_name}; {remedy}"));
            }
        }
    }
    if matches!(deployed.place, Place::Aws(_)) && table.deletion_protection_enabled() != Some(true) {
        let remedy = remedy(deployed, name, &repair::protection());
        return Finding::fault(subject, format!("is not protected against deletion; {remedy}"));
    }
    Finding::ok(subject, format!("active, with {} indexes", wanted.len()))
}

async fn time_to_live(deployed: &Deployed, name: &str) -> Finding {
    let subject = format!("table {name}, time to live");
    match deployed.dynamodb.describe_time_to_live().table_name(name).send().await {
        Err(error) => Finding::fault(subject, format!("cannot be read ({}); check your permissions", root(&error))),
        Ok(answer) => {
            let found = answer.time_to_live_description();
            let status = found.and_then(|found| found.time_to_live_status());
            // Enabling takes up to an hour, during which AWS refuses to enable it again.
            let on = matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
            let on_ttl = found.and_then(|found| found.attribute_name()) == Some("ttl");
            match on && on_ttl {
                true => Finding::ok(subject, "on, for `ttl`"),
                false => {
                    let remedy = remedy(deployed, name, &repair::time_to_live());
                    Finding::fault(subject, format!("is not on for `ttl`, so expired items are not deleted; {remedy}"))
                }
            }
        }
    }
}

async fn backups(deployed: &Deployed, name: &str) -> Finding {
    let subject = format!("table {name}, backups");
    match deployed.dynamodb.describe_continuous_backups().table_name(name).send().await {
        Err(error) => Finding::fault(subject, format!("cannot be read ({}); check your permissions", root(&error))),
        Ok(answer) => {
            let recovery = answer
                .continuous_backups_description()
                .and_then(|backups| backups.point_in_time_recovery_description())
                .and_then(|recovery| recovery.point_in_time_recovery_status());
            match recovery == Some(&PointInTimeRecoveryStatus::Enabled) {
                true => Finding::ok(subject, "point-in-time recovery is on"),
                false => {
                    let remedy = remedy(deployed, name, &repair::backups());
                    Finding::fault(subject, format!("point-in-time recovery is off; {remedy}"))
                }
            }
        }
    }
}
