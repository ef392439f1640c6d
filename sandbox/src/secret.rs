//! Unguessable values and how they are kept: handed out once, stored only as their SHA-256.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};

use crate::store::Error;

/// 256 random bits, as a token that may stand in a URL.
pub(crate) fn token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

pub(crate) fn fingerprint(secret: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, secret.as_bytes()).as_ref())
}

/// The S256 code challenge of a verifier (RFC 7636, 4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}
