//! Failures in captions of [`Behavior::Scripted`]: `fail:<step>:<code>[:<subcode>]`.

use serde::{Deserialize, Serialize};

use super::graph_error::GraphError;
use crate::{account::Account, behavior::Behavior, script};

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
    /// The first failure in the caption, for accounts with [`Behavior::Scripted`].
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

    pub(crate) fn error(&self) -> GraphError {
        GraphError::of(self.code, self.subcode)
    }

    /// What the field `status` of a container shows: the subcode or, without one, the code.
    pub(crate) fn shown_code(&self) -> i64 {
        self.subcode.unwrap_or(self.code)
    }
}
