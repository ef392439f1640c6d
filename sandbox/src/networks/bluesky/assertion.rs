//! Client assertions: how a confidential client authenticates (RFC 7523, section 3). Each is accepted once.

use super::{
    client::Client,
    jwt::{Jwt, thumbprint},
    once,
};
use crate::{context::Context, error::Error, fields::Fields};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest life of an assertion, and how far its time may be ahead, in seconds.
const LONGEST: i64 = 60;
const TOLERANCE: i64 = 10;

/// Authenticates the client of a form. Returns the thumbprint of its key; `None` for a public client.
pub(super) async fn check(
    context: &Context,
    client: &Client,
    form: &Fields,
) -> Result<Result<Option<String>, &'static str>, Error> {
    let (kind, assertion) = (form.get("client_assertion_type"), form.get("client_assertion"));
    let Some(keys) = &client.keys else {
        let sent = kind.is_some() || assertion.is_some();
        return Ok(if sent { Err("A public client sends no client_assertion") } else { Ok(None) });
    };
    let Some(assertion) = assertion.and_then(Jwt::parse).filter(|_| kind == Some(TYPE)) else {
        return Ok(Err("A client_assertion of the type jwt-bearer is required"));
    };
    let kid = &assertion.header["kid"];
    let Some(key) = keys.iter().find(|key| kid.is_string() && key["kid"] == *kid) else {
        return Ok(Err("The key of the client_assertion is not in the client's jwks"));
    };
    let now = context.now().timestamp();
    let (issued, ends) = (assertion.seconds("iat"), assertion.seconds("exp"));
    let rules = [
        (assertion.is_signed_by(key), "The signature of the client_assertion is wrong"),
        (assertion.text("iss") == client.id && assertion.text("sub") == client.id, "iss and sub must be the client_id"),
        (assertion.text("aud") == context.public_url, "aud must be the issuer"),
        (issued.is_some_and(|at| (now - LONGEST..=now + TOLERANCE).contains(&at)), "iat is not within a minute"),
        (ends.is_none_or(|at| at > now), "The client_assertion has expired"),
        (!assertion.text("jti").is_empty(), "jti is missing"),
    ];
    if let Some((_, reason)) = rules.into_iter().find(|(kept, _)| !kept) {
        return Ok(Err(reason));
    }
    if !once::accept(context, "assertion", &format!("{} {}", client.id, assertion.text("jti"))).await? {
        return Ok(Err("The client_assertion was used before"));
    }
    Ok(Ok(thumbprint(key)))
}
