//! What the query leaves out of a list of accounts.

use std::str::FromStr;

use shared::{
    account::{Account, AccountStatus},
    api::{Error, FieldError, Request, request::query},
    platform_id::PlatformId,
};

pub(super) struct Filter {
    platform: Option<PlatformId>,
    status: Option<AccountStatus>,
}

impl Filter {
    /// # Errors
    /// 422 for a platform or a status that is none.
    pub(super) fn of(request: &Request) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let filter = Self {
            platform: read(request, "platform", "is not a known platform", &mut faults),
            status: read(request, "status", "must be connected, reconnect_required or disconnected", &mut faults),
        };
        if faults.is_empty() { Ok(filter) } else { Err(Error::invalid(faults)) }
    }

    pub(super) fn admits(&self, account: &Account) -> bool {
        self.platform.is_none_or(|platform| account.platform == platform)
            && self.status.is_none_or(|status| account.status == status)
    }
}

fn read<T: FromStr>(request: &Request, name: &str, message: &str, faults: &mut Vec<FieldError>) -> Option<T> {
    let text = query(request, name)?;
    let value = text.parse().ok();
    if value.is_none() {
        faults.push(FieldError { path: name.into(), message: message.into() });
    }
    value
}
