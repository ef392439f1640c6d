//! The resource that a path identifies. It is read in parallel with the gate and released only to a caller it belongs to.

use std::{future::Future, str::FromStr};

use chrono::{DateTime, Utc};
use id::{AccountId, ClientId, InviteId, PostId};

use super::{Caller, Error, Request, asking, request::path_id};
use crate::{
    account::Account,
    client::Client,
    invite::Invite,
    post::Post,
    scope::Scope,
    store::{self, Gate},
    tenant::Tenant,
};

/// A resource that is identified by an id in the path.
pub trait Resource {
    type Id: FromStr;
    /// The path parameter's name.
    const PARAMETER: &'static str;
    /// Its name in a 404.
    const WHAT: &'static str;

    /// The client it belongs to, for credentials that are bound to a client.
    fn client(&self) -> ClientId;

    /// Whether it belongs to the tenant. Always true for a resource that is read by tenant and id.
    fn is_of(&self, _: Tenant) -> bool {
        true
    }
}

/// The result of the read, and the admitted caller. Access is not checked yet.
pub struct Found<T> {
    caller: Caller,
    read: Result<Option<T>, Error>,
}

impl<T: Resource> Found<T> {
    /// # Errors
    /// 404 if it does not exist, or belongs to another tenant or to another client than the credential is bound to; and the
    /// errors of the store.
    pub fn require(self) -> Result<T, Error> {
        let own = self.read?.filter(|thing| thing.is_of(self.caller.tenant));
        let thing = own.ok_or_else(|| Error::not_found(T::WHAT))?;
        self.caller.require_client(thing.client(), T::WHAT)?;
        Ok(thing)
    }
}

/// Admits the caller and reads the path's resource in parallel, for a handler that checks something else before it
/// requires the resource. An invalid id is not found.
///
/// # Errors
/// Those of the gate.
pub async fn look_up<T: Resource, F: Future<Output = Result<Option<T>, store::Error>>>(
    gate: &Gate,
    request: &Request,
    scope: Scope,
    now: DateTime<Utc>,
    read: impl FnOnce(Tenant, T::Id) -> F,
) -> Result<(Caller, Found<T>), Error> {
    let asking = asking(gate, request)?;
    let id: Result<T::Id, Error> = path_id(request, T::PARAMETER, T::WHAT);
    let read = async { Ok(read(asking.claimed_tenant(), id?).await?) };
    let (caller, read) = asking.admit(scope, now, read).await?;
    Ok((caller, Found { caller, read }))
}

/// Admits the caller and returns the path's resource.
///
/// # Errors
/// Those of the gate, then those of [`Found::require`].
pub async fn find<T: Resource, F: Future<Output = Result<Option<T>, store::Error>>>(
    gate: &Gate,
    request: &Request,
    scope: Scope,
    now: DateTime<Utc>,
    read: impl FnOnce(Tenant, T::Id) -> F,
) -> Result<(Caller, T), Error> {
    let (caller, found) = look_up(gate, request, scope, now, read).await?;
    Ok((caller, found.require()?))
}

impl Resource for Client {
    type Id = ClientId;
    const PARAMETER: &'static str = "clientId";
    const WHAT: &'static str = "client";

    fn client(&self) -> ClientId {
        self.id
    }
}

impl Resource for Account {
    type Id = AccountId;
    const PARAMETER: &'static str = "accountId";
    const WHAT: &'static str = "account";

    fn client(&self) -> ClientId {
        self.client
    }
}

impl Resource for Post {
    type Id = PostId;
    const PARAMETER: &'static str = "postId";
    const WHAT: &'static str = "post";

    fn client(&self) -> ClientId {
        self.client
    }
}

/// A post that is to be changed.
impl Resource for store::CurrentPost {
    type Id = PostId;
    const PARAMETER: &'static str = Post::PARAMETER;
    const WHAT: &'static str = Post::WHAT;

    fn client(&self) -> ClientId {
        self.post.client
    }
}

/// An invite is read by its id alone, so its tenant is checked.
impl Resource for Invite {
    type Id = InviteId;
    const PARAMETER: &'static str = "inviteId";
    const WHAT: &'static str = "connect invite";

    fn client(&self) -> ClientId {
        self.client
    }

    fn is_of(&self, tenant: Tenant) -> bool {
        self.tenant == tenant
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::Code, event::Actor, id::AgencyId, tenant::Mode};

    #[test]
    fn an_invite_of_another_tenant_is_not_found() {
        let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
        let invite = Invite {
            id: InviteId::random(),
            tenant,
            client: ClientId::random(),
            platforms: Vec::new(),
            expires_at: DateTime::UNIX_EPOCH,
            revoked: false,
            created_at: DateTime::UNIX_EPOCH,
            link_version: 1,
            connected: std::collections::BTreeMap::new(),
            return_url: None,
        };
        let found = |tenant| Found {
            caller: Caller { tenant, client: None, actor: Actor::System },
            read: Ok(Some(invite.clone())),
        };
        assert_eq!(found(tenant).require().unwrap(), invite);
        let other = found(Tenant { mode: Mode::Test, ..tenant }).require();
        assert_eq!(other.unwrap_err().code, Code::NotFound);
    }
}
