//! What the `link` secret makes: link tokens, sealed state, and each attempt's PKCE verifier and first DPoP key.

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;

use super::{Keyring, NoKeyring, seal};
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

/// What an attempt proves itself with. Derived, so that nothing is stored before a good callback.
pub struct Proof {
    /// RFC 7636 §4.1: 43 characters.
    pub verifier: Secret,
    /// Seed of the attempt's DPoP key (RFC 9449).
    pub dpop_seed: [u8; 32],
}

impl LinkKeys {
    /// # Errors
    /// `json` is no keyring.
    pub fn parse(json: &str) -> Result<Self, NoKeyring> {
        Keyring::parse(json).map(Self)
    }

    /// The version that new things are made with. An invite keeps it, so that its token can be derived again after a
    /// rotation.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.0.current()
    }

    /// The token in an invite's link: `inv_` + base62(version ‖ invite id ‖ MAC); none if the version is unknown.
    #[must_use]
    pub fn token(&self, version: u8, invite: InviteId) -> Option<Secret> {
        let mut body = [0; TOKEN];
        body[0] = version;
        body[1..=BYTES].copy_from_slice(invite.as_bytes());
        let tag = hmac::sign(&self.token_key(version)?, invite.as_bytes());
        body[1 + BYTES..].copy_from_slice(&tag.as_ref()[..MAC]);
        Some(Secret::new(format!("{PREFIX}{}", base62::encode(&body))))
    }

    /// The invite whose token this is. A forged, cut or misspelled token is refused here, before any read.
    #[must_use]
    pub fn invite(&self, token: &str) -> Option<InviteId> {
        let body: [u8; TOKEN] = base62::decode(token.strip_prefix(PREFIX)?)?;
        let invite: [u8; BYTES] = body[1..=BYTES].try_into().ok()?;
        let tag = hmac::sign(&self.token_key(body[0])?, &invite);
        constant_time_eq(&tag.as_ref()[..MAC], &body[1 + BYTES..]).then(|| InviteId::from_bytes(invite))
    }

    /// Whether a token was made with a version that has been removed: nobody can tell any more whether it was ours.
    #[must_use]
    pub fn is_retired(&self, token: &str) -> bool {
        let body: Option<[u8; TOKEN]> = token.strip_prefix(PREFIX).and_then(base62::decode);
        body.is_some_and(|body| self.0.is_retired(body[0]))
    }

    /// The token of a stored invite, made again; none if its version has been removed.
    ///
    /// # Errors
    /// Its version is of a rotation that this process has not heard of.
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

    /// Seals an attempt's state for its way through the platform and the browser.
    #[must_use]
    pub fn seal_state(&self, plain: &[u8]) -> String {
        let version = self.0.current();
        let key = self.0.derive(version, "state", &[]).expect("the current version exists");
        BASE64URL_NOPAD.encode(&seal::seal(version, &key, b"state", plain))
    }

    /// The state that [`Self::seal_state`] sealed, with the version of its key, or nothing.
    #[must_use]
    pub fn open_state(&self, sealed: &str) -> Option<(u8, Vec<u8>)> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let version = seal::version(&sealed)?;
        let key = self.0.derive(version, "state", &[])?;
        Some((version, seal::open(&key, b"state", &sealed)?))
    }

    /// What the attempt proves itself with, from the version its state was sealed with.
    #[must_use]
    pub fn proof(&self, version: u8, attempt: AttemptId) -> Option<Proof> {
        let verifier = self.0.derive(version, "pkce verifier", attempt.as_bytes())?;
        let dpop_seed = self.0.derive(version, "dpop key", attempt.as_bytes())?;
        Some(Proof { verifier: Secret::new(BASE64URL_NOPAD.encode(&verifier)), dpop_seed })
    }
}

/// Compares without telling by its duration where the difference is.
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
    fn a_token_names_its_invite_and_is_the_same_every_time() {
        let (keys, invite) = (keys(r#"{"1":"*"}"#), InviteId::random());
        let token = keys.token(1, invite).unwrap();
        assert_eq!(keys.invite(token.expose()), Some(invite));
        assert_eq!(keys.token(1, invite).unwrap().expose(), token.expose());
    }

    #[test]
    fn any_changed_character_makes_a_forged_token() {
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
    fn links_survive_a_rotation_and_die_with_their_version() {
        let invite = InviteId::random();
        let token = keys(r#"{"1":"*"}"#).token(1, invite).unwrap();
        assert_eq!(keys(r#"{"1":"*","2":"*x"}"#).invite(token.expose()), Some(invite));
        assert_eq!(keys(r#"{"2":"*x"}"#).invite(token.expose()), None);
    }

    #[test]
    fn state_opens_only_unchanged() {
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
