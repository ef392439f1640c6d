//! Random secrets. The table stores only their SHA-256 fingerprints.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};

use crate::error::Error;

/// 256 random bits in base64url.
pub(crate) fn token() -> Result<String, Error> {
    Ok(BASE64URL_NOPAD.encode(&random::<32>()?))
}

/// 64 random bits.
pub(crate) fn number() -> Result<u64, Error> {
    Ok(u64::from_be_bytes(random()?))
}

#[expect(clippy::disallowed_methods, reason = "this crate depends on none of ours")]
fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(bytes)
}

/// SHA-256 in lowercase hexadecimal.
pub(crate) fn fingerprint(secret: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(digest(&SHA256, secret.as_ref()).as_ref())
}

/// The S256 code challenge of a verifier (RFC 7636, section 4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}
