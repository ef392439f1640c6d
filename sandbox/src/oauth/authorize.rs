//! `GET` of an authorization endpoint.

use bytes::Bytes;
use http::Request;

use super::{authorization_server::AuthorizationServer, check::check, consent};
use crate::{
    context::Context,
    fields::Fields,
    reply::{Reply, Stop, stop},
};

/// The consent page, or a page with the fault of the request.
pub(crate) fn ask(context: &Context, server: &AuthorizationServer, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = match Fields::read(request.uri().query().unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(repeated) => return stop(consent::refuse(&format!("The parameter {} is repeated.", repeated.0))?),
    };
    if let Some((name, _)) = fields.other_than(server.endpoint.parameters) {
        return stop(consent::refuse(&format!("{} has no parameter {name}.", server.tokens.spec.name))?);
    }
    Ok(match check(context, server, &fields) {
        Ok(request) => consent::page(server, &fields, &request)?,
        Err(sentence) => consent::refuse(&sentence)?,
    })
}
