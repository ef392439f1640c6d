//! `fail:<step>:<code>[:<subcode>]`: how a caption of the account `scripted` tells what is to fail.

use serde::{Deserialize, Serialize};

use super::{
    account::{Account, Behavior},
    failure::Failure,
};
use crate::script;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Script {
    pub(crate) step: Step,
    code: i64,
    subcode: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Step {
    Container,
    Status,
    Quota,
    Publish,
}

impl Script {
    /// What the caption tells, if the account listens.
    pub(crate) fn of(account: &Account, caption: &str) -> Option<Self> {
        if account.behavior != Behavior::Scripted {
            return None;
        }
        script::failures(&[caption]).find_map(|(step, how)| Self::parse(step, how))
    }

    fn parse(step: &str, how: &str) -> Option<Self> {
        let step = match step {
            "container" => Step::Container,
            "status" => Step::Status,
            "quota" => Step::Quota,
            "publish" => Step::Publish,
            _ => return None,
        };
        let (code, subcode) = match how.split_once(':') {
            Some((code, subcode)) => (code, Some(subcode.parse().ok()?)),
            None => (how, None),
        };
        Some(Self { step, code: code.parse().ok()?, subcode })
    }

    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.code, self.subcode)
    }

    /// What a container's `status` says: the subcode, as Instagram does, or else the code.
    pub(crate) fn told(&self) -> i64 {
        self.subcode.unwrap_or(self.code)
    }
}
