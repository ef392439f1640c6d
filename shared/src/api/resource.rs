//! The thing that a path names by its id, read beside the gate and handed out only to a caller it belongs to.

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

/// What is found by an id in the path.
pub trait Resource {
    type Id: FromStr;
    /// The path's parameter.
    const PARAMETER: &'static str;
    /// As a 404 names it.
    const WHAT: &'static str;

    /// Whose it is: a credential may be bound to one client.
    fn client(&self) -> ClientId;

    /// Whether it is the tenant's. Most things are read by tenant and id, and then it is.
    fn is_of(&self, _: Tenant) -> bool {
        true
    }
}

/// What was read, if anything, and the caller who may see it or not.
pub struct Found<T> {
    caller: Caller,
    read: Result<Option<T>, Error>,
}

impl<T: Resource> Found<T> {
    /// # Errors
    /// 404 if it is not there, another tenant's, or another client's than the credential is bound to; the store's.
    pub fn require(self) -> Result<T, Error> {
        let own = self.read?.filter(|thing| thing.is_of(self.caller.tenant));
        let thing = own.ok_or_else(|| Error::not_found(T::WHAT))?;
        self.caller.require_client(thing.client(), T::WHAT)?;
        Ok(thing)
    }
}

/// Admits the caller, and reads beside the gate what the path names, for a handler that checks something else before it
/// asks whether that is there. An id that cannot be one names nothing.
///
/// # Errors
/// The refusals of the gate.
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

/// Admits the caller and finds what the path names.
///
/// # Errors
/// The refusals of the gate; then as [`Found::require`].
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

/// A post that is about to be changed.
impl Resource for store::CurrentPost {
    type Id = PostId;
    const PARAMETER: &'static str = Post::PARAMETER;
    const WHAT: &'static str = Post::WHAT;

    fn client(&self) -> ClientId {
        self.post.client
    }
}

/// It is found by its id alone.
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
