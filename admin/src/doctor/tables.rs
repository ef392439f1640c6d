//! A table stands, with its indexes, its time to live, and in AWS with its backups and its protection.

use aws_sdk_dynamodb::types::{IndexStatus, PointInTimeRecoveryStatus, TableStatus, TimeToLiveStatus};
use shared::store::schema::INDEXES;

use super::Finding;
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
    let active = |wanted: &str| {
        let mut indexes = table.global_secondary_indexes().iter();
        indexes.any(|index| {
            index.index_name() == Some(wanted) && matches!(index.index_status(), Some(IndexStatus::Active) | None)
        })
    };
    let lacking: Vec<&str> = wanted.iter().map(|(index, _, _)| *index).filter(|index| !active(index)).collect();
    if !lacking.is_empty() {
        let lacking = lacking.join(", ");
        return Finding::ill(
            subject,
            format!("lacks the index {lacking}, or it is not active yet; deploy template.yaml again"),
        );
    }
    if matches!(deployed.place, Place::Aws(_)) && table.deletion_protection_enabled() != Some(true) {
        return Finding::ill(subject, "is not protected against deletion; deploy template.yaml again");
    }
    Finding::well(subject, format!("active, with {} indexes", wanted.len()))
}

async fn time_to_live(deployed: &Deployed, name: &str) -> Finding {
    let subject = format!("table {name}, time to live");
    match deployed.dynamodb.describe_time_to_live().table_name(name).send().await {
        Err(error) => Finding::ill(subject, format!("cannot be looked at ({}); see that you may", root(&error))),
        Ok(answer) => {
            let found = answer.time_to_live_description();
            let on = found.and_then(|found| found.time_to_live_status()) == Some(&TimeToLiveStatus::Enabled);
            let of_ttl = found.and_then(|found| found.attribute_name()) == Some("ttl");
            match on && of_ttl {
                true => Finding::well(subject, "on, by `ttl`"),
                false => Finding::ill(
                    subject,
                    "is not on for `ttl`, so nothing stale is ever dropped; deploy template.yaml again",
                ),
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
                false => Finding::ill(subject, "point-in-time recovery is off; deploy template.yaml again"),
            }
        }
    }
}
