//! Who calls an API, as the access token in the header tells.

use bytes::Bytes;
use http::Request;

use super::grant;
use crate::{Sandbox, account::Account, authorization, network::Network, store::Error};

/// Who calls, with a good access token.
pub(crate) struct Caller<N: Network> {
    pub(crate) account: &'static Account<N>,
    /// The app's id.
    pub(crate) client_id: String,
    /// What was granted, as the platform wrote it.
    pub(crate) scope: String,
    /// The id of what was granted.
    pub(crate) grant: String,
    pub(crate) token: String,
}

/// The caller, if the access token is good.
pub(crate) async fn caller<N: Network>(
    sandbox: &Sandbox,
    request: &Request<Bytes>,
) -> Result<Option<Caller<N>>, Error> {
    if let Some(token) = authorization::credentials(request, "bearer")
        && let Some(known) = grant::find::<N>(sandbox, token).await?
        && known.is_good((sandbox.clock)())
        && let Some(account) = Account::by_id(&known.grant.account)
    {
        let (client_id, scope) = (known.grant.client_id, known.grant.scope);
        return Ok(Some(Caller { account, client_id, scope, grant: known.id, token: token.to_owned() }));
    }
    Ok(None)
}
