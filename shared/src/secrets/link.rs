//! The `link` secret: link tokens, encrypted state, and each attempt's PKCE verifier and first DPoP key.

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;

use super::{InvalidKeyring, Keyring, seal};
use crate::{
    base62,
    id::{AttemptId, BYTES, InviteId},
    invite::Invite,
    secret::Secret,
};

const MAC: usize = 16;
const TOKEN: usize = 1 + BYTES + MAC;
const PREFIX: &str = "inv_";

/// The `link` secret.
#[derive(Clone)]
pub struct LinkKeys(Keyring);

/// An attempt's PKCE verifier and DPoP seed. They are derived, so nothing has to be stored before a successful
/// callback; also from the attempt's cookie, so that without it no code can be exchanged where a platform supports PKCE.
pub struct AttemptSecrets {
    /// RFC 7636 §4.1: 43 characters.
    pub verifier: Secret,
    /// Seed of the attempt's DPoP key (RFC 9449).
    pub dpop_seed: [u8; 32],
}

impl LinkKeys {
    /// # Errors
    /// If `json` is not a keyring.
    pub fn parse(json: &str) -> Result<Self, InvalidKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// The version for new tokens and states. An invite stores it, so that its token can be derived again after a
    /// rotation.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.0.current()
    }

    /// The token in an invite's link: `inv_` + base62(version ‖ invite id ‖ MAC); `None` if the version is unknown.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "all ranges are within constants")]
    pub fn token(&self, version: u8, invite: InviteId) -> Option<Secret> {
        let mut body = [0; TOKEN];
        body[0] = version;
        body[1..=BYTES].copy_from_slice(invite.as_bytes());
        let tag = hmac::sign(&self.token_key(version)?, invite.as_bytes());
        body[1 + BYTES..].copy_from_slice(&tag.as_ref()[..MAC]);
        Some(Secret::new(format!("{PREFIX}{}", base62::encode(&body))))
    }

    /// The invite of a token. A forged, truncated or misspelled token is refused here, before any read.
    #[must_use]
    pub fn invite(&self, token: &str) -> Option<InviteId> {
        let body: [u8; TOKEN] = base62::decode(token.strip_prefix(PREFIX)?)?;
        let (version, rest) = body.split_first()?;
        let (invite, sent) = rest.split_first_chunk::<BYTES>()?;
        let tag = hmac::sign(&self.token_key(*version)?, invite);
        constant_time_eq(tag.as_ref().get(..MAC)?, sent).then(|| InviteId::from_bytes(*invite))
    }

    /// Whether a token's version has been removed, so that the token can no longer be verified.
    #[must_use]
    pub fn is_retired(&self, token: &str) -> bool {
        let body: Option<[u8; TOKEN]> = token.strip_prefix(PREFIX).and_then(base62::decode);
        body.is_some_and(|body| self.0.is_retired(body[0]))
    }

    /// Derives the token of a stored invite; `None` if its version has been removed.
    ///
    /// # Errors
    /// If this process started before the rotation that added the version.
    pub fn token_of(&self, invite: &Invite) -> Result<Option<Secret>, &'static str> {
        match self.token(invite.link_version, invite.id) {
            None if !self.0.is_retired(invite.link_version) => {
                Err("this process does not know the link secret's version yet")
            }
            token => Ok(token),
        }
    }

    fn token_key(&self, version: u8) -> Option<hmac::Key> {
        Some(hmac::Key::new(hmac::HMAC_SHA256, &self.0.derive(version, "link token", &[])?))
    }

    /// Encrypts an attempt's state, which travels through the platform and the browser.
    #[must_use]
    pub fn seal_state(&self, plain: &[u8]) -> String {
        let version = self.0.current();
        #[expect(clippy::expect_used, reason = "a keyring has its current version")]
        let key = self.0.derive(version, "state", &[]).expect("the current version exists");
        BASE64URL_NOPAD.encode(&seal::seal(version, &key, b"state", plain))
    }

    /// Decrypts what [`Self::seal_state`] encrypted; also returns the version of its key.
    #[must_use]
    pub fn open_state(&self, sealed: &str) -> Option<(u8, Vec<u8>)> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let version = seal::version(&sealed)?;
        let key = self.0.derive(version, "state", &[])?;
        Some((version, seal::open(&key, b"state", &sealed)?))
    }

    /// The attempt's secrets, derived from the version that its state was encrypted with and from the value of its cookie.
    #[must_use]
    pub fn attempt_secrets(&self, version: u8, attempt: AttemptId, cookie: &str) -> Option<AttemptSecrets> {
        let about = [attempt.as_bytes(), cookie.as_bytes()].concat();
        let verifier = self.0.derive(version, "pkce verifier", &about)?;
        let dpop_seed = self.0.derive(version, "dpop key", &about)?;
        Some(AttemptSecrets { verifier: Secret::new(BASE64URL_NOPAD.encode(&verifier)), dpop_seed })
    }
}

/// Compares in constant time.
fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(json: &str) -> LinkKeys {
        LinkKeys::parse(&json.replace('*', &"s".repeat(32))).unwrap()
    }

    #[test]
    fn a_token_identifies_its_invite_and_is_deterministic() {
        let (keys, invite) = (keys(r#"{"1":"*"}"#), InviteId::random());
        let token = keys.token(1, invite).unwrap();
        assert_eq!(keys.invite(token.expose()), Some(invite));
        assert_eq!(keys.token(1, invite).unwrap().expose(), token.expose());
    }

    #[test]
    fn a_token_with_any_changed_character_is_refused() {
        let keys = keys(r#"{"1":"*"}"#);
        let token = keys.token(1, InviteId::random()).unwrap();
        for at in 0..token.expose().len() {
            let mut forged = token.expose().to_owned().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(keys.invite(std::str::from_utf8(&forged).unwrap()), None, "character {at}");
        }
        assert_eq!(keys.invite(""), None);
    }

    #[test]
    fn links_work_after_a_rotation_until_their_version_is_removed() {
        let invite = InviteId::random();
        let token = keys(r#"{"1":"*"}"#).token(1, invite).unwrap();
        assert_eq!(keys(r#"{"1":"*","2":"*x"}"#).invite(token.expose()), Some(invite));
        assert_eq!(keys(r#"{"2":"*x"}"#).invite(token.expose()), None);
    }

    #[test]
    fn each_attempt_and_each_cookie_has_its_own_secrets() {
        let (keys, attempt) = (keys(r#"{"1":"*"}"#), AttemptId::random());
        let secrets = |attempt, cookie| {
            let secrets = keys.attempt_secrets(1, attempt, cookie).unwrap();
            (secrets.verifier.expose().to_owned(), secrets.dpop_seed)
        };
        let own = secrets(attempt, "cookie");
        assert_eq!(secrets(attempt, "cookie"), own);
        for other in [secrets(attempt, "another"), secrets(AttemptId::random(), "cookie")] {
            assert!(other.0 != own.0 && other.1 != own.1);
        }
    }

    #[test]
    fn changed_state_is_refused() {
        let keys = keys(r#"{"1":"*"}"#);
        let sealed = keys.seal_state(b"who");
        assert_eq!(keys.open_state(&sealed), Some((1, b"who".to_vec())));
        assert_ne!(keys.seal_state(b"who"), sealed, "nonces are random");
        let mut changed = sealed.into_bytes();
        changed[30] ^= 1;
        assert_eq!(keys.open_state(&String::from_utf8_lossy(&changed)), None);
        assert_eq!(keys.open_state("AQ"), None);
    }
}
