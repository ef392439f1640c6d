//! `GET /xrpc/com.atproto.server.getServiceAuth`: a token for one method of another service, which acts on the account's
//! behalf. The table has its fingerprint only.

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    query, scope, session,
    syntax::{is_did, is_nsid},
    xrpc_error::{self, invalid, refuse, scope_missing},
};
use crate::{
    authorization,
    context::Context,
    reply::{self, Reply, Stop, stop},
    secret,
    store::{Key, Write},
};

/// The lifetime of a token for which the caller names none, in seconds, and the longest of one without a method.
const MINUTE: i64 = 60;
const LONGEST: i64 = 60 * 60;

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The account's DID.
    iss: String,
    aud: String,
    lxm: Option<String>,
    exp: i64,
}

fn key(token: &str) -> Key {
    Key::new(format!("bluesky#service#{}", secret::fingerprint(token)), "token")
}

pub(super) async fn issue(context: &Context, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let caller = session::authenticate(context, request).await?;
    let parameters = query::read(request, &["aud", "exp", "lxm"])?;
    let audience = query::required(&parameters, "aud")?;
    if !is_did(audience.split('#').next().unwrap_or_default()) {
        return invalid("aud must be a valid atproto DID or did#serviceId reference");
    }
    let method = parameters.get("lxm");
    if method.is_some_and(|method| !is_nsid(method)) {
        return invalid("Params/lxm must be a valid nsid");
    }
    let named = method.unwrap_or("*");
    if !scope::permits_rpc(&caller.scope, named, audience) {
        return scope_missing(&format!("rpc:{named}?aud={audience}"));
    }
    let now = context.now().timestamp();
    let exp = match parameters.get("exp").map(str::parse::<i64>) {
        None => now + MINUTE,
        Some(Err(_)) => return invalid("Params/exp must be an integer"),
        Some(Ok(exp)) if exp < now => return refuse("BadExpiration", "expiration is in past"),
        Some(Ok(exp)) if exp > now + if method.is_some() { LONGEST } else { MINUTE } => {
            return refuse("BadExpiration", "cannot request a token with an expiration that far in the future");
        }
        Some(Ok(exp)) => exp,
    };
    let claims =
        Claims { iss: caller.account.id.to_owned(), aud: audience.to_owned(), lxm: method.map(str::to_owned), exp };
    let token = jwt(&claims)?;
    context.store.commit(vec![Write::put(key(&token), &claims)?]).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "token": token })))
}

/// A JWT in its form. The signature is random, and the table knows the token.
fn jwt(claims: &Claims) -> Result<String, Stop> {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let claims = json!({ "iss": claims.iss, "aud": claims.aud, "lxm": claims.lxm, "exp": claims.exp });
    let header = json!({ "typ": "JWT", "alg": "ES256K" });
    Ok(format!("{}.{}.{}", part(header), part(claims), secret::token()?))
}

/// The account's DID, if the request has a token of it for this audience and method.
pub(super) async fn verify(
    context: &Context,
    request: &Request<Bytes>,
    audience: &str,
    method: &str,
) -> Result<String, Stop> {
    let refuse = |name, message| stop(xrpc_error::reply(StatusCode::UNAUTHORIZED, name, message));
    let Some(token) = authorization::credentials(request, "bearer") else {
        return refuse("AuthMissing", "Authentication Required");
    };
    match context.store.get::<Claims>(key(token)).await? {
        None => refuse("BadJwtSignature", "jwt signature does not match jwt issuer"),
        Some(claims) if claims.exp < context.now().timestamp() => refuse("JwtExpired", "jwt expired"),
        Some(claims) if claims.aud != audience => refuse("BadJwtAudience", "jwt audience does not match service did"),
        Some(claims) if claims.lxm.as_deref() != Some(method) => {
            refuse("BadJwtLexiconMethod", "bad jwt lexicon method (\"lxm\")")
        }
        Some(claims) => Ok(claims.iss),
    }
}
