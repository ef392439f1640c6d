//! The caller of an API, by the access token in the `Authorization` header.

use bytes::Bytes;
use http::Request;

use super::token;
use crate::{account::Account, authorization, context::Context, error::Error, spec::Spec};

/// A caller with a valid access token.
pub(crate) struct Bearer {
    pub(crate) account: &'static Account,
    /// The app's id.
    pub(crate) client_id: String,
    /// The granted scopes, with the platform's separator.
    pub(crate) scope: String,
    /// The id of the grant.
    pub(crate) grant: String,
    pub(crate) token: String,
}

/// The caller; `None` without a valid access token.
pub(crate) async fn caller(context: &Context, spec: &Spec, request: &Request<Bytes>) -> Result<Option<Bearer>, Error> {
    if let Some(token) = authorization::credentials(request, "bearer")
        && let Some(issued) = token::find(context, spec, token).await?
        && issued.is_valid(context.now())
        && let Some(account) = spec.account_by_id(&issued.grant.account)
    {
        let (client_id, scope) = (issued.grant.client_id, issued.grant.scope);
        return Ok(Some(Bearer { account, client_id, scope, grant: issued.grant_id, token: token.to_owned() }));
    }
    Ok(None)
}
