//! What a token says (RFC 9068 §2.2), and whether it is meant for us and for now.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Refused, Trust};
use crate::{
    id::{ClientId, SubjectId},
    scope::Scope,
    tenant::{Mode, Tenant},
};

/// How far the issuer's clock may be ahead of ours. What has expired has expired.
const LEEWAY: Duration = Duration::seconds(30);
/// The longest time that a token may have left.
const LONGEST: Duration = Duration::hours(24);
/// The most characters of `sub` (OpenID Connect Core §2).
const MAX_SUBJECT: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub tenant: Tenant,
    /// Who holds it: the issuer's `sub`, under a name that does not spell it out.
    pub subject: SubjectId,
    pub scopes: Vec<Scope>,
    /// The client that it is bound to.
    pub client: Option<ClientId>,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    not_before: Option<DateTime<Utc>>,
}

impl Claims {
    /// `text`: the whole token.
    pub(super) fn read(trust: &Trust, claims: &Map<String, Value>, text: &str) -> Result<Self, Refused> {
        let string = |name: &str| claims.get(name).and_then(Value::as_str);
        if string("iss") != Some(&trust.issuer) {
            return Err(Refused("iss is not the configured issuer"));
        }
        let ours = |audience: &Value| audience.as_str() == Some(&trust.audience);
        let is_ours = match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().all(Value::is_string) && audiences.iter().any(ours),
            Some(audience) => ours(audience),
            None => false,
        };
        if !is_ours {
            return Err(Refused("aud does not name us"));
        }
        // RFC 7800: whoever sends it would have to prove a key, and we do not ask for that proof.
        if claims.contains_key("cnf") {
            return Err(Refused("it is bound to a key of its holder (cnf), which is not supported"));
        }
        let subject = string("sub").filter(|sub| (1..=MAX_SUBJECT).contains(&sub.chars().count()));
        let subject = subject.ok_or(Refused("sub is missing or too long"))?;
        let agency = string(&trust.agency_claim).and_then(|id| id.parse().ok());
        let mode = claims.get(&trust.mode_claim).and_then(|mode| Mode::deserialize(mode).ok());
        Ok(Self {
            tenant: Tenant {
                agency: agency.ok_or(Refused("the agency's claim is not an agency's id"))?,
                mode: mode.ok_or(Refused("the mode's claim is neither test nor live"))?,
            },
            subject: SubjectId::derive(&[b"subject", trust.issuer.as_bytes(), subject.as_bytes()]),
            scopes: scopes(trust, claims.get("scope"))?,
            client: client(trust, claims)?,
            issued_at: date(claims, "iat")?.ok_or(Refused("iat is missing"))?,
            expires_at: date(claims, "exp")?.ok_or(Refused("exp is missing"))?,
            digest: digest(text),
            not_before: date(claims, "nbf")?,
        })
    }

    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), Refused> {
        if self.expires_at <= now {
            return Err(Refused("exp has passed"));
        }
        if self.expires_at > now + LONGEST + LEEWAY {
            return Err(Refused("exp is more than 24 hours ahead"));
        }
        if self.issued_at > now + LEEWAY {
            return Err(Refused("iat is in the future"));
        }
        if self.not_before.is_some_and(|from| from > now + LEEWAY) {
            return Err(Refused("nbf is in the future"));
        }
        Ok(())
    }
}

/// RFC 6749 §3.3: names with spaces between. Other services' scopes may be among them.
fn scopes(trust: &Trust, scope: Option<&Value>) -> Result<Vec<Scope>, Refused> {
    let names = match scope {
        None => "",
        Some(Value::String(names)) => names,
        Some(_) => return Err(Refused("scope is not a string")),
    };
    let mut scopes: Vec<Scope> =
        Scope::ALL.into_iter().filter(|scope| names.split(' ').any(|it| it == scope.as_str())).collect();
    scopes.retain(|scope| trust.may_manage_keys || *scope != Scope::KeysManage);
    Ok(scopes)
}

/// A binding that cannot be read must not become none.
fn client(trust: &Trust, claims: &Map<String, Value>) -> Result<Option<ClientId>, Refused> {
    match trust.client_claim.as_ref().and_then(|name| claims.get(name)) {
        None => Ok(None),
        Some(id) => ClientId::deserialize(id).map(Some).map_err(|_| Refused("the client's claim is not a client's id")),
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds, whole or not.
fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<DateTime<Utc>>, Refused> {
    const FAULT: Refused = Refused("exp, iat or nbf is not a time");
    let Some(value) = claims.get(name) else { return Ok(None) };
    let milliseconds = match (value.as_i64(), value.as_f64()) {
        (Some(seconds), _) => seconds.checked_mul(1000),
        #[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest number that there is")]
        (None, Some(seconds)) => Some((seconds * 1000.0) as i64),
        (None, None) => None,
    };
    milliseconds.and_then(DateTime::from_timestamp_millis).map(Some).ok_or(FAULT)
}

fn digest(text: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
