//! The caller of the PDS: access token and DPoP proof.

use bytes::Bytes;
use http::{Request, StatusCode, header};

use super::{
    dpop::{self, Server},
    form::proof_key,
    spec::SPEC,
    xrpc_error::{self, challenge, refuse_proof},
};
use crate::{
    account::Account,
    authorization,
    context::Context,
    oauth::token,
    reply::{Stop, stop},
};

pub(super) struct RepoOwner {
    pub(super) account: &'static Account,
    /// Separated by spaces.
    pub(super) scope: String,
    /// The id of the grant.
    pub(super) grant: String,
}

pub(super) async fn authenticate(context: &Context, request: &Request<Bytes>) -> Result<RepoOwner, Stop> {
    let Some(token) = authorization::credentials(request, "dpop") else {
        if request.headers().contains_key(header::AUTHORIZATION) {
            return challenge(context, "invalid_token", "The access token must be sent with the scheme DPoP");
        }
        return stop(xrpc_error::reply(StatusCode::UNAUTHORIZED, "AuthMissing", "Authentication Required"));
    };
    let thumbprint = match dpop::check(context, request, Server::Resource, Some(token)).await? {
        Ok(thumbprint) => thumbprint,
        Err(error) => return refuse_proof(context, &error),
    };
    let Some(issued) = token::find(context, &SPEC, token).await? else {
        return challenge(context, "invalid_token", "The access token is not valid");
    };
    if !issued.is_valid(context.now()) {
        return challenge(context, "invalid_token", "The access token has expired or was revoked");
    }
    if proof_key(&issued.grant.client_id) != thumbprint {
        return challenge(context, "invalid_token", "The access token is bound to another key");
    }
    match SPEC.account_by_id(&issued.grant.account) {
        Some(account) => Ok(RepoOwner { account, scope: issued.grant.scope, grant: issued.grant_id }),
        None => challenge(context, "invalid_token", "The access token has no account"),
    }
}
