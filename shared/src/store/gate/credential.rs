//! The credential of a request, and who holds it. No I/O.

use chrono::{DateTime, Utc};

use super::{GateItem, revocation};
use crate::{
    id::{ClientId, KeyId},
    key::ApiKey,
    scope::Scope,
    tenant::Tenant,
    tokens::{AccessToken, Claims},
};

#[derive(Clone, Copy)]
pub enum Credential<'a> {
    Key(&'a ApiKey),
    Token(&'a AccessToken),
}

/// Who manages a gate's keys: an admitted caller, or the deployment's operator, who does not pass a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Key(KeyId),
    Token(Claims),
    Operator,
}

impl<'a> Credential<'a> {
    #[must_use]
    pub const fn tenant(self) -> Tenant {
        match self {
            Self::Key(key) => key.tenant,
            Self::Token(token) => token.claims().tenant,
        }
    }

    /// SHA-256 of the credential's text.
    pub(super) const fn digest(self) -> [u8; 32] {
        match self {
            Self::Key(key) => key.digest,
            Self::Token(token) => token.claims().digest,
        }
    }

    /// Its scopes, if `gate` accepts it: an existing, unexpired key, or a token that was not revoked.
    pub(super) fn scopes<'s>(self, gate: &'s GateItem, now: DateTime<Utc>) -> Option<&'s [Scope]>
    where
        'a: 's,
    {
        match self {
            Self::Key(key) => {
                let record = gate.keys.get(&key.id)?;
                let same = record.digest == data_encoding::HEXLOWER.encode(&key.digest);
                (same && record.expires_at > now.timestamp()).then_some(&record.scopes)
            }
            Self::Token(token) => {
                revocation::is_valid(token.claims(), gate.tokens_not_before).then_some(&token.claims().scopes)
            }
        }
    }

    pub(super) fn client(self, gate: &GateItem) -> Option<ClientId> {
        match self {
            Self::Key(key) => gate.keys.get(&key.id)?.client,
            Self::Token(token) => token.claims().client,
        }
    }

    pub(super) fn holder(self) -> Holder {
        match self {
            Self::Key(key) => Holder::Key(key.id),
            Self::Token(token) => Holder::Token(token.claims().clone()),
        }
    }
}
