//! The query's filters for a list of accounts.

use platforms::PlatformId;
use serde::de::DeserializeOwned;
use shared::{
    account::{Account, AccountStatus},
    api::{
        Error, FieldError, Request,
        fields::one_of,
        page::{self, Asked},
        request::query,
    },
};

pub(super) struct Filter {
    platform: Option<PlatformId>,
    status: Option<AccountStatus>,
}

impl Filter {
    /// Parses the filters, and the requested page of `list`.
    ///
    /// # Errors
    /// 422 with every invalid parameter; 400 for a cursor that does not belong to this list.
    pub(super) fn of(request: &Request, list: &str) -> Result<(Self, Asked), Error> {
        let mut faults = Vec::new();
        let filter =
            Self { platform: read(request, "platform", &mut faults), status: read(request, "status", &mut faults) };
        let asked = page::asked(request, list, &["clientId", "platform", "status"]);
        faults.extend(asked.as_ref().err().into_iter().flat_map(|error| error.fields.clone()));
        if faults.is_empty() { Ok((filter, asked?)) } else { Err(Error::invalid(faults)) }
    }

    pub(super) fn admits(&self, account: &Account) -> bool {
        self.platform.is_none_or(|platform| account.platform == platform)
            && self.status.is_none_or(|status| account.status == status)
    }
}

fn read<T: DeserializeOwned>(request: &Request, name: &str, faults: &mut Vec<FieldError>) -> Option<T> {
    let value = one_of(query(request, name)?.into());
    value.map_err(|message| faults.push(FieldError { path: name.into(), message })).ok()
}
