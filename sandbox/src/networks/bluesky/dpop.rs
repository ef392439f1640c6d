//! DPoP proofs (RFC 9449, section 4.3), with nonces that the server issues. The authorization server and the PDS have
//! different nonces, so a client that mixes them up is refused.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};

use super::{
    jwt::{Jwt, thumbprint},
    once,
};
use crate::{context::Context, error::Error, reply::Reply, secret};

/// A nonce is issued for a minute and accepted for two more. The specification allows five.
const PERIOD: i64 = 60;
const ACCEPTED: i64 = 3;
/// How far the time of a proof may be from the server's, in seconds.
const TOLERANCE: i64 = 10;

/// The server that checks a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    Authorization,
    Resource,
}

pub(super) enum ProofError {
    Missing,
    /// There is no nonce, or the nonce has expired or is another server's.
    Nonce,
    Invalid(&'static str),
}

/// Checks the proof of a request, which must match the access token if there is one. Returns the thumbprint of its key.
pub(super) async fn check(
    context: &Context,
    request: &Request<Bytes>,
    server: Server,
    token: Option<&str>,
) -> Result<Result<String, ProofError>, Error> {
    let headers: Vec<&HeaderValue> = request.headers().get_all("dpop").into_iter().collect();
    let proof = match headers.as_slice() {
        [] => return Ok(Err(ProofError::Missing)),
        [proof] => proof.to_str().unwrap_or_default(),
        _ => return Ok(Err(ProofError::Invalid("DPoP header must contain a single proof"))),
    };
    let checked = match claims(context, request, proof, token) {
        Ok(checked) => checked,
        Err(reason) => return Ok(Err(ProofError::Invalid(reason))),
    };
    let periods = period(context) - ACCEPTED + 1..=period(context);
    if !periods.rev().any(|period| nonce(server, period) == checked.nonce) {
        return Ok(Err(ProofError::Nonce));
    }
    // A proof that is refused for its nonce is not used up.
    let id = format!("{} {}", checked.thumbprint, checked.id);
    if !once::accept(context, "proof", &id).await? {
        return Ok(Err(ProofError::Invalid("DPoP proof replayed")));
    }
    Ok(Ok(checked.thumbprint))
}

struct CheckedProof {
    id: String,
    nonce: String,
    thumbprint: String,
}

fn claims(
    context: &Context,
    request: &Request<Bytes>,
    proof: &str,
    token: Option<&str>,
) -> Result<CheckedProof, &'static str> {
    let proof = Jwt::parse(proof).ok_or("DPoP proof is not a JWT with ES256")?;
    let jwk = &proof.header["jwk"];
    let thumbprint = thumbprint(jwk).ok_or("DPoP \"jwk\" is not a public key on P-256")?;
    let age = proof.seconds("iat").map(|iat| context.now().timestamp() - iat);
    let address = format!("{}{}", context.public_url, request.uri().path());
    let hash = token.map(secret::challenge);
    let rules = [
        (proof.header["typ"] == "dpop+jwt", "DPoP \"typ\" mismatch"),
        (proof.is_signed_by(jwk), "DPoP signature mismatch"),
        (age.is_some_and(|age| (-TOLERANCE..=TOLERANCE).contains(&age)), "DPoP \"iat\" is not now"),
        (!proof.text("jti").is_empty(), "DPoP \"jti\" missing"),
        (proof.text("htm") == request.method().as_str(), "DPoP \"htm\" mismatch"),
        (proof.text("htu") == address, "DPoP \"htu\" mismatch"),
        (proof.claims.get("ath").and_then(|ath| ath.as_str()) == hash.as_deref(), "DPoP \"ath\" mismatch"),
    ];
    match rules.into_iter().find(|(kept, _)| !kept) {
        Some((_, reason)) => Err(reason),
        None => {
            Ok(CheckedProof { id: proof.text("jti").to_owned(), nonce: proof.text("nonce").to_owned(), thumbprint })
        }
    }
}

fn period(context: &Context) -> i64 {
    context.now().timestamp().div_euclid(PERIOD)
}

fn nonce(server: Server, period: i64) -> String {
    secret::challenge(&format!("{server:?} {period}"))
}

/// Adds the server's current nonce to a reply.
pub(super) fn mark(context: &Context, server: Server, mut reply: Reply) -> Result<Reply, Error> {
    let nonce = HeaderValue::try_from(nonce(server, period(context)))?;
    reply.headers_mut().insert(HeaderName::from_static("dpop-nonce"), nonce);
    Ok(reply)
}
