//! The claims of an access token (RFC 9068 §2.2), and the checks of issuer, audience and times.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{InvalidToken, Trust};
use crate::{
    id::{ClientId, SubjectId},
    scope::Scope,
    tenant::{Mode, Tenant},
};

/// Accepted clock skew for `iat` and `nbf`. `exp` is checked without it.
const LEEWAY: Duration = Duration::seconds(30);
/// The longest remaining lifetime.
const MAX_LIFETIME: Duration = Duration::hours(24);
/// The longest `sub`, in characters (OpenID Connect Core §2).
const MAX_SUBJECT: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub tenant: Tenant,
    /// An id derived from issuer and `sub`, so that `sub` itself is never stored.
    pub subject: SubjectId,
    pub scopes: Vec<Scope>,
    /// The client that the token is bound to.
    pub client: Option<ClientId>,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    not_before: Option<DateTime<Utc>>,
}

impl Claims {
    /// `token`: the whole token as it was sent.
    pub(super) fn parse(trust: &Trust, claims: &Map<String, Value>, token: &str) -> Result<Self, InvalidToken> {
        let string = |name: &str| claims.get(name).and_then(Value::as_str);
        if string("iss") != Some(&trust.issuer) {
            return Err(InvalidToken("iss is not the configured issuer"));
        }
        let matches = |audience: &Value| audience.as_str() == Some(&trust.audience);
        let is_intended = match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().all(Value::is_string) && audiences.iter().any(matches),
            Some(audience) => matches(audience),
            None => false,
        };
        if !is_intended {
            return Err(InvalidToken("aud does not contain the configured audience"));
        }
        // RFC 7800: the sender would have to prove possession of a key, and nothing here asks for the proof.
        if claims.contains_key("cnf") {
            return Err(InvalidToken("cnf: proof of possession is not supported"));
        }
        let subject = string("sub").filter(|sub| (1..=MAX_SUBJECT).contains(&sub.chars().count()));
        let subject = subject.ok_or(InvalidToken("sub is missing, empty or longer than 255 characters"))?;
        let agency = string(&trust.agency_claim).and_then(|id| id.parse().ok());
        Ok(Self {
            tenant: Tenant {
                agency: agency.ok_or(InvalidToken("the agency claim is not an agency id"))?,
                mode: mode(trust, claims)?,
            },
            subject: SubjectId::derive(&[b"subject", trust.issuer.as_bytes(), subject.as_bytes()]),
            scopes: scopes(trust, claims.get("scope"))?,
            client: client(trust, claims)?,
            issued_at: date(claims, "iat")?.ok_or(InvalidToken("iat is missing"))?,
            expires_at: date(claims, "exp")?.ok_or(InvalidToken("exp is missing"))?,
            digest: digest(token),
            not_before: date(claims, "nbf")?,
        })
    }

    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), InvalidToken> {
        if self.expires_at <= now {
            return Err(InvalidToken("exp has passed"));
        }
        if self.expires_at > now + MAX_LIFETIME + LEEWAY {
            return Err(InvalidToken("exp is more than 24 hours ahead"));
        }
        if self.issued_at > now + LEEWAY {
            return Err(InvalidToken("iat is in the future"));
        }
        if self.not_before.is_some_and(|from| from > now + LEEWAY) {
            return Err(InvalidToken("nbf is in the future"));
        }
        Ok(())
    }
}

fn mode(trust: &Trust, claims: &Map<String, Value>) -> Result<Mode, InvalidToken> {
    match claims.get(&trust.mode_claim) {
        // Only a string: serde would also read the object `{"live": null}` as a mode.
        Some(name @ Value::String(_)) => {
            Mode::deserialize(name).map_err(|_| InvalidToken("the mode claim is neither test nor live"))
        }
        Some(_) => Err(InvalidToken("the mode claim is not a string")),
        None => Err(InvalidToken("the mode claim is missing")),
    }
}

/// `scope` is a list separated by spaces (RFC 6749 §3.3). Unknown scopes are ignored: they may be for other services.
fn scopes(trust: &Trust, scope: Option<&Value>) -> Result<Vec<Scope>, InvalidToken> {
    let names = match scope {
        None => "",
        Some(Value::String(names)) => names,
        Some(_) => return Err(InvalidToken("scope is not a string")),
    };
    let mut scopes: Vec<Scope> =
        Scope::ALL.into_iter().filter(|scope| names.split(' ').any(|it| it == scope.as_str())).collect();
    scopes.retain(|scope| trust.may_manage_keys || ![Scope::KeysManage, Scope::KeysAdmin].contains(scope));
    Ok(scopes)
}

/// An invalid client claim is refused: ignoring it would remove the restriction to one client.
fn client(trust: &Trust, claims: &Map<String, Value>) -> Result<Option<ClientId>, InvalidToken> {
    match trust.client_claim.as_ref().and_then(|name| claims.get(name)) {
        None => Ok(None),
        Some(id) => {
            ClientId::deserialize(id).map(Some).map_err(|_| InvalidToken("the client claim is not a client id"))
        }
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds, possibly with a fraction.
fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<DateTime<Utc>>, InvalidToken> {
    const FAULT: InvalidToken = InvalidToken("exp, iat or nbf is not a time");
    let Some(value) = claims.get(name) else { return Ok(None) };
    let milliseconds = match (value.as_i64(), value.as_f64()) {
        (Some(seconds), _) => seconds.checked_mul(1000),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the cast saturates, and a time out of range is refused below"
        )]
        (None, Some(seconds)) => Some((seconds * 1000.0) as i64),
        (None, None) => None,
    };
    milliseconds.and_then(DateTime::from_timestamp_millis).map(Some).ok_or(FAULT)
}

#[expect(clippy::expect_used, reason = "SHA-256 has 32 bytes")]
fn digest(token: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::AgencyId;

    fn parse(mode: Option<Value>) -> Result<Mode, String> {
        let trust = Trust::new("https://issuer.example.com", "us", false).unwrap();
        let mut claims = json!({
            "iss": trust.issuer, "aud": "us", "sub": "backend", "iat": 1, "exp": 2, "agency": AgencyId::random(),
        });
        if let Some(mode) = mode {
            claims["mode"] = mode;
        }
        let claims = Claims::parse(&trust, claims.as_object().unwrap(), "token");
        claims.map(|claims| claims.tenant.mode).map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_mode_is_one_of_two_strings() {
        assert_eq!(parse(Some(json!("live"))), Ok(Mode::Live));
        assert_eq!(parse(Some(json!("test"))), Ok(Mode::Test));
        let refused = |reason: &str| Err(format!("access token refused: the mode claim is {reason}"));
        assert_eq!(parse(None), refused("missing"));
        for mode in [json!(""), json!("Live"), json!("live ")] {
            assert_eq!(parse(Some(mode.clone())), refused("neither test nor live"), "{mode}");
        }
        for mode in [json!({ "live": null }), json!({}), json!(["live"]), json!([]), json!(0), json!(true), Value::Null]
        {
            assert_eq!(parse(Some(mode.clone())), refused("not a string"), "{mode}");
        }
    }
}
